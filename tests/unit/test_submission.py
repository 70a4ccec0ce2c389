"""Submissions: what is converted, what is refused, and the bytes of the zip file."""

import csv
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pycocotools import mask as coco

from cityscapes.errors import DataError
from cityscapes.evaluation.boxes3d.boxes import parse_predictions
from cityscapes.evaluation.boxes3d.settings import LABELS
from cityscapes.evaluation.classes import class_numbers
from cityscapes.evaluation.instance.predictions import text_predictions
from cityscapes.evaluation.panoptic.pictures import read_panoptic_png
from cityscapes.incremental.tables import write_tracked
from cityscapes.png.labels import read_grey
from cityscapes.png.write import encode
from cityscapes.submission import archive
from cityscapes.submission.frame import Member
from exported import TABLE
from submission import main
from tiny import CLONE

FRAMES = ["berlin_000000_000019", "bonn_000001_000019"]
TABLES = [Path("tables/berlin.labels.tsv"), Path("tables/bonn.labels.tsv")]
SHAPE = (4, 6)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for frame, table in zip(FRAMES, TABLES, strict=True):
        write_tracked(table, ["frame"], [{"frame": frame}])
    return tmp_path


def submit(
    task, path, encoding="auto", expected=0, size=SHAPE[::-1], resize="", allow_missing=False
):
    """Pack a set; the members of its zip file, and the rows of its table."""
    main(
        name="mine", task=task, predictions=Path(path), split="test", encoding=encoding,
        tables=TABLES, labels=CLONE / "config/labels.csv",
        size=list(size), expected=expected, resize=resize, images=None,
        allow_missing=allow_missing, output=Path("out/mine.zip"),
        table=Path("out/mine.csv"), jobs=1,
    )  # fmt: skip
    with zipfile.ZipFile("out/mine.zip") as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
        packed.extractall("unpacked")
    with open("out/mine.csv") as file:
        return members, list(csv.DictReader(file))


def refused(*arguments, **options):
    """The message on a set that is not packed."""
    with pytest.raises(DataError) as error:
        submit(*arguments, **options)
    assert not list(Path().glob("out/*"))  # neither zip nor table, nor a part of one
    return str(error.value)


def write_pixels(values, folder="pixel"):
    """An image of each frame, in which the values follow each other."""
    Path(folder).mkdir(exist_ok=True)
    image = np.resize(np.array(values, dtype=np.uint8), SHAPE)
    for frame in FRAMES:
        Path(folder, f"{frame}_pred.png").write_bytes(encode(image))
    return image


@pytest.mark.parametrize("encoding", ["auto", "ids", "trainIds"])
def test_pixels_become_regular_ids(encoding):
    train_ids = write_pixels([0, 1, 13, 18, 255])
    if encoding == "ids":
        write_pixels([7, 8, 26, 33, 0])
    members, rows = submit("pixel", "pixel", encoding)
    assert list(members) == [f"{frame}.png" for frame in FRAMES]
    ids = {0: 7, 1: 8, 13: 26, 18: 33, 255: 0}
    for name in members:
        made = read_grey(Path("unpacked", name), bits=8)
        assert made.tolist() == [[ids[value] for value in row] for row in train_ids.tolist()]
    assert rows[0] == {
        "frame": FRAMES[0], "source": f"pixel/{FRAMES[0]}_pred.png", "member": f"{FRAMES[0]}.png",
        "bytes": str(len(members[f"{FRAMES[0]}.png"])), "width": "6", "height": "4",
        "classes": "7 8 26 33", "objects": "0", "empty": "0",
    }  # fmt: skip


def test_colours_and_other_sizes_become_ids_of_the_right_size():
    colors = {label.id: label.color for label in TABLE}
    ids = np.array([[7, 26, 24], [11, 8, 7]])
    image = np.array([[colors[one] for one in row] for row in ids.tolist()], dtype=np.uint8)
    Path("pixel").mkdir()
    for frame in FRAMES:
        Path(f"pixel/{frame}.png").write_bytes(encode(image))
    assert "pixels, the server requires 6 x 4" in refused("pixel", "pixel", "colors")
    members, _ = submit("pixel", "pixel", "colors", resize="nearest")
    for name in members:
        made = read_grey(Path("unpacked", name), bits=8)
        np.testing.assert_array_equal(made, ids.repeat(2, axis=0).repeat(2, axis=1))


def test_everything_wrong_is_listed_at_once():
    write_pixels([7, 8])
    Path(f"pixel/{FRAMES[0]}_pred.png").write_bytes(encode(np.full((2, 3), 99, dtype=np.uint8)))
    Path(f"pixel/{FRAMES[1]}_pred.png").write_bytes(encode(np.zeros((4, 6, 3), dtype=np.uint8)))
    Path(f"pixel/{FRAMES[1]}_more.txt").write_text("not looked at")
    Path("pixel/ulm_000000_000019.png").write_bytes(encode(np.zeros((4, 6), dtype=np.uint8)))
    message = refused("pixel", "pixel", "ids", expected=1525)
    for line in (
        "submission mine is not packed, 5 problems:",
        "the dataset has 2 frames of test, the benchmark 1525",
        "unexpected: ulm_000000_000019 is no frame of test",
        f"pixel/{FRAMES[0]}_pred.png: is 3 x 2 pixels, the server requires 6 x 4: scale",
        f"pixel/{FRAMES[0]}_pred.png: values that are no ids of the label table: 99 (6 pixels)",
        f"pixel/{FRAMES[1]}_pred.png: is 8-bit RGB, not 8-bit grey; colours of the",
    ):
        assert line in message


def test_missing_and_doubled_files_are_refused():
    write_pixels([7])
    Path("pixel/again").mkdir()
    Path(f"pixel/{FRAMES[0]}_pred.png").rename(f"pixel/again/{FRAMES[1]}.png")
    message = refused("pixel", "pixel")
    assert f"{FRAMES[1]}: 2 files: " in message
    assert f"{FRAMES[0]}: missing: no file of this frame" in message


def test_a_file_with_an_ending_in_capitals_is_named_where_its_frame_is_missing():
    write_pixels([7])
    Path(f"pixel/{FRAMES[0]}_pred.png").rename(f"pixel/{FRAMES[0]}_pred.PNG")
    Path(f"pixel/{FRAMES[1]}_pred.png").unlink()
    lines = refused("pixel", "pixel").splitlines()
    [first] = [line for line in lines if f"{FRAMES[0]}: missing" in line]
    [second] = [line for line in lines if f"{FRAMES[1]}: missing" in line]
    assert first.endswith(f"below pixel; rename pixel/{FRAMES[0]}_pred.PNG")
    assert second.endswith("below pixel")


def test_the_bytes_are_the_same_each_time():
    write_pixels([7, 8, 26])
    submit("pixel", "pixel")
    first = Path("out/mine.zip").read_bytes()
    submit("pixel", "pixel")
    assert Path("out/mine.zip").read_bytes() == first


IDS = class_numbers(TABLE, "ids")


def masks():
    """Two masks, the second over the border of the first."""
    first, second = np.zeros((2, *SHAPE), dtype=np.uint8)
    first[1:3, 1:4], second[0, 3:] = 255, 1
    return first, second


def write_masks(label_ids=(26, 24)):
    """The text file of the first frame with two masks, and an empty one of the second."""
    Path("instance/m").mkdir(parents=True, exist_ok=True)
    lines = []
    for number, (mask, label_id) in enumerate(zip(masks(), label_ids, strict=True)):
        Path(f"instance/m/{number}.png").write_bytes(encode(mask))
        lines.append(f"m/{number}.png {label_id} 0.{number + 1}0000000000000004")
    Path(f"instance/{FRAMES[0]}.txt").write_text("\n".join(lines))
    Path(f"instance/{FRAMES[1]}.txt").write_text("")


def predictions(frame, root):
    return [
        (p.label_id, p.confidence, p.left, p.top, p.mask.tolist())
        for p in text_predictions(Path(root, f"{frame}.txt"), Path(root), SHAPE, IDS)
    ]


def test_masks_are_the_same_after_unpacking():
    write_masks()
    members, rows = submit("instance", "instance")
    assert list(members) == [
        f"{FRAMES[0]}.txt",
        *(f"masks/{FRAMES[0]}_{n:04d}.png" for n in (0, 1)),
        f"{FRAMES[1]}.txt",
    ]
    assert len(predictions(FRAMES[0], "unpacked")) == 2
    for frame in FRAMES:
        assert predictions(frame, "unpacked") == predictions(frame, "instance")
    assert [(row["classes"], row["objects"], row["empty"]) for row in rows] == [
        ("24 26", "2", "0"), ("", "0", "1"),
    ]  # fmt: skip


def test_coco_results_become_text_files():
    entries = []
    for mask, label_id in zip(masks(), (26, 24), strict=True):
        rle = coco.encode(np.asfortranarray(mask))
        entries.append(
            {
                "image_id": FRAMES[0],
                "category_id": label_id,
                "score": 0.25,
                "segmentation": {"size": list(SHAPE), "counts": rle["counts"].decode()},
            }
        )
    Path("results.json").write_text(json.dumps(entries))
    submit("instance", "results.json")
    made = predictions(FRAMES[0], "unpacked")
    assert [one[:2] for one in made] == [(26, 0.25), (24, 0.25)]
    write_masks()
    assert [one[2:] for one in made] == [one[2:] for one in predictions(FRAMES[0], "instance")]
    assert predictions(FRAMES[1], "unpacked") == []


def test_masks_of_other_classes_and_sizes_are_refused():
    write_masks(label_ids=(26, 7))
    message = refused("instance", "instance")
    assert (
        f"instance/{FRAMES[0]}.txt: mask 1: road (7) is no class of the instance task" in message
    )
    assert "mask instance/m/0.png is 6 x 4 pixels, the ground truth 12 x 8" in refused(
        "instance", "instance", size=(12, 8)
    )


def write_panoptic(segments, categories=None):
    """A picture of each frame that shows the segments, and a JSON file that lists these."""
    folder = Path("panoptic/cityscapes_panoptic_test")
    folder.mkdir(parents=True, exist_ok=True)
    ids = np.resize(np.array(segments), SHAPE)
    rgb = np.stack([ids & 255, ids >> 8 & 255, ids >> 16], axis=-1).astype(np.uint8)
    listed = categories or {one: one // 1000 or one for one in segments if one}
    annotations = []
    for frame in FRAMES:
        (folder / f"{frame}_x.png").write_bytes(encode(rgb))
        infos = [{"id": one, "category_id": category} for one, category in listed.items()]
        annotations.append(
            {"image_id": frame, "file_name": f"{frame}_x.png", "segments_info": infos}
        )
    Path(f"{folder}.json").write_text(json.dumps({"annotations": annotations}))
    return ids


def test_panoptic_files_speak_of_the_same_segments():
    ids = write_panoptic(
        [7, 0, 26000, 26001 + (3 << 16)], {7: 7, 26000: 26, 26001 + (3 << 16): 26}
    )
    members, rows = submit("panoptic", "panoptic")
    (name,) = (name for name in members if name.endswith(".json"))
    assert name == "cityscapes_panoptic_test.json"
    for annotation in json.loads(members[name])["annotations"]:
        picture = Path("unpacked/cityscapes_panoptic_test", annotation["file_name"])
        np.testing.assert_array_equal(read_panoptic_png(picture), ids)
        assert {one["id"]: one["category_id"] for one in annotation["segments_info"]} == {
            7: 7, 26000: 26, 26001 + (3 << 16): 26,
        }  # fmt: skip
    assert [(row["classes"], row["objects"]) for row in rows] == [("7 26", "3")] * 2


def test_panoptic_categories_become_regular_ids():
    write_panoptic([1, 2], {1: 0, 2: 13})
    members, _ = submit("panoptic", "panoptic", "trainIds")
    annotations = json.loads(members["cityscapes_panoptic_test.json"])["annotations"]
    assert [one["category_id"] for one in annotations[0]["segments_info"]] == [7, 26]


def test_segments_of_picture_and_file_have_to_agree():
    write_panoptic([7, 8, 9], {7: 7, 8: 8, 26000: 26, 11: 4})
    message = refused("panoptic", "panoptic")
    assert f"image {FRAMES[0]}: segment 9 is in the picture, but not in the JSON file" in message
    assert f"image {FRAMES[1]}: segment 26000 is in the JSON file, but not in the" in message
    assert "segment 11: category_id 4 is none of the ids that are evaluated" in message


def test_above_65535_members_a_zip_file_is_zip64(tmp_path):
    path = tmp_path / "many.zip"
    with open(path, "wb") as file, archive.writing(file) as made:
        for number in range(archive.MOST_MEMBERS + 1):
            made.add(Member(f"{number}.txt", b""))
    assert made.members == 65_536
    assert b"PK\x06\x06" in path.read_bytes()  # the end record of ZIP64
    with zipfile.ZipFile(path) as read:
        assert len(read.namelist()) == 65_536


def vehicle(**changes):
    """A predicted car."""
    one = {
        "2d": {"amodal": [10, 20, 30.5, 40], "modal": [10, 21, 30, 39]},
        "3d": {"center": [20, 1.5, 0.75], "dimensions": [4, 2, 1.5], "rotation": [1, 0, 0, 0]},
        "label": "car",
        "score": 0.7,
    }
    return one | changes


def write_vehicles(*objects, frames=FRAMES):
    for frame in frames:
        path = Path(f"boxes/{frame.split('_')[0]}/{frame}_3d.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"objects": list(objects)}))


def test_vehicles_become_a_json_file_a_frame_with_the_same_numbers():
    by_other_names = {"bbox": [1.25, 2, 3, 4], "bboxVis": [1, 2, 3, 1 / 3]}
    more = vehicle(**{"2d": by_other_names, "label": "bus", "instanceId": 1})
    write_vehicles(vehicle(), more)
    members, rows = submit("boxes3d", "boxes")
    assert list(members) == [f"{frame}.json" for frame in FRAMES]
    first, second = json.loads(members[f"{FRAMES[0]}.json"])["objects"]
    assert first == vehicle()
    assert second["2d"] == {"amodal": by_other_names["bbox"], "modal": by_other_names["bboxVis"]}
    assert "instanceId" not in second
    assert rows[0] == {
        "frame": FRAMES[0], "source": f"boxes/berlin/{FRAMES[0]}_3d.json",
        "member": f"{FRAMES[0]}.json", "bytes": str(len(members[f"{FRAMES[0]}.json"])),
        "width": "6", "height": "4", "classes": "26 28", "objects": "2", "empty": "0",
    }  # fmt: skip


def test_packed_vehicles_are_scored_as_the_file_that_they_were_made_of():
    modal_alone = vehicle(**{"2d": {"amodal": [0.1, 0.2, 1e-7, 3]}, "score": 1 / 3})
    write_vehicles(vehicle(label="train"), modal_alone)
    members, _ = submit("boxes3d", "boxes")
    given = Path(f"boxes/bonn/{FRAMES[1]}_3d.json").read_bytes()
    first, second = (
        parse_predictions(data, LABELS) for data in (given, members[f"{FRAMES[1]}.json"])
    )
    assert first.boxes.label == second.boxes.label
    for name in ("score", "amodal", "modal", "centre", "size", "rotation"):
        np.testing.assert_array_equal(getattr(first.boxes, name), getattr(second.boxes, name))


def test_a_frame_without_vehicles_has_an_empty_file():
    write_vehicles(vehicle(), frames=FRAMES[:1])
    assert f"{FRAMES[1]}: missing: no file of this frame" in refused("boxes3d", "boxes")
    write_vehicles(frames=["ulm_000000_000019"])
    message = refused("boxes3d", "boxes", allow_missing=True)
    assert "1 problem:" in message
    assert "unexpected: ulm_000000_000019 is no frame of test" in message
    Path("boxes/ulm/ulm_000000_000019_3d.json").unlink()
    members, rows = submit("boxes3d", "boxes", allow_missing=True)
    assert json.loads(members[f"{FRAMES[1]}.json"]) == {"objects": []}
    assert [(row["source"], row["objects"], row["empty"]) for row in rows] == [
        (f"boxes/berlin/{FRAMES[0]}_3d.json", "1", "0"), ("", "0", "1"),
    ]  # fmt: skip
    write_vehicles(frames=FRAMES[1:])
    assert submit("boxes3d", "boxes")[0] == members


def test_everything_wrong_with_vehicles_is_listed_at_once():
    solid = vehicle()["3d"]
    write_vehicles(
        vehicle(score=1.25),
        vehicle(score=float("nan")),
        vehicle(**{"3d": solid | {"rotation": [0, 0, 0, 0]}}),
        vehicle(**{"3d": solid | {"rotation": [1, 0, 0]}}),
        vehicle(**{"3d": solid | {"center": [1, 2, float("inf")]}}),
        vehicle(label="caravan"),
        vehicle(**{"2d": {"modal": [1, 2, 3, 4]}}),
        {key: value for key, value in vehicle().items() if key != "score"},
        [1],
        frames=FRAMES[:1],
    )
    Path("boxes/bonn").mkdir()
    Path(f"boxes/bonn/{FRAMES[1]}_3d.json").write_text('{"objects": [')
    message = refused("boxes3d", "boxes")
    path = f"boxes/berlin/{FRAMES[0]}_3d.json"
    for line in (
        "submission mine is not packed, 10 problems:",
        f"{path}: object 0: score is 1.25, not from 0 to 1",
        f"{path}: object 1: score is NaN, not a finite number",
        f"{path}: object 2: rotation is 0, 0, 0, 0, which is not a rotation",
        f"{path}: object 3: rotation is [1, 0, 0], not a list of 4 numbers",
        f"{path}: object 4: center is [1, 2, Infinity]: Infinity is not a finite number",
        f'{path}: object 5: label "caravan": not evaluated',
        f"{path}: object 6: amodal is missing in 2d",
        f"{path}: object 7: score is missing: a number from 0 to 1 belongs there",
        f"{path}: object 8: [1] is not an object with label, score, 2d and 3d",
        f"boxes/bonn/{FRAMES[1]}_3d.json: not JSON: ",
    ):
        assert line in message, message
    assert message.count(f"boxes/bonn/{FRAMES[1]}_3d.json") == 1


def test_a_file_of_thousands_of_wrong_vehicles_is_told_of_in_few_lines():
    write_vehicles(*[vehicle(score=2)] * 50, frames=FRAMES[:1])
    write_vehicles(frames=FRAMES[1:])
    message = refused("boxes3d", "boxes")
    assert message.count("score is 2.0") == 20
    assert message.endswith(f"{FRAMES[0]}_3d.json: 30 more")

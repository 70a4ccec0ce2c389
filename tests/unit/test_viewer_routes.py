"""What the viewer says of frames, layers, predictions and scores."""

import json
import os
import time

import cv2
import numpy as np
import pytest

from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.labels import read_labels
from cityscapes.png import write as png
from small_project import VAL
from tiny import CLONE, polygons_path, stereo_paths, write_polygons
from viewer_project import FRAME, PLACE, make_viewed, serve

TABLE = read_labels(CLONE / "config/labels.csv")


def test_it_tells_the_classes_and_the_prediction_sets(viewer, folder):
    about = viewer.json("project")
    assert about["dataset"] == str(folder / "data")
    assert len(about["labels"]) == len(TABLE.labels)
    assert {name: one["task"] for name, one in about["sets"].items()} == {
        "mine": "pixel",
        "masks": "instance",
        "segments": "panoptic",
    }


def test_all_frames_are_listed_with_their_types_also_images_alone(viewer):
    document = viewer.json("frames")
    cities = {(one["split"], one["city"]): one for one in document["cities"]}
    assert list(cities) == [
        ("val", "frankfurt"),
        ("val", "lindau"),
        ("demoVideo", "stuttgart"),
    ]
    assert cities["val", "frankfurt"]["frames"] == [
        "frankfurt_000000_000294",
        "frankfurt_000000_000576",
    ]

    def types(place, index=0):
        bits = cities[place]["types"][index]
        return [kind for i, kind in enumerate(document["types"]) if bits >> i & 1]

    assert types(("demoVideo", "stuttgart")) == ["leftImg8bit"]
    assert types(("val", "lindau")) == ["gtFine"]
    assert "leftImg8bit_blurred" in types(("val", "frankfurt"))
    assert types(("val", "frankfurt"), 1) == ["gtFine"]


def test_new_files_are_listed_when_the_page_is_loaded_again(tmp_path):
    make_viewed(tmp_path)
    with serve(tmp_path) as viewer:
        before = viewer.json("frames")
        assert viewer.json("frames") == before
        name = "lindau_000000_000019_leftImg8bit.png"
        folder = tmp_path / "data/leftImg8bit/val/lindau"
        folder.mkdir()
        (folder / name).write_bytes(b"")
        assert viewer.json("frames") != before
        (folder / name).rename(folder / name.replace("000019", "000020"))
        (lindau,) = (one for one in viewer.json("frames")["cities"] if one["city"] == "lindau")
        assert lindau["frames"] == ["lindau_000000_000019", "lindau_000000_000020"]


def test_an_edit_is_shown_where_there_is_one_and_its_frame_is_listed(tmp_path):
    make_viewed(tmp_path)
    raw = polygons_path(tmp_path / "data", VAL, 294)
    edit = tmp_path / "edits" / VAL / raw.name
    image_alone = "demoVideo/stuttgart/stuttgart_000000_000001"
    with serve(tmp_path) as viewer:
        before = viewer.packed(f"objects/gtFine/{PLACE}")
        viewer.json("frames")
        viewer.json(f"objects/gtFine/{image_alone}", status=404)
        for path in (edit, tmp_path / f"edits/gtFine/{image_alone}_gtFine_polygons.json"):
            path.parent.mkdir(parents=True)
            write_polygons(path, shift=9)
        cities = {one["city"]: one for one in viewer.json("frames")["cities"]}
        kinds = viewer.json("frames")["types"]
        assert cities["stuttgart"]["types"][0] >> kinds.index("gtFine") & 1
        for place in (PLACE, image_alone):
            shown = viewer.packed(f"objects/gtFine/{place}")
            assert shown["numbers"].any()
        assert not np.array_equal(
            viewer.packed(f"objects/gtFine/{PLACE}")["numbers"], before["numbers"]
        )
        assert viewer.json(f"frame/{PLACE}")["paths"]["gtFine"] == str(edit)
        edit.unlink()
        after = viewer.packed(f"objects/gtFine/{PLACE}")
        assert np.array_equal(after["numbers"], before["numbers"])


def test_object_numbers_are_those_of_the_label_images(viewer, folder):
    found = viewer.packed(f"objects/gtFine/{PLACE}")
    path = polygons_path(folder / "data", VAL, 294)
    images = FrameImages(parse_annotation(path.read_bytes(), TABLE), TABLE, "released")
    for key, kind, background in (
        ("id", "labelIds", 0),
        ("instance", "instanceIds", 0),
        ("trainId", "labelTrainIds", 255),
    ):
        values = np.array([background, *(one[key] for one in found["objects"])])
        assert np.array_equal(values[found["numbers"]], images.image(kind))
    pixels = np.bincount(found["numbers"].ravel(), minlength=6)[1:]
    assert [one["pixels"] for one in found["objects"]] == pixels.tolist()


def test_deleted_objects_are_listed_and_keep_the_places_of_the_others(tmp_path):
    make_viewed(tmp_path)
    path = polygons_path(tmp_path / "data", VAL, 294)
    document = json.loads(path.read_text())
    document["objects"][1] |= {"deleted": 1}
    document["objects"][2] |= {"deleted": 1, "polygon": "none"}
    path.write_text(json.dumps(document))
    with serve(tmp_path) as viewer:
        found = viewer.packed(f"objects/gtFine/{PLACE}")
        assert [one["deleted"] for one in found["objects"]] == [False, True, True, False, False]
        assert len(found["objects"][1]["polygon"]) == 4
        assert found["objects"][2]["polygon"] == []
        assert set(np.unique(found["numbers"])) == {0, 1, 4}
        assert found["objects"][3]["group"]
        assert found["objects"][4]["id"] == -1  # a licence plate, which is not painted


def test_label_images_are_told_as_they_lie_on_disk(tmp_path):
    make_viewed(tmp_path)
    ids = np.arange(512, dtype=np.uint16).reshape(16, 32).astype(np.uint8) % 34
    for root in ("data", "results"):
        path = tmp_path / root / f"gtFine/{PLACE}_gtFine_labelIds.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png.encode(ids if root == "data" else ids[::-1]))
    with serve(tmp_path) as viewer:
        released = viewer.packed(f"labels/released/gtFine/{PLACE}")["numbers"]
        assert np.array_equal(released, ids)
        prepared = viewer.packed(f"labels/prepared/gtFine/{PLACE}")["numbers"]
        assert np.array_equal(prepared, ids[::-1])
        assert viewer.ask(f"/api/labels/other/gtFine/{PLACE}").status == 404
        missing = viewer.json("labels/prepared/gtFine/val/lindau/lindau_000000_000019", 422)
        assert "lindau_000000_000019_gtFine_labelIds.png: cannot be read" in missing["error"]


def test_a_click_finds_what_lies_below_in_painting_order(viewer, folder):
    numbers = viewer.packed(f"objects/gtFine/{PLACE}")["numbers"]
    for y in range(16):
        for x in range(0, 32, 3):
            below = viewer.json(f"under/gtFine/{PLACE}?x={x}&y={y}")["objects"]
            assert below == sorted(below, reverse=True)
            assert (below[0] + 1 if below else 0) == numbers[y, x]
    assert viewer.json(f"under/gtFine/{PLACE}?x=3&y=9")["objects"] == [1, 0]


@pytest.mark.parametrize("query", ["", "?x=1", "?x=32&y=0", "?x=-1&y=0", "?x=1.5&y=2", "?x=1&y=²"])
def test_a_click_is_a_pixel_of_the_image(viewer, query):
    assert viewer.ask(f"/api/under/gtFine/{PLACE}{query}".replace("²", "%C2%B2")).status == 404


def test_images_come_as_they_are(viewer, folder):
    for kind in ("leftImg8bit", "leftImg8bit_blurred"):
        answer = viewer.ask(f"/api/image/{kind}/{PLACE}")
        raw = folder / f"data/{kind}/{PLACE}_{kind}.png"
        assert answer.getheader("content-type") == "image/png"
        assert answer.data == raw.read_bytes()


def test_images_of_16_bits_are_shown_in_8_and_told_exactly(viewer, folder):
    shown = cv2.imdecode(
        np.frombuffer(viewer.ask(f"/api/image/leftImg16bit/{PLACE}").data, np.uint8), -1
    )
    assert shown.dtype == np.uint8 and shown.shape == (16, 32, 3)
    values = viewer.packed(f"values/leftImg16bit/{PLACE}")["values"]
    raw = cv2.imread(str(folder / f"data/leftImg16bit/{PLACE}_leftImg16bit.png"), -1)
    assert np.array_equal(values, raw[..., ::-1])
    assert np.corrcoef(shown[..., ::-1].ravel(), values.ravel())[0, 1] > 0.99


def test_disparities_are_exact_and_come_with_the_camera(viewer, folder):
    found = viewer.packed(f"disparity/{PLACE}")
    path, _ = stereo_paths(folder / "data", "val/frankfurt", 294)
    assert np.array_equal(found["values"], cv2.imread(str(path), cv2.IMREAD_UNCHANGED))
    assert (found["fx"], found["baseline"]) == (2262.52, 0.209313)


def test_pixel_predictions_are_their_values_and_the_ids_that_these_mean(viewer):
    found = viewer.packed(f"prediction/mine/{PLACE}")
    assert (found["numbers"] == 7).all()
    assert found["records"][7] == {"number": 7, "id": 7}
    assert found["encoding"] == "ids" and found["decided"] == "this frame alone"


def test_masks_lie_by_confidence(viewer):
    found = viewer.packed(f"prediction/masks/{PLACE}")
    first, second = found["records"][1:]
    assert (first["confidence"], second["confidence"]) == (0.5, 0.9)
    assert (first["pixels"], first["visible"]) == (60, 36)
    assert found["numbers"][8, 10] == second["number"]
    assert viewer.json(f"masks/masks/{PLACE}?x=10&y=8")["numbers"] == [2, 1]
    assert viewer.json(f"masks/masks/{PLACE}?x=3&y=8")["numbers"] == [1]
    assert viewer.json(f"masks/masks/{PLACE}?x=3&y=2")["numbers"] == []


def test_a_wrong_mask_is_told_and_the_others_are_shown(tmp_path):
    make_viewed(tmp_path)
    (tmp_path / "masks" / f"{FRAME}_0.png").unlink()
    with serve(tmp_path) as viewer:
        found = viewer.packed(f"prediction/masks/{PLACE}")
        assert len(found["records"]) == 2
        assert f"{FRAME}_0.png cannot be read" in found["problem"]


def test_panoptic_predictions_are_segments(viewer):
    found = viewer.packed(f"prediction/segments/{PLACE}")
    (road,) = (one for one in found["records"] if one["id"] == 7)
    assert (found["numbers"] == road["number"]).sum() == 256 == road["visible"]
    assert (found["numbers"][:8] == 0).all()


def test_segments_that_the_json_file_does_not_list_are_of_no_class(tmp_path):
    make_viewed(tmp_path)
    path = tmp_path / "panoptic/cityscapes_panoptic_val.json"
    document = json.loads(path.read_text())
    for annotation in document["annotations"]:
        annotation["segments_info"] = []
    path.write_text(json.dumps(document))
    with serve(tmp_path) as viewer:
        found = viewer.packed(f"prediction/segments/{PLACE}")
        assert set(np.unique(found["numbers"])) == {0, 65535}
        assert {one["id"] for one in found["records"]} == {None}


def test_a_frame_without_prediction_says_so(viewer):
    answer = viewer.json("prediction/mine/demoVideo/stuttgart/stuttgart_000000_000001", 404)
    assert answer["error"] == "mine predicts val, not demoVideo"


def test_without_results_it_tells_what_makes_them(viewer):
    commands = {one["command"] for one in viewer.json("notices")}
    assert commands == {
        f"snakemake --cores all {target}"
        for target in ("prepare_all", "check_all", "evaluate_all")
    }
    assert viewer.json("problems") == {"made": False, "frames": {}}
    assert not viewer.json("classes")["made"]
    assert viewer.json("scores/mine")["frames"] == {}
    assert not viewer.json(f"scores/mine/{PLACE}")["scored"]


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("gtFine/{}_gtFine_polygons.json", "objects/gtFine"),
        ("leftImg16bit/{}_leftImg16bit.png", "image/leftImg16bit"),
        ("leftImg8bit/{}_leftImg8bit.png", "image/leftImg8bit"),
        ("leftImg8bit_blurred/{}_leftImg8bit_blurred.png", "thumbnail"),
        ("disparity/{}_disparity.png", "disparity"),
    ],
)
def test_a_damaged_file_has_a_message_that_names_it(tmp_path, name, route):
    make_viewed(tmp_path)
    path = tmp_path / "data" / name.format(PLACE)
    for damage in (b"", b"not a file of this kind", path.read_bytes()[:40]):
        path.write_bytes(damage)
        with serve(tmp_path) as viewer:
            answer = viewer.ask(f"/api/{route}/{PLACE}")
            if route == "image/leftImg8bit" and damage.startswith(b"\x89PNG"):
                continue  # the browser sees that it is cut
            assert answer.status == 422, (damage, answer.data)
            assert path.name in json.loads(answer.data)["error"]


def test_a_pipe_in_place_of_a_file_does_not_hold_the_server(tmp_path):
    make_viewed(tmp_path)
    path = polygons_path(tmp_path / "data", VAL, 294)
    path.unlink()
    os.mkfifo(path)
    image = tmp_path / f"data/leftImg8bit/{PLACE}_leftImg8bit.png"
    image.unlink()
    os.mkfifo(image)
    with serve(tmp_path) as viewer:
        for route in ("image/leftImg8bit", "objects/gtFine"):
            assert "a pipe" in viewer.json(f"{route}/{PLACE}", 422)["error"]


def test_quit_ends_the_server(folder):
    with serve(folder) as viewer:
        answer = viewer.ask("/api/quit", "POST", body=b"{}", Content_Type="application/json")
        assert json.loads(answer.data) == {"quit": True}
        end = time.monotonic() + 60
        with pytest.raises(OSError):
            while time.monotonic() < end:
                viewer.ask("/")

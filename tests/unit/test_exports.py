"""Exports of a dataset with every odd case, against what the converters themselves made of it."""

import json
import math
import os
import re
from importlib import import_module
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml

from cityscapes.errors import DataError
from cityscapes.exports import file_lists
from cityscapes.exports.instances import read_instances
from cityscapes.exports.polygons import is_whole
from cityscapes.exports.registry import EXPORTS, export_code
from cityscapes.exports.split import read_frames
from cityscapes.exports.yolo import closest, joined
from cityscapes.ground_truth.kinds import EXPORT_NAMES, KINDS, NAMES
from cityscapes.labels import LabelTable
from exported import (
    EXPECTED,
    SPLITS,
    TABLE,
    make_results,
    shared_texts_of,
    split_of,
    tables_of,
    texts_of,
)
from tiny import CLONE, write_polygons

SCHEMA = yaml.safe_load((CLONE / "config/schema.yaml").read_text())["properties"]
LISTS = file_lists.FLAVOURS


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return make_results(tmp_path_factory.mktemp("exports"))


def flat(values):
    """One number or several; NaN where a class does not occur."""
    values = values if isinstance(values, list) else [values]
    return [math.nan if value is None else value for value in values]


def expected(path):
    return json.loads((EXPECTED / path).read_text())


def test_the_config_can_name_every_export_and_makes_the_default_ones():
    assert SCHEMA["exports"]["items"]["enum"] == list(EXPORTS)
    assert SCHEMA["exports"]["default"] == [e.name for e in EXPORTS.values() if e.default]


def test_every_export_is_made_by_a_function_from_kinds_that_are_there():
    for export in EXPORTS.values():
        for path in filter(None, (export.function, export.shared_function)):
            module, _, function = path.partition(":")
            assert callable(getattr(import_module(module), function))
        assert re.fullmatch("[0-9a-f]{16}", export_code(export.name))
        assert {*export.kinds} <= {*KINDS} and {*export.needs} <= {*NAMES}
    assert {kind for e in EXPORTS.values() for kind in e.frame_kinds} == {*EXPORT_NAMES}


@pytest.mark.parametrize("split", SPLITS)
def test_instances_are_those_of_mmdetections_converter(results, split):
    (text,) = texts_of(results, "coco_instances", split)
    name = f"instancesonly_filtered_gtFine_{split}.json"
    assert json.loads(text) == expected(f"coco_mmdetection/{name}")


@pytest.mark.parametrize("split", SPLITS)
def test_polygons_are_those_of_detectrons_converter(results, split):
    (text,) = texts_of(results, "coco_polygons", split)
    made = json.loads(text)
    known = expected(f"coco_detectron/instancesonly_filtered_gtFine_{split}.json")
    names = {category["id"]: category["name"] for category in known["categories"]}
    ours = {category["name"]: category["id"] for category in made["categories"]}
    for annotation in known["annotations"]:  # numbered by first appearance
        annotation["category_id"] = ours[names[annotation["category_id"]]]
    assert made["annotations"] == known["annotations"]
    assert made["images"] == known["images"]
    assert list(ours.values()) == [*range(1, 9)]
    dropped = [
        one.value
        for frame in split_of(results, "coco_polygons", split).frames
        for one in read_instances(frame.values["instances"])
        if not one.is_group and not is_whole(one)
    ]
    told = [
        one["value"] for one in expected("coco_detectron/dropped.json") if one["split"] == split
    ]
    assert dropped == told


@pytest.mark.parametrize("split", SPLITS)
def test_yolo_labels_are_those_of_ultralytics_but_for_the_dropped(results, split):
    stored = EXPECTED / f"yolo/segments/labels/{split}"
    for path in (results / f"exports/yolo_like_detectron/labels/{split}").rglob("*.txt"):
        known = stored / path.name  # none for an image without instances
        assert path.read_text().splitlines() == (
            known.read_text().splitlines() if known.exists() else []
        )
    dropped = {
        (one["file"].removesuffix("_gtFine_instanceIds.png"), one["value"]): one["contour_points"]
        for one in expected("coco_detectron/dropped.json")
    }
    for path in (results / f"exports/yolo/labels/{split}").rglob("*.txt"):
        frame = path.name.removesuffix("_leftImg8bit.txt")
        known = stored / path.name
        lines = known.read_text().splitlines() if known.exists() else []
        ours = path.read_text().splitlines()
        assert [line for line in ours if line in lines] == lines
        more = [line for line in ours if line not in lines]
        kept = [
            [n for n in points if n > 2]
            for (name, _), points in dropped.items()
            if name == frame and max(points) > 2
        ]
        assert [[(len(line.split()) - 1) // 2] for line in more] == kept
        image = results / f"exports/yolo/images/{split}" / path.parent.name / f"{path.stem}.png"
        assert os.readlink(image).endswith(
            f"leftImg8bit/{split}/{path.parent.name}/{path.stem}.png"
        )


def test_parts_are_joined_there_and_back():
    square = np.array([(0, 0), (0, 2), (2, 2), (2, 0)])
    parts = [np.add(square, step) for step in ((0, 0), (5, 0), (5, 9))]
    there_and_back = np.concatenate(joined(parts)).tolist()
    assert there_and_back == [
        [2, 2], [2, 0], [0, 0], [0, 2], [2, 2],
        [5, 2],
        [5, 9], [5, 11], [7, 11], [7, 9], [5, 9],
        [5, 2], [7, 2], [7, 0], [5, 0], [5, 2],
    ]  # fmt: skip


@pytest.mark.parametrize("pairs", [1, 5, 1 << 20])
def test_the_closest_points_are_the_first_such_whatever_is_looked_at_together(pairs, monkeypatch):
    monkeypatch.setattr("cityscapes.exports.yolo.MOST_PAIRS", pairs)
    random = np.random.default_rng(0)
    for _ in range(20):
        one, other = random.integers(0, 6, (7, 2)), random.integers(4, 9, (5, 2))
        distances = ((one[:, None] - other) ** 2).sum(-1)
        assert closest(one, other) == divmod(int(distances.argmin()), 5)


def test_yolo_trains_on_the_classes_of_its_labels(results):
    (text,) = shared_texts_of(results, "yolo")
    document = yaml.safe_load(text)
    assert document["train"] == "images/train"
    assert list(document["names"].values()) == [
        "person", "rider", "car", "truck", "bus", "train", "motorcycle", "bicycle",
    ]  # fmt: skip
    (text,) = shared_texts_of(results, "yolo_semantic")
    document = yaml.safe_load(text)
    assert document["masks_dir"] == "masks"
    assert [*document["names"]] == [*range(19)] and document["names"][18] == "bicycle"
    for mask in (results / "exports/yolo_semantic/masks").rglob("*.png"):
        assert mask.resolve().name.endswith("_gtFine_labelTrainIds.png") and mask.exists()


def test_a_gap_in_the_train_ids_keeps_its_number(results):
    labels = [one._replace(train_id=255) if one.train_id == 3 else one for one in TABLE]
    (text,) = shared_texts_of(results, "yolo_semantic", table=LabelTable(labels))
    assert yaml.safe_load(text)["names"][3] == "unused 3"


def boxes_of(path):
    root = ElementTree.parse(path).getroot()
    size = [root.findtext(f"size/{side}") for side in ("width", "height", "depth")]
    ends = ("xmin", "ymin", "xmax", "ymax")
    return size, [
        (one.findtext("name"), *(int(one.findtext(f"bndbox/{end}")) for end in ends))
        for one in root.iter("object")
    ]


def test_voc_boxes_and_lists_are_the_stored_ones(results):
    stored = sorted((EXPECTED / "voc/Annotations").glob("*.xml"))
    for path in stored:
        assert boxes_of(results / "exports/voc/Annotations" / path.name) == boxes_of(path)
    assert len(stored) == 10
    for split in ("train", "val"):
        (text,) = texts_of(results, "voc", split)
        assert text == (EXPECTED / f"voc/ImageSets/Main/{split}.txt").read_text()
    name = "munster_000001_000019_leftImg8bit"
    link = os.readlink(results / f"exports/voc/JPEGImages/{name}.jpg")
    assert link == f"../../../leftImg8bit/val/munster/{name}.png"


def test_the_label_map_of_voc_names_the_classes_of_the_boxes_and_their_colours(results):
    (text,) = shared_texts_of(results, "voc")
    lines = text.splitlines()
    assert lines[:3] == [
        "# label:color_rgb:parts:actions", "background:0,0,0::", "person:220,20,60::",
    ]  # fmt: skip
    names = [line.partition(":")[0] for line in lines[2:]]
    assert names == [*yaml.safe_load(shared_texts_of(results, "yolo")[0])["names"].values()]


def test_hugging_face_metadata_names_files_from_its_own_folder(results):
    (text,) = texts_of(results, "huggingface")
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == 5
    for line in lines:
        folder = results / "exports/huggingface/val"
        label = folder / line["label_file_name"]
        assert label.resolve().name.endswith("_gtFine_labelTrainIds.png") and label.is_file()
        assert os.readlink(folder / line["image_file_name"]).endswith(
            line["frame"] + "_leftImg8bit.png"
        )
    (text,) = shared_texts_of(results, "huggingface")
    classes = json.loads(text)
    assert classes["11"] == {"name": "person", "isthing": 1} and len(classes) == 19
    assert [n for n, one in classes.items() if one["isthing"]] == [str(n) for n in range(11, 19)]


@pytest.mark.parametrize("split", SPLITS)
def test_panoptic_files_are_the_references_with_ids_and_names_that_are_read(results, split):
    (text,) = texts_of(results, "coco_panoptic", split)
    document = json.loads(text)
    assert document == expected(f"coco_panoptic_repaired/panoptic_{split}.json")
    # mmdetection joins the folder beside the file and the name of the image.
    for image in document["images"]:
        picture = results / f"annotations/panoptic_{split}" / image["file_name"]
        assert picture.is_symlink() and not os.path.isabs(os.readlink(picture))
        frame = picture.name.removesuffix("_leftImg8bit.png")
        made = results / f"gtFine/cityscapes_panoptic_{split}/{frame}_gtFine_panoptic.png"
        assert picture.resolve() == made.resolve()


@pytest.mark.parametrize("split", ["train", "val"])
def test_class_weights_are_those_of_their_formulas(results, split):
    text, table = texts_of(results, "class_weights", split)
    made, known = json.loads(text), expected(f"statistics/{split}.json")
    assert made["classes"] == known["classes"]
    assert made["images"] == known["images"]
    for ours, theirs in (
        ("with_void", "all pixels"),
        ("without_void", "pixels of the 19 classes"),
    ):
        assert made[ours].keys() == known[theirs].keys()
        for key, values in known[theirs].items():
            assert flat(made[ours][key]) == pytest.approx(
                flat(values), rel=1e-12, abs=0, nan_ok=True
            )
    rows = [line.split(",") for line in table.splitlines()]
    assert rows[1][:4] == [
        "0",
        "road",
        *(str(known["classes"][0][k]) for k in ("pixels", "images")),
    ]
    assert len(rows) == 20
    for column, (what, key) in enumerate(
        (what, key)
        for what in ("with_void", "without_void")
        for key in ("share", "enet", "frequency", "median_frequency")
    ):
        assert rows[0][4 + column] == f"{key}_{what}"
        cells = [float(row[4 + column]) if row[4 + column] else None for row in rows[1:]]
        assert cells == made[what][key]


def test_a_class_of_several_labels_is_counted_once_an_image(results):
    labels = [label._replace(train_id=0) if label.id == 8 else label for label in TABLE]
    (text, _) = texts_of(results, "class_weights", table=LabelTable(labels))
    known = {one["name"]: one for one in expected("statistics/val.json")["classes"]}
    first = json.loads(text)["classes"][0]
    assert first["name"] == "road/sidewalk"
    assert first["pixels"] == known["road"]["pixels"] + known["sidewalk"]["pixels"]
    assert first["images"] == 5


@pytest.mark.parametrize("flavour", ["hrnet", "mmsegmentation", "paddleseg", "danet"])
@pytest.mark.parametrize("part", file_lists.PARTS)
def test_lists_are_those_of_the_frameworks(results, flavour, part):
    templates = file_lists.templates({flavour: LISTS[flavour]}, part, [*NAMES])
    if part == "train_extra" or not templates:
        return
    splits = file_lists.PARTS[part]
    made = texts_of(results, "file_lists", part, splits=splits, lines=[*templates.values()])
    for name, text in zip(templates, made, strict=True):
        # DANet's scripts make files of this name; the reference's and ours are labelTrainIds.
        text = text.replace("_labelTrainIds", "_trainIds") if flavour == "danet" else text
        assert text == (EXPECTED / "lists" / name).read_text()


def test_every_stored_list_is_one_of_the_config():
    stored = {str(path.relative_to(EXPECTED / "lists")) for path in EXPECTED.glob("lists/*/*")}
    made = {
        name
        for part in file_lists.PARTS
        if part != "train_extra"
        for name in file_lists.templates(LISTS, part, [*NAMES])
    }
    assert made == stored


def test_a_list_that_names_files_that_are_not_made_is_left_out():
    assert [*file_lists.templates(LISTS, "val", ["labelIds"])] == [
        "hrnet/val.lst", "mmsegmentation/val.txt",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "{picture}",
            "mine: '{picture}': {picture} is not one of {type}, {split}, {city}, {frame}",
        ),
        ("{depth}", "{depth} is not one of"),
        ("{leftImg8bit", "mine: '{leftImg8bit': expected '}' before end of string"),
        ("{}", "{} is not one of"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_told(line, message):
    flavour = {"mine": {"files": {"val": "val.txt"}, "line": line}}
    with pytest.raises(DataError) as error:
        file_lists.templates(flavour, "val", [*NAMES])
    assert message in str(error.value)


def test_frames_are_in_the_order_of_their_images_paths(tmp_path):
    for split, city, number in (("val", "bad", 1), ("val", "bad-honnef", 0), ("train", "ulm", 2)):
        name = f"{city}_000000_{number:06d}"
        write_polygons(tmp_path / f"data/gtFine/{split}/{city}/{name}_gtFine_polygons.json")
    results = make_results(tmp_path, tmp_path / "data")
    split = split_of(results, "coco_instances", "trainval", splits=("val", "train"))
    assert [frame.city for frame in split.frames] == ["ulm", "bad-honnef", "bad"]


def test_a_manifest_that_tells_of_other_values_than_the_table_stops(tmp_path):
    name = "ulm_000000_000019"
    write_polygons(tmp_path / f"data/gtFine/val/ulm/{name}_gtFine_polygons.json")
    results = make_results(tmp_path, tmp_path / "data")
    tables = tables_of(results, "coco_instances")
    (manifest,) = (results / "manifests/gtFine/val").glob("*.jsonl")
    manifest.unlink()
    with pytest.raises(DataError, match=f"tells of other instances of {name} than the manifest"):
        read_frames(tables, results, ["instances"])

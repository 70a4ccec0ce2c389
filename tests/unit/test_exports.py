"""Exports of a dataset with every odd case, against what the converters themselves made of it."""

import json
import math
import os
import re
from importlib import import_module

import pytest
import yaml

from cityscapes.errors import DataError
from cityscapes.exports import file_lists
from cityscapes.exports.registry import EXPORTS, export_code
from cityscapes.exports.split import read_frames
from cityscapes.ground_truth.kinds import EXPORT_NAMES, KINDS, NAMES
from cityscapes.labels import LabelTable
from exported import EXPECTED, SPLITS, TABLE, make_results, split_of, tables_of, texts_of
from tiny import CLONE, write_polygons

SCHEMA = yaml.safe_load((CLONE / "config/schema.yaml").read_text())["properties"]
LISTS = SCHEMA["file_lists"]["default"]


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
        module, _, function = export.function.partition(":")
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

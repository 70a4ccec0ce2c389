"""The registry of kinds is the one list: settings, patterns and jobs follow from it."""

import io
import re
from importlib import import_module

import numpy as np
import pytest
import yaml
from PIL import Image

from cityscapes import layout as dataset
from cityscapes.ground_truth.frame_files import KindMaker
from cityscapes.ground_truth.kinds import (
    EXPORT_NAMES,
    FIRST_SOURCE,
    GROUPS,
    KINDS,
    NAMES,
    SOURCES,
    derived_path,
    kinds_of,
    panoptic_name,
    source_path,
)
from cityscapes.ground_truth.recipes import kind_code, settings_digest
from cityscapes.incremental.items import Frame, Source
from cityscapes.labels import read_labels
from cityscapes.layout import GROUND_TRUTH_TYPES, Shard
from tiny import CLONE, write_polygons

SCHEMA = yaml.safe_load((CLONE / "config/schema.yaml").read_text())["properties"]
TABLE = read_labels(CLONE / "config/labels.csv")
SHARD = Shard("gtFine", "val", "frankfurt")
FRAME = "frankfurt_000000_000294"
LABEL_IMAGES = [name for name in NAMES if KINDS[name].sources == ("polygons",)]


def test_the_config_can_name_every_kind_and_makes_the_default_ones():
    kinds = SCHEMA["kinds"]
    assert kinds["items"]["enum"] == list(NAMES)
    assert kinds["default"] == [name for name in NAMES if KINDS[name].default]


def test_the_config_can_name_every_annotation_type():
    assert SCHEMA["types"]["items"]["enum"] == list(GROUND_TRUTH_TYPES)
    assert SCHEMA["types"]["default"] == list(GROUND_TRUTH_TYPES)


def test_kinds_of_images_have_a_place_a_type_and_settings():
    for name in NAMES:
        kind = KINDS[name]
        assert kind.ending and kind.dtype in ("uint8", "uint16"), name
        assert kind.shows or kind.sources != ("polygons",), name


def test_every_kind_is_made_by_a_function_and_code_that_are_there():
    for kind in KINDS.values():
        module, _, function = kind.function.partition(":")
        assert callable(getattr(import_module(module), function))
        assert re.fullmatch("[0-9a-f]{16}", kind_code(kind))


def test_kinds_are_made_from_known_sources_of_their_types():
    for kind in KINDS.values():
        assert set(kind.sources) <= {*SOURCES, *KINDS}
        for shard_type in kind.types:
            assert FIRST_SOURCE[shard_type] in kind.sources


def test_no_two_files_of_a_frame_share_a_place():
    for shard_type in FIRST_SOURCE:
        shard = Shard(shard_type, "val", "frankfurt")
        kinds = [k for k in KINDS.values() if k.ending and shard_type in k.types]
        places = [derived_path(shard, FRAME, kind.name) for kind in kinds]
        assert len(set(places)) == len(places)


def test_files_lie_in_the_official_layout():
    official = {
        "link": f"gtFine/val/frankfurt/{FRAME}_gtFine_polygons.json",
        "labelIds": f"gtFine/val/frankfurt/{FRAME}_gtFine_labelIds.png",
        "instanceIds": f"gtFine/val/frankfurt/{FRAME}_gtFine_instanceIds.png",
        "color": f"gtFine/val/frankfurt/{FRAME}_gtFine_color.png",
        "labelTrainIds": f"gtFine/val/frankfurt/{FRAME}_gtFine_labelTrainIds.png",
        "instanceTrainIds": f"gtFine/val/frankfurt/{FRAME}_gtFine_instanceTrainIds.png",
        "panoptic": f"gtFine/cityscapes_panoptic_val/{FRAME}_gtFine_panoptic.png",
        "panoptic_trainId": f"gtFine/cityscapes_panoptic_val_trainId/{FRAME}_gtFine_panoptic.png",
        "depth": f"depth/val/frankfurt/{FRAME}_depth.png",
    }
    assert {name: derived_path(SHARD, FRAME, name) for name in official} == official
    assert panoptic_name("val", "panoptic") == "gtFine/cityscapes_panoptic_val"
    assert panoptic_name("val", "panoptic_trainId") == "gtFine/cityscapes_panoptic_val_trainId"


def test_raw_files_lie_in_the_official_layout():
    coarse = Shard("gtCoarse", "train_extra", "bad-honnef")
    assert source_path(coarse, "f", "polygons") == (
        "gtCoarse/train_extra/bad-honnef/f_gtCoarse_polygons.json"
    )
    assert source_path(SHARD, "f", "disparity") == "disparity/val/frankfurt/f_disparity.png"
    assert source_path(SHARD, "f", "camera") == "camera/val/frankfurt/f_camera.json"
    assert dataset.POLYGONS == "_polygons.json"


def names(kinds):
    return [kind.name for kind in kinds]


@pytest.mark.parametrize(
    ("shard_type", "asked", "made"),
    [
        ("gtFine", ["color"], ["link", "color", "statistics"]),
        ("gtFine", ["panoptic"], ["link", "panoptic", "segments", "statistics"]),
        ("gtFine", ["depth"], ["link"]),
        ("gtFine", [], ["link"]),
        ("gtCoarse", ["labelIds", "panoptic"], ["link", "labelIds", "statistics"]),
        ("disparity", ["labelIds", "depth"], ["depth"]),
        ("disparity", ["labelIds"], []),
        ("gtFine", ["instances"], ["link", "instances"]),
        ("gtCoarse", ["instances", "panoptic_link"], ["link", "instances"]),
        ("gtFine", ["color", "labelIds"], ["link", "labelIds", "color", "statistics"]),
    ],
)
def test_links_come_with_all_kinds_and_values_with_their_group(shard_type, asked, made):
    assert names(kinds_of(shard_type, asked)) == made


def test_kinds_of_a_group_are_of_one_kind_of_shard():
    for group in GROUPS:
        first = [FIRST_SOURCE[k.types[0]] for k in KINDS.values() if k.group == group]
        assert len(set(first)) == 1


@pytest.mark.parametrize("name", LABEL_IMAGES)
def test_images_are_of_the_type_that_the_registry_says(name, tmp_path):
    path = tmp_path / "a.json"
    write_polygons(path)
    frame = Frame(FRAME, {"polygons": Source(path, None)})
    make = KindMaker(TABLE, "released", {})
    made = make(frame, [name], lambda source: path.read_bytes())
    image = np.asarray(Image.open(io.BytesIO(made[name])))
    channels = {"grey": (), "RGB": (3,), "RGBA": (4,)}[KINDS[name].channels]
    assert (image.dtype, image.shape) == (KINDS[name].dtype, (16, 32, *channels))


OF_INSTANCES = {"instances", "yolo_labels", "yolo_labels_like_detectron", "voc_boxes"}
# Which columns of the label table each kind shows
DEPENDS = {
    "id": {
        "labelIds", "instanceIds", "panoptic", "panoptic_trainId", "segments", *OF_INSTANCES,
        "class_pixels", "statistics",
    },
    "train_id": {"labelTrainIds", "instanceTrainIds"},
    "color": {"color"},
    "has_instances": {
        "instanceIds", "instanceTrainIds", "panoptic", "panoptic_trainId", "segments",
        *OF_INSTANCES,
        "statistics",
    },
    "ignore_in_eval": {"panoptic", "panoptic_trainId", "segments", *OF_INSTANCES},
    "category": set(),
}  # fmt: skip
OTHER = {
    "id": 99, "train_id": 77, "color": (1, 2, 3), "has_instances": True, "ignore_in_eval": True,
    "category": "other",
}  # fmt: skip


@pytest.mark.parametrize("column", DEPENDS)
def test_an_edit_of_the_label_table_makes_again_what_shows_it(column):
    labels = list(TABLE)
    road = next(number for number, label in enumerate(labels) if label.name == "road")
    labels[road] = labels[road]._replace(**{column: OTHER[column]})
    changed = {
        name
        for name in KINDS
        if settings_digest(name, labels, "released") != settings_digest(name, TABLE, "released")
    }
    assert changed == DEPENDS[column]


def test_another_fill_makes_all_label_images_again_and_nothing_else():
    changed = {
        name
        for name in KINDS
        if settings_digest(name, TABLE, "pillow") != settings_digest(name, TABLE, "released")
    }
    of_exports = {name for name in EXPORT_NAMES if KINDS[name].shows}
    assert changed == {*LABEL_IMAGES, "segments", "statistics", *of_exports}


def test_the_order_of_the_label_table_matters_to_no_image():
    for name in NAMES:
        assert settings_digest(name, list(TABLE)[::-1], "released") == settings_digest(
            name, TABLE, "released"
        )

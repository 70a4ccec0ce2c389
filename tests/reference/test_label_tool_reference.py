"""The reference's label tool reads what ours writes, and ours reads what it writes."""

import json
import subprocess
from pathlib import Path

import pytest

from cityscapes.editing.corrections import Correction, data_of, parse
from cityscapes.editing.document import parse as parse_document
from cityscapes.editing.entries import apply
from cityscapes.editing.stamp import Stamp, moment
from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.labels import read_labels
from reference_environment import reference_python
from tiny import CLONE

TABLE = read_labels(CLONE / "config/labels.csv")
STAMP = Stamp("Jürgen", "07-Mar-2026 09:05:00")
TRIANGLE = [[1, 2], [30, 4], [5, 14]]
BOXES = [
    Correction(1, "the pole is missing", (1, 2, 3, 4)),
    Correction(4, 'Straße & <b> "quoted"\nsecond line', (-5, 0, 0, 2048)),
]
RAW = """{"imgHeight": 16, "imgWidth": 32, "objects": [
    {"label": "road", "polygon": [[-3.0, 8.5], [40, 8], [40, 20], [-3, 20]]},
    {"label": "car", "polygon": [[2, 6], [9, 6], [9, 12]], "verified": 0, "user": "x"},
    {"label": "person", "polygon": [[2, 6], [4, 6], [3, 12]]}
]}"""


@pytest.fixture(scope="module")
def edit():
    """Edited by ours: an object changed, one deleted, one new, one untouched."""
    entries = [
        0,
        {"base": 1, "label": "bus", "polygon": TRIANGLE},
        {"base": 2, "deleted": True},
        {"base": None, "label": "cargroup", "polygon": TRIANGLE, "deleted": False},
    ]
    return apply(parse_document(RAW.encode()), entries, TABLE, STAMP)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, edit):
    """What ours wrote, and what the reference made of it."""
    python, folder = reference_python(), tmp_path_factory.mktemp("reference")
    (folder / "ours.json").write_bytes(edit.data())
    (folder / "ours.xml").write_bytes(data_of(BOXES, "x", "frankfurt", 32, 16))
    script = Path(__file__).parent / "label_documents.py"
    done = subprocess.run(
        [python, script, "ours.json", "ours.xml", "."], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_the_reference_reads_our_objects(folder, edit):
    told = json.loads((folder / "told.json").read_text())
    assert told["size"] == [32, 16]
    for read, written in zip(told["objects"], edit.objects, strict=True):
        for key, value in written.items():
            if key != "id":  # the reference numbers anew
                assert read[key] == value, key
    assert [one["id"] for one in told["objects"]] == [0, 1, 2, 3]
    assert [one["draw"] for one in told["objects"]] == [True, True, False, True]
    assert [one["verified"] for one in told["objects"]] == [1, 0, 1, 0]
    assert told["objects"][3]["user"] == "Jürgen"


def test_ours_reads_what_the_reference_writes_and_paints_the_same(folder, edit):
    data = (folder / "reference.json").read_bytes()
    again = parse_document(data)
    assert [one["label"] for one in again.objects] == ["road", "bus", "person", "cargroup"]
    assert moment(again.objects[1]["date"])
    images = [
        FrameImages(parse_annotation(one, TABLE), TABLE, "released").png("instanceIds")
        for one in (data, edit.data())
    ]
    assert images[0] == images[1]
    # One number a line, as it writes them: an object that stays keeps each of these lines.
    changed = apply(again, [1, 0, {"base": 2, "deleted": False}, 3], TABLE, STAMP)
    assert again.texts[0] in changed.data().decode() and again.texts[0].count("\n") > 10


def test_boxes_are_the_same_in_both(folder):
    boxes = json.loads((folder / "boxes.json").read_text())
    assert [Correction(one[0], one[1], tuple(map(int, one[2:]))) for one in boxes] == BOXES
    assert parse((folder / "reference.xml").read_bytes()) == BOXES


def test_files_of_corrections_are_byte_for_byte_those_of_the_reference(folder):
    """But for its `ncols`, which is the height."""
    theirs = (folder / "reference.xml").read_bytes()
    ours = (folder / "ours.xml").read_bytes()
    assert b"<ncols>16</ncols>" in theirs
    assert theirs.replace(b"<ncols>16<", b"<ncols>32<") == ours

"""The edit, review and correction box of the sample, and that a user's folder is left alone."""

import json

import pytest

from cityscapes.editing import corrections, review
from cityscapes.edits.folder import Edits
from cityscapes.errors import DataError
from cityscapes.labels import read_labels
from cityscapes.layout import Shard
from cityscapes.sample.edits import write_edits
from sample_edits import main
from tiny import CLONE, write_polygons

SHARD = Shard("gtFine", "val", "frankfurt")
FRAMES = ("frankfurt_000000_000000", "frankfurt_000000_000001")


@pytest.fixture
def dataset(tmp_path):
    for frame in FRAMES:
        write_polygons(tmp_path / "data" / SHARD.folder / f"{frame}_gtFine_polygons.json")
    return tmp_path / "data"


@pytest.fixture
def table():
    return read_labels(CLONE / "config/labels.csv")


def test_the_edit_moves_a_car_and_adds_a_sign(dataset, table, tmp_path):
    edits = Edits(tmp_path / "edits")
    written = write_edits(dataset, edits, table)
    assert written[0] == edits.path(SHARD, FRAMES[0])
    before = (dataset / SHARD.folder / f"{FRAMES[0]}_gtFine_polygons.json").read_text()
    old, new = json.loads(before)["objects"], json.loads(written[0].read_text())["objects"]
    assert new[-1]["label"] == "traffic sign" and len(new) == len(old) + 1
    different = [a["label"] for a, b in zip(old, new, strict=False) if a != b]
    assert different == ["car"]


def test_the_review_and_the_box_can_be_read(dataset, table, tmp_path):
    _, reviewed, boxes = write_edits(dataset, Edits(tmp_path / "edits"), table)
    assert review.parse(reviewed.read_bytes()).status == "to review"
    (box,) = corrections.parse(boxes.read_bytes())
    assert box.type == 4 and FRAMES[1] in boxes.name


def test_the_files_are_the_same_each_time(dataset, table, tmp_path):
    texts = [
        [path.read_bytes() for path in write_edits(dataset, Edits(tmp_path / name), table)]
        for name in ("first", "second")
    ]
    assert texts[0] == texts[1]


def test_a_dataset_without_frames_is_refused(table, tmp_path):
    (tmp_path / "data").mkdir()
    with pytest.raises(DataError, match="two are needed"):
        write_edits(tmp_path / "data", Edits(tmp_path / "edits"), table)


def test_a_folder_with_edits_is_left_as_it_is(dataset, tmp_path, capsys):
    (tmp_path / "edits").mkdir()
    (tmp_path / "edits/mine.json").write_text("{}")
    main(dataset, tmp_path / "edits", CLONE / "config/labels.csv")
    assert "left as it is" in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "edits").iterdir()] == ["mine.json"]

"""A copy of the results without links: up to date, and careful with what lies there."""

import os

import pytest

from cityscapes.errors import DataError, OutputError
from cityscapes.exports.whole_copy import LIST, copy_root


@pytest.fixture
def results(tmp_path):
    raw = tmp_path / "data/leftImg8bit/val"
    raw.mkdir(parents=True)
    (raw / "a.png").write_bytes(b"image")
    made = tmp_path / "results"
    for path in ("gtFine/val/a_labelIds.png", "manifests/x.jsonl", "tables/x.tsv"):
        (made / path).parent.mkdir(parents=True)
        (made / path).write_bytes(b"made")
    os.symlink("../data/leftImg8bit", made / "leftImg8bit")
    os.symlink("../../../data/leftImg8bit/val/a.png", made / "gtFine/val/a_polygons.json")
    os.symlink("nowhere", made / "gtFine/val/lost.json")
    return made


def files(folder):
    paths = [p for p in folder.rglob("*") if not p.is_dir() and p.name != LIST]
    assert not [path for path in paths if path.is_symlink()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_the_copy_has_contents_in_place_of_links(results, tmp_path):
    target = tmp_path / "copied"
    assert copy_root(results, target) == (3, 0)
    assert files(target) == {
        "gtFine/val/a_labelIds.png": b"made",
        "gtFine/val/a_polygons.json": b"image",
        "leftImg8bit/val/a.png": b"image",
    }
    assert copy_root(results, target) == (0, 0)


def test_only_what_changed_is_copied_and_what_is_gone_removed(results, tmp_path):
    target = tmp_path / "copied"
    copy_root(results, target)
    (results / "gtFine/val/a_labelIds.png").write_bytes(b"edited")
    (results / "gtFine/val/a_polygons.json").unlink()
    mine = target / "gtFine/val/mine.txt"
    mine.write_bytes(b"mine")
    assert copy_root(results, target) == (1, 1)
    assert files(target) == {
        "gtFine/val/a_labelIds.png": b"edited",
        "gtFine/val/mine.txt": b"mine",
        "leftImg8bit/val/a.png": b"image",
    }


@pytest.mark.parametrize("before", [True, False])
def test_files_of_others_stay(results, tmp_path, before):
    target = tmp_path / "copied"
    if before:  # ours, which somebody edited
        copy_root(results, target)
    path = target / "gtFine/val/a_labelIds.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"somebody's")
    with pytest.raises(DataError, match="were not copied here, or changed since") as error:
        copy_root(results, target)
    assert str(path) in str(error.value)
    assert path.read_bytes() == b"somebody's"


@pytest.mark.parametrize("place", ["results", "results/copied", "data/leftImg8bit/val", "."])
def test_the_copy_lies_apart(results, tmp_path, place):
    with pytest.raises(DataError, match="the copy has to lie apart from"):
        copy_root(results, tmp_path / place)


def test_a_disk_that_is_too_small_is_told_before_anything_is_copied(
    results, tmp_path, monkeypatch
):
    usage = type("Usage", (), {"free": 5})
    monkeypatch.setattr("cityscapes.files.whole.shutil.disk_usage", lambda folder: usage)
    with pytest.raises(OutputError, match="the disk is too small: the copy needs 14 bytes more"):
        copy_root(results, tmp_path / "copied")
    assert not files(tmp_path / "copied")

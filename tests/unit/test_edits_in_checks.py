"""Edits in the checks: which files are looked at, and what is said of them."""

from pathlib import Path

import pytest

from cityscapes.checks.edits import (
    absolute,
    cities_with_edits,
    new_of,
    told,
    with_edits,
    without_lone_edits,
)
from cityscapes.checks.listing import RawFiles, list_raw
from cityscapes.edits.folder import Edits
from cityscapes.layout import Shard

TYPES = ["gtFine", "leftImg8bit"]
EDITS = Edits(Path("edits"))
CITY = ("val", "lindau")
FRAME = "lindau_000000_000019"
SLOT = "gtFine_polygons"


def write(path, text="{}"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A dataset of one annotated frame and one with an image alone."""
    monkeypatch.chdir(tmp_path)
    write(Path("data/gtFine/val/lindau", f"{FRAME}_gtFine_polygons.json"))
    write(Path("data/leftImg8bit/val/lindau/lindau_000000_000020_leftImg8bit.png"))


def edit(frame, city="lindau", text="{ }"):
    path = EDITS.path(Shard("gtFine", "val", city), frame)
    write(path, text)
    return path


def listed():
    return with_edits(list_raw(Path("data"), TYPES, *CITY), EDITS, TYPES, *CITY)


def test_without_edits_the_files_are_those_of_the_dataset(folder):
    assert listed() == (list_raw(Path("data"), TYPES, *CITY), {})


def test_an_edit_is_in_the_place_of_the_file_that_it_replaces(folder):
    path = edit(FRAME)
    raw, replaced = listed()
    assert raw.frames[FRAME][SLOT].name == str(path)
    assert raw.frames[FRAME][SLOT].size == 3
    below = f"gtFine/val/lindau/{path.name}"
    assert replaced == {FRAME: {SLOT: below}}
    named = absolute(raw.frames[FRAME], replaced[FRAME])
    assert Path("data", named[SLOT].name).read_text() == "{ }"
    found = {"files": {SLOT: [named[SLOT].name, 3, "d", []]}, "labels": {}}
    document = told(found, raw.frames[FRAME], replaced[FRAME])
    (problem,) = document["files"][SLOT][3]
    assert document["files"][SLOT][:3] == [str(path), 3, "d"]
    assert problem == ("note", "edited", f"an edit: takes the place of {below}")
    assert new_of(document) == set() == new_of(found)


def test_a_frame_that_only_has_an_edit_is_one_and_is_told_as_such(folder):
    edit("lindau_000000_000020")
    raw, _ = listed()
    assert set(raw.frames["lindau_000000_000020"]) == {SLOT, "leftImg8bit"}
    files = {slot: [entry.name, 0, "", []] for slot, entry in raw.frames[FRAME].items()}
    found = told({"files": files}, raw.frames[FRAME], {SLOT: ""})
    assert new_of(found) == {SLOT}


def test_cities_of_edits_alone_are_looked_at_in_the_order_of_all(folder):
    assert cities_with_edits(EDITS, Path("data"), TYPES, ["train", "val"], ["val"]) == [CITY]
    edit("aachen_000000_000000", "aachen")
    found = cities_with_edits(EDITS, Path("data"), TYPES, ["train", "val"], ["val"])
    assert found == [("val", "aachen"), CITY]


def test_the_first_edits_of_a_split_make_no_annotation_missing():
    files = {CITY: {"a": frozenset({SLOT, "leftImg8bit"}), "b": frozenset({"leftImg8bit"})}}
    new = {(*CITY, "a"): {SLOT}}
    alone = {CITY: dict.fromkeys("ab", frozenset({"leftImg8bit"}))}
    assert without_lone_edits(files, new) == alone
    # Where the dataset has polygons of the split, an edit is as good.
    other = {("val", "aachen"): {"c": frozenset({SLOT})}}
    assert without_lone_edits(files | other, new) == files | other
    assert without_lone_edits(files, {}) == files


def test_odd_files_stay_odd(folder):
    write(Path("data/gtFine/val/lindau/notes.txt"))
    raw, _ = listed()
    assert isinstance(raw, RawFiles) and len(raw.odd) == 1

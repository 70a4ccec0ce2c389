"""A broken twin of the sample: each damage is reported once, at the right file, and nothing else.

The twin is a copy by hard links, which becomes the sample again before each test. Only frames that
changed are checked again.
"""

import csv
import errno
import os
import shutil
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import check_tables
import frame_checks
import sample
from cityscapes.checks.formats import SPLITS, TYPES
from cityscapes.checks.listing import find_cities
from cityscapes.checks.tables import Findings
from cityscapes.errors import DataError
from cityscapes.files.whole import write_atomic
from cityscapes.incremental.manifest import read_header
from damage import DAMAGES, Damage
from tiny import CLONE

SIZES = [(256, 128)]
LIMITS = [0.10, 45, 0.25]
# What files.csv does not tell, as it has the files that are there and are wrong by themselves.
OF_NO_FILE = {
    "missing", "unexpected frame", "not named like a city", "too low", "broken link",
    "no split", "no city", "no frames", "not named like a type",
    "nothing blurred", "too different", "blurred outside people and vehicles",
}  # fmt: skip


class Checked(NamedTuple):
    """A dataset, and the folder with what was found in it."""

    root: Path
    results: Path

    def check(self) -> None:
        """Check what changed since the last time, and write the tables."""
        tables = []
        for split, city in find_cities(self.root, list(TYPES), SPLITS):
            tables.append(self.results / "tables" / split / f"{city}.tsv")
            frame_checks.main(
                self.root, split, city, list(TYPES), CLONE / "config/labels.csv",
                CLONE / "config/labels_cityPersons.csv", SIZES,
                official=True, tolerance=2, degenerate="error", max_polygons_mb=16,
                manifest=self.manifest(split, city), output=tables[-1], jobs=1, forced=False,
            )  # fmt: skip
        check_tables.main(
            self.root, tables, list(TYPES), SPLITS, CLONE / "config/packages.tsv",
            counts=None, published=[], official=SPLITS, limits=LIMITS,
            output=self.results / "checks",
        )  # fmt: skip

    def manifest(self, split: str, city: str) -> Path:
        """What is known of the frames of a city."""
        return self.results / "manifests" / split / f"{city}.jsonl"

    def rows(self, table: str) -> list[dict]:
        """The rows of one of the reports."""
        with open(self.results / "checks" / table, newline="") as file:
            return list(csv.DictReader(file))

    def problems(self) -> Counter:
        """How often each (severity, check, where) is reported."""
        return Counter(
            (row["severity"], row["check"], row["where"]) for row in self.rows("problems.csv")
        )

    def problems_of_files(self) -> Counter:
        """The same, of the table of files."""
        return Counter(
            (row["severity"], row["check"], row["file"]) for row in self.rows("files.csv")
        )


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The sample, checked; not to be changed."""
    folder = tmp_path_factory.mktemp("sound")
    sample.main(folder, CLONE / "config/labels.csv", 28, *SIZES[0], 0, list(sample.TYPES), jobs=2)
    for package in sorted(folder.glob("*.zip")):
        shutil.unpack_archive(package, folder / "data")
    checked = Checked(folder / "data", folder / "results")
    with pytest.MonkeyPatch.context() as patch:
        # What does not change during the tests, and would be read for each city.
        for name in ("code_digests", "read_labels", "read_person_labels"):
            patch.setattr(frame_checks, name, cache(getattr(frame_checks, name)))
        checked.check()
        yield checked


@pytest.fixture(scope="module")
def copy(sound):
    """A copy of the sample by hard links, for one test after the other."""
    folder = sound.root.parent / "copy"
    folder.mkdir()
    return folder


@pytest.fixture
def twin(sound, copy, tmp_path):
    """A copy of the sample, and of what was found in it."""
    restore(copy, sound.root)
    shutil.copytree(sound.results / "manifests", tmp_path / "manifests")
    return Checked(copy, tmp_path)


def restore(folder, whole):
    """Make a folder a copy of another again, by hard links.

    A damage never writes into a file: a damaged one is another file.
    """
    for entry in os.scandir(folder):
        twin = os.path.join(whole, entry.name)
        if entry.is_dir(follow_symlinks=False) and os.path.isdir(twin):
            restore(entry.path, twin)
        elif entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        elif not os.path.isfile(twin) or entry.inode() != os.stat(twin).st_ino:
            os.unlink(entry.path)
    for entry in os.scandir(whole):
        place = os.path.join(folder, entry.name)
        if os.path.lexists(place):
            continue
        if entry.is_dir():
            shutil.copytree(entry.path, place, copy_function=os.link)
        else:
            os.link(entry.path, place)


def assert_reported(damages: list[Damage], checked: Checked) -> None:
    """The reports of these damages, each once, and no others."""
    reports = Counter(report for damage in damages for report in damage.reports)
    assert set(reports.values()) <= {1}
    assert checked.problems() == reports
    assert checked.problems_of_files() == {r: 1 for r in reports if r[1] not in OF_NO_FILE}


def test_the_sound_sample_has_no_problems(sound):
    assert not sound.problems()
    assert not sound.rows("files.csv")
    assert not sound.rows("missing.csv")
    assert {row["verdict"] for row in sound.rows("blurred.csv")} == {"ok"}


def test_there_are_forty_damages_and_more_of_different_names():
    names = [damage.name for damage in DAMAGES]
    assert len(names) >= 40
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_is_reported_once_and_nothing_else_is(damage, twin):
    damage.do(twin.root)
    twin.check()
    assert_reported([damage], twin)


def test_all_damages_at_once_are_each_reported_once(twin):
    damages = [damage for damage in DAMAGES if not damage.alone]
    for damage in damages:
        damage.do(twin.root)
    twin.check()
    assert_reported(damages, twin)


# What helps


def advice(checked: Checked) -> dict[str, str]:
    """What problems.csv says is to be done, by place."""
    return {row["where"]: row["to_do"] for row in checked.rows("problems.csv")}


@pytest.mark.parametrize(
    ("name", "where", "to_do"),
    [
        ("split_under_another_name", "leftImg8bit/validation", "rename it to val"),
        ("type_in_small_letters", "leftimg8bit", "rename it to leftImg8bit"),
        ("type_in_itself", "gtFine/gtFine", "move what is in it to gtFine/"),
        ("city_next_to_the_splits", "disparity/lindau", "move it to disparity/val/"),
        (
            "two_slips_in_a_folder",
            "camera/val/lindau/lindau_000001_000019_camera (1).json",
            "rename it to lindau_000001_000019_camera.json",
        ),
        (
            "in_the_wrong_city",
            "rightImg8bit/val/munster/lindau_000001_000019_rightImg8bit.png",
            "move it to rightImg8bit/val/lindau/",
        ),
        (
            "copy_in_another_city",
            "vehicle/val/frankfurt/lindau_000000_000019_vehicle.json",
            "compare the two; if they are equal, remove it",
        ),
    ],
)
def test_what_is_in_the_wrong_place_is_to_be_moved_and_not_unpacked(name, where, to_do, twin):
    (damage,) = (damage for damage in DAMAGES if damage.name == name)
    damage.do(twin.root)
    twin.check()
    assert advice(twin)[where] == to_do


def test_swapped_folders_are_reported_as_folders(twin):
    lindau, munster = (twin.root / f"disparity/val/{city}" for city in ("lindau", "munster"))
    os.replace(lindau, twin.root / "other")
    os.replace(munster, lindau)
    os.replace(twin.root / "other", munster)
    twin.check()
    assert advice(twin) == {
        "disparity/val/lindau": "move them to disparity/val/munster/",
        "disparity/val/munster": "move them to disparity/val/lindau/",
    }
    assert len(twin.rows("files.csv")) == 4


def test_a_type_whose_folders_are_there_is_not_absent(twin):
    for path in twin.root.glob("vehicle/*/*/*"):
        path.unlink()
    twin.check()
    statuses = {row["status"] for row in twin.rows("inventory.csv") if row["type"] == "vehicle"}
    assert statuses == {"empty"}


def test_a_frame_without_polygons_is_not_found(twin):
    next(twin.root.glob("gtFine/val/lindau/*_polygons.json")).unlink()
    twin.check()
    (row,) = (
        row
        for row in twin.rows("inventory.csv")
        if row["type"] == "gtFine" and row["city"] == "lindau"
    )
    assert (row["expected"], row["found"], row["missing"]) == ("2", "1", "1")


# What cannot be read, listed or checked


def rewritten(root: Path) -> Path:
    """A file that is written anew, so that its frame is checked again."""
    path = root / "camera/val/lindau/lindau_000000_000019_camera.json"
    write_atomic(path, path.read_bytes())
    return path


def test_a_frame_that_cannot_be_read_is_checked_until_it_can(twin, monkeypatch):
    path, manifest = rewritten(twin.root), twin.manifest("val", "lindau")

    def refuse(file, *arguments, **options):
        if str(file) == str(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return open_file(file, *arguments, **options)

    open_file = os.open
    monkeypatch.setattr(os, "open", refuse)
    twin.check()
    place = str(path.relative_to(twin.root))
    assert twin.problems() == {("error", "unreadable", place): 1}
    assert read_header(manifest).problems == ("lindau_000000_000019",)

    monkeypatch.undo()  # as by chmod: size and time are as before
    twin.check()
    assert not twin.problems()
    assert read_header(manifest).problems == ()


def test_a_frame_that_cannot_be_checked_costs_no_report(twin, monkeypatch, caplog):
    path = rewritten(twin.root)
    check_frame = frame_checks.check_frame

    def fail(*arguments):
        raise ValueError("a bug\nof ours")

    monkeypatch.setattr(frame_checks, "check_frame", fail)
    twin.check()
    ((row),) = twin.rows("problems.csv")
    assert row["check"] == "cannot be checked"
    assert row["where"].startswith("camera/val/lindau/lindau_000000_000019")
    assert row["what"] == "cannot be checked: ValueError: a bug of ours"
    assert "Traceback" in caplog.text

    monkeypatch.setattr(frame_checks, "check_frame", check_frame)
    twin.check()
    assert not twin.problems()
    assert path.exists()


@pytest.mark.parametrize("place", ["disparity/val/lindau", "disparity/val", "disparity"])
def test_a_folder_that_cannot_be_listed_is_one_problem(place, twin, monkeypatch):
    def refuse(folder="."):
        if str(folder) == str(twin.root / place):
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return scandir(folder)

    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", refuse)
    twin.check()
    assert twin.problems() == {("error", "unreadable", place): 1}


def test_a_damaged_table_is_one_message(twin):
    twin.check()
    table = twin.results / "tables/val/lindau.tsv"
    table.write_text(table.read_text()[:-200])
    with pytest.raises(
        DataError, match=r"lindau\.tsv: the row of lindau_000001_000019 is damaged"
    ):
        list(Findings([table]).frames())

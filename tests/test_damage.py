"""A broken twin of the sample: each damage is reported once, at the right file, and nothing else.

The twins are copies by hard links, and of their frames only those that changed are checked again.
"""

import csv
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
from cityscapes.progress import Bytes
from cityscapes.zips import unpack
from damage import DAMAGES, Damage
from tiny import CLONE

SIZE = [256, 128]
LIMITS = [0.10, 45, 0.25]
# What files.csv does not tell, as it has the files that are there and are wrong by themselves.
OF_NO_FILE = {
    "missing", "unexpected frame", "not named like a city", "too low", "broken link",
    "nothing blurred", "too different", "blurred outside people and vehicles",
}  # fmt: skip


class Checked(NamedTuple):
    """A dataset, and the folder with what was found in it."""

    root: Path
    results: Path

    def check(self) -> None:
        """Check what changed since the last time, and write the tables."""
        manifests = []
        for split, city in find_cities(self.root, list(TYPES), SPLITS):
            manifests.append(self.results / "manifests" / split / f"{city}.tsv")
            frame_checks.main(
                self.root, split, city, list(TYPES), CLONE / "config/labels.csv", SIZE,
                tolerance=2, output=manifests[-1], jobs=1,
            )  # fmt: skip
        check_tables.main(
            self.root, manifests, list(TYPES), SPLITS, CLONE / "config/packages.tsv",
            counts=None, limits=LIMITS, output=self.results / "checks",
        )  # fmt: skip

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


@pytest.fixture(scope="session")
def sound(tmp_path_factory):
    """The sample, checked; not to be changed."""
    # The code does not change while it is tested, and its digest costs more than a frame.
    frame_checks.code_digests = cache(frame_checks.code_digests)
    folder = tmp_path_factory.mktemp("sound")
    sample.main(folder, CLONE / "config/labels.csv", 28, *SIZE, 0, list(sample.TYPES), jobs=2)
    for package in sorted(folder.glob("*.zip")):
        unpack(package, folder / "data", Bytes)
    checked = Checked(folder / "data", folder / "results")
    checked.check()
    return checked


@pytest.fixture
def twin(sound, tmp_path):
    """A copy of the sample, and of what was found in it."""
    shutil.copytree(sound.root, tmp_path / "data", copy_function=os.link)
    shutil.copytree(sound.results / "manifests", tmp_path / "results/manifests")
    yield Checked(tmp_path / "data", tmp_path / "results")
    shutil.rmtree(tmp_path)


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
    for damage in DAMAGES:
        damage.do(twin.root)
    twin.check()
    assert_reported(DAMAGES, twin)

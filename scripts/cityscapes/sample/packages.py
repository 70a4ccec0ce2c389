"""The raw packages: zip files with the official names and inner paths."""

import os
import zipfile
from pathlib import Path
from typing import BinaryIO, NamedTuple

from cityscapes.checks.formats import stem
from cityscapes.files.partial import open_new
from cityscapes.sample.frames import SampleFrame


class Package(NamedTuple):
    """A raw package: its file name, and its types and splits."""

    name: str
    type: str
    splits: tuple[str, ...]


ANNOTATED = ("train", "val", "test")
COARSE = ("train", "val", "train_extra")

# fmt: off
PACKAGES = [
    Package("gtFine_trainvaltest.zip",          "gtFine",              ANNOTATED),
    Package("gtCoarse.zip",                     "gtCoarse",            COARSE),
    Package("leftImg8bit_trainvaltest.zip",     "leftImg8bit",         ANNOTATED),
    Package("leftImg8bit_trainextra.zip",       "leftImg8bit",         ("train_extra",)),
    Package("leftImg8bit_demoVideo.zip",        "leftImg8bit",         ("demoVideo",)),
    Package("leftImg8bit_blurred.zip",          "leftImg8bit_blurred", ANNOTATED),
    Package("leftImg8bit_trainvaltest_foggy.zip", "leftImg8bit_foggy", ANNOTATED),
    Package("rightImg8bit_trainvaltest.zip",    "rightImg8bit",        ANNOTATED),
    Package("rightImg8bit_trainextra.zip",      "rightImg8bit",        ("train_extra",)),
    Package("leftImg16bit_trainvaltest.zip",    "leftImg16bit",        ANNOTATED),
    Package("leftImg16bit_trainextra.zip",      "leftImg16bit",        ("train_extra",)),
    Package("rightImg16bit_trainvaltest.zip",   "rightImg16bit",       ANNOTATED),
    Package("rightImg16bit_trainextra.zip",     "rightImg16bit",       ("train_extra",)),
    Package("disparity_trainvaltest.zip",       "disparity",           ANNOTATED),
    Package("disparity_trainextra.zip",         "disparity",           ("train_extra",)),
    Package("camera_trainvaltest.zip",          "camera",              ANNOTATED),
    Package("camera_trainextra.zip",            "camera",              ("train_extra",)),
    Package("vehicle_trainvaltest.zip",         "vehicle",             ANNOTATED),
    Package("vehicle_trainextra.zip",           "vehicle",             ("train_extra",)),
    Package("timestamp_sequence.zip",           "timestamp_sequence",  ANNOTATED),
    Package("gtBbox_cityPersons_trainval.zip",  "gtBboxCityPersons",   ("train", "val")),
    Package("gtBbox3d_trainvaltest.zip",        "gtBbox3d",            ANNOTATED),
    Package("gtBboxValidated_trainval.zip",     "gtBboxValidated",     ("train", "val")),
]
# fmt: on
TYPES = tuple(dict.fromkeys(package.type for package in PACKAGES))

README = """\
SYNTHETIC DATA

Nothing here was photographed. The scenes, pictures, labels and records in this file were drawn by
a computer program, as a stand-in for a package of the same name of the Cityscapes dataset, so that
software can be tried without the data. They have the layout and the formats of that dataset but
are no part of it and say nothing about any real place, vehicle or person.
"""

LICENSE = """\
This file holds synthetic data made by a program; no rights of the Cityscapes dataset or of its
authors are touched or claimed. Whoever made it may use, change and pass on its content freely,
without any warranty. It must not be presented as real recordings.
"""


def types_of(split: str, wanted: list[str]) -> list[str]:
    """Return the wanted types that exist for a split."""
    there = {package.type for package in PACKAGES if split in package.splits}
    return [kind for kind in wanted if kind in there]


def splits_of(wanted: list[str]) -> set[str]:
    """Return the splits for which at least one of the wanted types exists."""
    return {split for p in PACKAGES if p.type in wanted for split in p.splits}


def member_path(kind: str, frame: SampleFrame, ending: str) -> str:
    """Return the path of a frame's file inside its package."""
    return f"{kind}/{frame.split}/{frame.city}/{frame.name}_{stem(kind)}{ending}"


class PackageWriter:
    """Writes files into their packages; a package gets its name when it is complete.

    Use it as a context manager: every package of the wanted types is renamed into place when the
    block ends well, those without frames too, and nothing is left behind when it does not.
    """

    def __init__(self, folder: Path, types: list[str]):
        self.folder = folder
        self.packages = [package for package in PACKAGES if package.type in types]
        self._files: dict[Package, BinaryIO] = {}
        self._archives: dict[Package, zipfile.ZipFile] = {}

    def __enter__(self) -> "PackageWriter":
        self.folder.mkdir(parents=True, exist_ok=True)
        for package in self.packages:
            self._files[package] = open_new(self._temporary(package))
            archive = zipfile.ZipFile(self._files[package], "w")
            self._archives[package] = archive
            _append(archive, "README", README.encode())
            _append(archive, "license.txt", LICENSE.encode())
        return self

    def add(self, frame: SampleFrame, kind: str, ending: str, content: bytes) -> None:
        """Append one file; the order of calls is the order in the package."""
        package = next(p for p in self.packages if p.type == kind and frame.split in p.splits)
        _append(self._archives[package], member_path(kind, frame, ending), content)

    def __exit__(self, failure: type | None, *_: object) -> None:
        for package, archive in self._archives.items():
            archive.close()
            self._files[package].close()
            if failure:
                self._temporary(package).unlink(missing_ok=True)
            else:
                os.replace(self._temporary(package), self.folder / package.name)

    def _temporary(self, package: Package) -> Path:
        return self.folder / f".{package.name}.{os.getpid()}.tmp"


def _append(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    """Add a member with a fixed date, so that the same content makes the same package."""
    member = zipfile.ZipInfo(path, date_time=(2020, 1, 1, 0, 0, 0))
    member.create_system = 3
    member.external_attr = 0o644 << 16
    packed = path.endswith(".png")
    member.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    archive.writestr(member, content)

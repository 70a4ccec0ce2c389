"""The members of a package, and why some are refused before anything is written.

Who packs a dataset again may do so on Windows, where some programs separate folders by a
backslash, or pack the folder that the types lie in. Both are unpacked as the official packages.
"""

import os
import re
import stat
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cityscapes.checks.formats import SPLITS, TYPES
from cityscapes.files.whole import size_text

# Images do not shrink in a zip file, and polygon files to a fifth.
LARGEST_RATIO = 100
# Packages that are smaller than this when unpacked are accepted at any ratio.
HARMLESS_SIZE = 100_000_000
STORED_OR_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
# Of one part of a path, and of a whole path with the NUL that ends it (limits.h of Linux).
LONGEST_NAME = 255
LONGEST_PATH = 4096


class Member(NamedTuple):
    """A file of a package: its path below the dataset root, its size in bytes and its CRC-32."""

    file: str
    size: int
    crc: str


@dataclass(frozen=True)
class Named:
    """A member, and its path with slashes, as in the zip file or below the dataset root."""

    info: zipfile.ZipInfo
    path: PurePosixPath
    is_folder: bool

    @classmethod
    def read(cls, info: zipfile.ZipInfo) -> "Named":
        name = info.filename.replace("\\", "/")
        is_folder = name.endswith("/") or stat.S_ISDIR(info.external_attr >> 16)
        return cls(info, PurePosixPath(name), is_folder)

    def below(self, prefix: PurePosixPath) -> "Named":
        """Return the member below the root; one outside of the prefix has no path there."""
        inside = self.path.is_relative_to(prefix)
        path = self.path.relative_to(prefix) if inside else PurePosixPath()
        return Named(self.info, path, self.is_folder)

    @property
    def is_hidden(self) -> bool:
        # Archives packed on macOS carry `._*` files and a folder of them: they are no frames. Nor
        # are other hidden files, whose names might be those of our own temporary files.
        return any(part.startswith(".") or part == "__MACOSX" for part in self.path.parts)

    @property
    def is_wanted(self) -> bool:
        # Each package has a README and license of its own: they would replace one another.
        return len(self.path.parts) > 1 and not self.is_folder and not self.is_hidden

    @property
    def member(self) -> Member:
        return Member(str(self.path), self.info.file_size, f"{self.info.CRC:08x}")


def prefixes_of(named: list[Named]) -> list[PurePosixPath]:
    """Return the folders of a package that hold types, such as `gtFine_trainvaltest`.

    Where a type lies at the top, as in the official packages, or nowhere, it is the top alone.
    """
    top = PurePosixPath()
    found = {}  # in the order of the package
    for parts in (each.path.parts for each in named if each.is_wanted):
        for place, (kind, split) in enumerate(pairwise(parts)):
            if kind in TYPES and split in SPLITS:
                found[PurePosixPath(*parts[:place])] = True
                break
    return [top] if top in found or not found else list(found)


def refusals(package: Path, named: list[Named], wanted: list[Named], dataset: Path) -> list[str]:
    """Return why the package cannot be unpacked: a line for each bad member."""
    bad = {id(each.info): _bad_name(each.info) for each in named}
    seen = set()
    folders = {up for each in wanted for up in each.path.parents}
    for each in wanted:
        reason = bad[id(each.info)] or _bad_kind(each.info)
        if each.path in seen:
            reason = "a duplicate member"
        elif each.path in folders:
            reason = "another member has it as a folder"
        seen.add(each.path)
        bad[id(each.info)] = reason or _in_the_way(dataset, each.path)
    problems = [
        f"{_shown(each.info.orig_filename)}: {reason}"
        for each in named
        if (reason := bad[id(each.info)])
    ]
    declared, size = sum(each.info.file_size for each in named), package.stat().st_size
    if declared > max(HARMLESS_SIZE, LARGEST_RATIO * size):
        problems.append(
            f"{size_text(size)} would become {size_text(declared)}; "
            f"more than {LARGEST_RATIO} times is treated as an attack"
        )
    return problems


def _bad_name(info: zipfile.ZipInfo) -> str:
    # What follows a NUL is cut in `filename`, and an extra field may replace it altogether.
    names = (info.orig_filename, info.filename)
    return next(filter(None, map(_not_harmless, names)), "")


def _not_harmless(name: str) -> str:
    name = name.replace("\\", "/")
    path = PurePosixPath(name)
    if not name.strip("/"):
        return "it has no name"
    if path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", name):
        return "would be outside of the dataset"
    if not name.isprintable():
        return "the name holds control characters"
    if str(path) != name.removesuffix("/"):
        return f"the name is not plain, such as {str(path)!r}"
    if any(len(os.fsencode(part)) > LONGEST_NAME for part in path.parts):
        return f"the name is too long: no folder or file may have more than {LONGEST_NAME} bytes"
    return ""


def _shown(name: str) -> str:
    text = repr(name)
    return text if len(text) <= 300 else f"{text[:200]}...{text[-90:]}"


def _bad_kind(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "a link" if kind == stat.S_IFLNK else "neither a file nor a folder"
    if info.flag_bits & ENCRYPTED:
        return "encrypted"
    if info.compress_type not in STORED_OR_DEFLATED:
        return "neither stored nor deflated, as packages are"
    return ""


def _in_the_way(dataset: Path, path: PurePosixPath) -> str:
    place = dataset / path
    if len(os.fsencode(place.absolute())) >= LONGEST_PATH:
        return f"its path would be too long: {LONGEST_PATH} bytes or more"
    if place.is_dir():
        return f"{place} is a folder"
    # The dataset root itself, the last one, may be a link to a larger disk.
    for up in list(path.parents)[:-1]:
        if (dataset / up).is_symlink():
            return f"{dataset / up} is a link: its target would be overwritten"
        if os.path.lexists(dataset / up) and not (dataset / up).is_dir():
            return f"{dataset / up} is not a folder"
    return ""

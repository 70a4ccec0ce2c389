"""The raw files frame by frame, and files whose names fit no frame.

Pure standard library: the Snakefile imports it each time it is read.
"""

import errno
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from cityscapes.checks.formats import DERIVED_ENDINGS, SPLITS, TYPES, slot, stem
from cityscapes.errors import DataError
from cityscapes.layout import OFFICIAL_FRAME, Entry, composed, is_city, list_files, list_folders

# The names of the official cities. The folders of the demo video carry a number: stuttgart_00.
OFFICIAL_CITY = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*(_\d+)?")


@dataclass(frozen=True)
class RawFiles:
    """The raw files of one city in one split; an entry's name is its path below the root."""

    frames: dict[str, dict[str, Entry]]  # name of a frame -> slot -> file
    odd: list[Entry]  # files whose names fit no frame of their folder

    def entries(self) -> list[Entry]:
        """Return all of them, in the order of their paths."""
        named = [entry for slots in self.frames.values() for entry in slots.values()]
        return sorted(named + self.odd)


def find_cities(
    root: Path, types: list[str], splits: list[str], official: Collection[str] = SPLITS
) -> list[tuple[str, str]]:
    """Return (split, city) of every folder of a raw type, in the order of the splits.

    In splits that are not among the `official` ones, cities may have any name.
    """
    return [
        (split, city)
        for split in splits
        for city in sorted({c for kind in types for c in folders_in(root / kind / split)})
        if _is_city(city, split in official)
    ]


def odd_folders(
    root: Path, types: list[str], splits: list[str], official: Collection[str] = SPLITS
) -> list[str]:
    """Return paths below the root of folders in a split that `find_cities` leaves out."""
    return [
        printable(f"{kind}/{split}/{name}")
        for kind in types
        for split in splits
        for name in folders_in(root / kind / split)
        if not _is_city(name, split in official)
    ]


def _is_city(folder: str, official: bool) -> bool:
    return bool(OFFICIAL_CITY.fullmatch(folder)) if official else is_city(folder)


def has_official_names(
    root: Path, types: list[str], split: str, cities: Collection[str] = ()
) -> bool:
    """Return True if a split may be the official one, or a part of it.

    All of its folders are named like its `cities` (without any, in their way), and some file like
    a frame of the official dataset. One without folders is.
    """
    folders = [
        (root / kind / split, name) for kind in types for name in folders_in(root / kind / split)
    ]
    if not all(name in cities if cities else OFFICIAL_CITY.fullmatch(name) for _, name in folders):
        return False
    return not folders or any(
        re.match(rf"{re.escape(city)}{OFFICIAL_FRAME}_", entry.name)
        for folder, city in folders
        for entry in _files_in(folder / city)
    )


def misplaced_types(root: Path) -> list[str]:
    """Return paths below the root of types that are one level too low, as in a package's folder.

    Only those are meant that hold a split which is not in its place: results, and a user's own
    folders of the same names, may lie next to the types.
    """
    return [
        printable(f"{folder}/{kind}")
        for folder in folders_in(root)
        for kind in TYPES
        if any(
            os.path.isdir(root / folder / kind / split) and not os.path.isdir(root / kind / split)
            for split in SPLITS
        )
    ]


def broken_links(root: Path, types: list[str], splits: list[str]) -> list[str]:
    """Return paths below the root of broken links in the place of a type, split or city."""
    of_types = [root / kind for kind in types]
    of_splits = [folder / split for folder in of_types for split in splits]
    of_cities = [path for folder in of_splits for path in sorted(folder.glob("[!.]*"))]
    return [
        printable(str(path.relative_to(root)))
        for path in of_types + of_splits + of_cities
        if path.is_symlink() and not path.exists()
    ]


def list_raw(
    root: Path, types: list[str], split: str, city: str, official: bool = True
) -> RawFiles:
    """List all files of a city, without hidden files (macOS archives bring `._*` files).

    Where the names of frames are not to be the `official` ones, any is a frame's that ends as
    the files of its type do.
    """
    found = RawFiles({}, [])
    for kind in types:
        folder = f"{kind}/{split}/{city}"
        known = {stem(kind) + ending: slot(kind, ending) for ending in TYPES[kind]}
        derived = {stem(kind) + ending for ending in DERIVED_ENDINGS}
        endings = "|".join(map(re.escape, known.keys() | derived))
        any_name, ending = (".+", endings) if not official else (re.escape(composed(city)), ".+")
        middle = OFFICIAL_FRAME if official else ""
        pattern = re.compile(rf"({any_name}{middle})_({ending})")
        for entry in _files_in(root / folder):
            match = pattern.fullmatch(composed(entry.name))
            below_root = entry._replace(name=printable(f"{folder}/{entry.name}"))
            if match and match[2] in known:
                found.frames.setdefault(match[1], {})[known[match[2]]] = below_root
            elif not match or match[2] not in derived:
                found.odd.append(below_root)
    return found


def unlistable(root: Path, types: list[str], splits: list[str]) -> list[tuple[str, str]]:
    """Return paths below the root of folders that cannot be listed, and why.

    All other functions treat such folders as empty: one of them must not stop everything.
    """
    of_splits = [f"{kind}/{split}" for kind in types for split in splits]
    of_cities = [f"{folder}/{city}" for folder in of_splits for city in folders_in(root / folder)]
    reasons = {
        path: _why_unlistable(root / path) for path in [".", *types, *of_splits, *of_cities]
    }
    return [(printable(path), reason) for path, reason in reasons.items() if reason]


def folders_in(folder: Path) -> list[str]:
    """Return names of the folders in a folder; none if these cannot be listed."""
    try:
        return list_folders(folder)
    except DataError:
        return []


def _files_in(folder: Path) -> list[Entry]:
    try:
        return list_files(folder, "")
    except (DataError, OSError):
        return []


def _why_unlistable(folder: Path) -> str:
    try:
        with os.scandir(folder):
            return "" if os.access(folder, os.X_OK) else os.strerror(errno.EACCES)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:  # a link that leads in a circle is a broken one
        return "" if error.errno == errno.ELOOP else str(error.strerror)


def printable(path: str) -> str:
    """Return a path for reports: a file name need not be UTF-8, a report is."""
    return path.encode(errors="surrogateescape").decode(errors="backslashreplace")

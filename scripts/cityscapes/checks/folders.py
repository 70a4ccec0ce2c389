"""Folders under a wrong name or in a wrong place, whose files are left out.

Pure standard library: the Snakefile imports it each time it is read.
"""

import difflib
import os
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cityscapes.checks import listing
from cityscapes.checks.formats import SPLITS, TYPES, stem
from cityscapes.checks.listing import printable
from cityscapes.layout import OFFICIAL_FRAME

# Files that the reference tools write next to the splits.
PANOPTIC = "cityscapes_panoptic"
# The city, in the official name of a frame's file.
CITY = rf"(.+){OFFICIAL_FRAME}_"


@dataclass(frozen=True)
class OddFolder:
    """A misplaced or misnamed folder, and the remedy."""

    severity: str
    check: str
    where: str  # path below the dataset root
    what: str
    to_do: str
    lost: tuple[str, ...] = ()  # paths that this explains, which are not reported as missing


def find_odd_folders(
    root: Path, types: list[str], splits: list[str], official: Collection[str] = SPLITS
) -> list[OddFolder]:
    """Return all of them, each once; folders without frames below are no errors.

    `official` are the splits whose cities are to have the official names.
    """
    found = [
        *_out_of_reach(root, types, splits),
        *_strange_cities(root, types, splits, official),
        *_types_too_low(root),
        *_misspelt_types(root, types),
        *(row for kind in types for row in _in_place_of_splits(root, kind)),
        *(row for kind in types for split in splits for row in _outside_cities(root, kind, split)),
    ]
    found += _without_frames(root, types, found)
    return [replace(row, where=printable(row.where), what=printable(row.what)) for row in found]


def _out_of_reach(root: Path, types: list[str], splits: list[str]) -> Iterator[OddFolder]:
    for path, reason in listing.unlistable(root, types, splits):
        what, to_do = f"the folder cannot be listed: {reason}", "check its permissions"
        yield OddFolder("error", "unreadable", path, what, to_do, (path,))
    for path in listing.broken_links(root, types, splits):
        what, to_do = "the folder is a broken link", "mount the target of the link"
        to_do += ", or make the link again"
        yield OddFolder("error", "broken link", path, what, to_do, (path,))


def _strange_cities(
    root: Path, types: list[str], splits: list[str], official: Collection[str]
) -> Iterator[OddFolder]:
    for path in listing.odd_folders(root, types, splits, official):
        to_do = "rename the folder if it belongs to a city; else nothing: it is left out"
        what = "the folder does not belong to a city"
        if path.split("/")[1] not in official:
            what += ": its name contains braces or characters that cannot be shown"
        yield OddFolder("warning", "not named like a city", path, what, to_do)


def _types_too_low(root: Path) -> Iterator[OddFolder]:
    """Yield one for each folder, however many types it holds."""
    types = defaultdict(list)
    for path in listing.misplaced_types(root):
        folder, kind = path.split("/")
        types[folder].append(kind)
    for folder, kinds in types.items():
        lost = tuple(
            f"{kind}/{split}"
            for kind in kinds
            for split in SPLITS
            if not (root / kind / split).is_dir()
        )
        if folder in kinds:
            where, to_do = f"{folder}/{folder}", f"move what is in it to {folder}/"
        elif len(kinds) == 1:
            where, to_do = f"{folder}/{kinds[0]}", "move it up into the dataset root"
        else:
            where, to_do = folder, "move them up, or name this folder as the dataset"
        what = f"{', '.join(kinds)} {'lies' if len(kinds) == 1 else 'lie'} one level too low"
        yield OddFolder("error", "too low", where, what, to_do, lost)


def _misspelt_types(root: Path, types: list[str]) -> Iterator[OddFolder]:
    lower = {kind.lower(): kind for kind in types}
    for folder in listing.folders_in(root):
        close = difflib.get_close_matches(folder.lower(), lower, n=1, cutoff=0.75)
        if folder in TYPES or not close:
            continue
        kind = lower[close[0]]
        # Folders with that name may be intended copies: only misplaced ones count.
        lost = tuple(
            f"{kind}/{split}"
            for split in SPLITS
            if not (root / kind / split).is_dir() and _cities(root / folder / split, kind)
        )
        if lost:
            to_do = f"move what is in it to {kind}/"
            to_do = to_do if (root / kind).exists() else f"rename it to {kind}"
            what = f"the folder holds files of {kind}, but has another name"
            yield OddFolder("error", "not named like a type", folder, what, to_do, lost)


def _in_place_of_splits(root: Path, kind: str) -> Iterator[OddFolder]:
    """Yield folders with frames in the place of a split: a city, or a split with another name."""
    for name in listing.folders_in(root / kind):
        if name in SPLITS or name in TYPES or name.startswith(PANOPTIC):
            continue
        where = f"{kind}/{name}"
        if any(_frames(root / where, kind)):
            split = _split_of(root, [name])
            right = f"{kind}/{split}/{name}"
            to_do = f"move it to {kind}/{split or '<its split>'}/"
            what = "the folder of a city lies next to the splits"
            lost = (right,) if split and not (root / right).exists() else ()
            yield OddFolder("error", "no split", where, what, to_do, lost)
        elif cities := _cities(root / where, kind):
            split = _split_of(root, cities) or _nearest_split(name)
            right = f"{kind}/{split}"
            what = f"the folder holds frames, but is none of the splits {', '.join(SPLITS)}"
            if split and not (root / right).exists():
                yield OddFolder(
                    "error", "no split", where, what, f"rename it to {split}", (right,)
                )
            else:
                to_do = "rename it if it is one of these; else nothing: it is left out"
                yield OddFolder("warning", "no split", where, what, to_do)


def _outside_cities(root: Path, kind: str, split: str) -> Iterator[OddFolder]:
    """Yield frames that are directly in the folder of a split, not in that of a city."""
    folder = f"{kind}/{split}"
    if names := sorted(_frames(root / folder, kind)):
        lost = tuple(
            f"{folder}/{city}/{name}" for name in names for city in re.findall(CITY, name)
        )
        what = f"{len(names)} files lie outside of a city's folder, {names[0]} first"
        to_do = "move each to the folder of its city"
        yield OddFolder("error", "no city", folder, what, to_do, lost)


def _without_frames(root: Path, types: list[str], reported: list[OddFolder]) -> list[OddFolder]:
    """Return types with a folder but without frames, if no reported folder explains it."""
    there = [kind for kind in types if (root / kind).is_dir()]
    empty = [
        kind
        for kind in there
        if not any(_cities(root / kind / split, kind, only_one=True) for split in SPLITS)
    ]
    if len(empty) == len(there):
        return []  # there is no dataset at all, which is reported as such
    explained = {path.split("/")[0] for row in reported for path in (row.where, *row.lost)}
    what = "the folder of the type exists, but has no frame in {split}/{city}/"
    to_do = "unpack its package, or remove the folder if it is empty"
    return [
        OddFolder("warning", "no frames", kind, what, to_do)
        for kind in empty
        if kind not in explained
    ]


def _frames(folder: Path, kind: str) -> Iterator[str]:
    """Yield names in a folder that are those of a type's files, in no order."""
    endings = "|".join(re.escape(stem(kind) + ending) for ending in TYPES[kind])
    pattern = re.compile(rf"[^.].*_({endings})")
    try:
        with os.scandir(folder) as entries:
            yield from (entry.name for entry in entries if pattern.fullmatch(entry.name))
    except OSError:
        return


def _cities(folder: Path, kind: str, only_one: bool = False) -> list[str]:
    """Return the folders in a folder that hold frames of a type."""
    found = []
    for city in listing.folders_in(folder):
        if any(_frames(folder / city, kind)):
            found.append(city)
            if only_one:
                break
    return found


def _split_of(root: Path, cities: list[str]) -> str:
    """Return the split that has these cities in most types; "" if none has."""
    votes = Counter(
        split
        for kind in TYPES
        for split in SPLITS
        for city in cities
        if (root / kind / split / city).is_dir()
    )
    return votes.most_common(1)[0][0] if votes else ""


def _nearest_split(name: str) -> str:
    if name.lower().startswith("val"):
        return "val"
    return next(iter(difflib.get_close_matches(name.lower(), SPLITS, n=1)), "")

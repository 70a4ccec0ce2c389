"""Several dataset roots as one: a folder of links to the files of each.

A type that only one root has is a link to it. If several have it, its splits, their cities or the
files of a city are links. Pure standard library: the Snakefile imports it each time
it is read.
"""

import os
from collections.abc import Collection
from pathlib import Path

from cityscapes.errors import DataError, OutputError
from cityscapes.files.whole import link_atomic, link_target
from cityscapes.layout import GROUND_TRUTH_TYPES, RAW_TYPES, list_folders

ALL_TYPES = (*GROUND_TRUTH_TYPES, *RAW_TYPES)
MOST_LISTED = 20
CITY_DEPTH = 3  # {type}/{split}/{city}


def types_in(root: Path) -> list[str]:
    """Return the types that are directly in a folder."""
    return [name for name in ALL_TYPES if (root / name).is_dir()]


def unpacked_packages(root: Path, packages: Collection[str]) -> list[Path]:
    """Return folders of packages that were each unpacked into a folder of their own name.

    None if the root holds types itself: then it is a dataset.
    """
    if types_in(root):
        return []
    folders = [root / name for name in list_folders(root) if name in packages]
    return [folder for folder in folders if types_in(folder)]


def plan_links(roots: list[Path]) -> dict[str, Path]:
    """Map paths below the joined root to the targets of links there.

    Raises DataError if a root holds no type, or where two roots have a file of one frame.
    """
    for root in roots:
        if not types_in(root):
            raise DataError(f"dataset {root}: no folder gtFine, leftImg8bit and so on in it")
    links: dict[str, Path] = {}
    twice: list[str] = []
    for name in ALL_TYPES:
        _plan(name, [root / name for root in roots if (root / name).is_dir()], links, twice)
    if twice:
        more = [f"and {len(twice) - MOST_LISTED} more"] * (len(twice) > MOST_LISTED)
        lines = "".join(f"\n  {line}" for line in [*twice[:MOST_LISTED], *more])
        raise DataError(f"files of the same name are in two roots; remove one of each:{lines}")
    return links


def _plan(below: str, places: list[Path], links: dict[str, Path], twice: list[str]) -> None:
    """Plan the links for a path that exists in these places."""
    if len(places) < 2:
        links.update((below, place) for place in places)
    elif all(place.is_dir() for place in places):
        names = [set(_names(place)) for place in places]
        for name in sorted(set().union(*names)):
            there = [place / name for place, has in zip(places, names, strict=True) if name in has]
            _plan(f"{below}/{name}", there, links, twice)
    elif below.count("/") == CITY_DEPTH:
        twice.append(f"{places[0]} and {places[1]}")
    else:  # next to the cities, such as a JSON file of a split, or a README
        links[below] = places[0]


def _names(folder: Path) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if not name.startswith(".")]
    except OSError as error:
        raise DataError(f"{folder}: cannot be listed: {error.strerror}") from None


def join(links: dict[str, Path], joined: Path) -> None:
    """Make these links below a folder, and remove others; OutputError if a file is there."""
    wanted = {joined / below: target for below, target in links.items()}
    for folder, folders, files in os.walk(joined, topdown=False):
        for path in (Path(folder, name) for name in [*folders, *files]):
            if path.is_symlink():
                if path not in wanted:
                    path.unlink()
            elif not path.is_dir():
                raise OutputError(f"{path}: only links may be here; move it away and run again")
            elif not any(path.iterdir()):
                path.rmdir()
    for path, source in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        target = link_target(source, path.parent)
        if not path.is_symlink() or os.readlink(path) != target:
            link_atomic(path, target)

"""The frames and the files of each: the only names that the viewer answers to."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cityscapes.layout import GROUND_TRUTH_TYPES, is_city, list_folders

# Type -> what follows `<frame>_<type>` in the names of its files. Not the types `*_sequence`, of
# frames between the annotated ones, nor simulated weather.
ENDINGS = {
    "leftImg8bit": ".png",
    "leftImg8bit_blurred": ".png",
    "rightImg8bit": ".png",
    "leftImg16bit": ".png",
    "rightImg16bit": ".png",
    "gtFine": "_polygons.json",
    "gtCoarse": "_polygons.json",
    "gtBboxCityPersons": ".json",
    "gtBbox3d": ".json",
    "gtBboxValidated": ".json",
    "disparity": ".png",
    "camera": ".json",
    "vehicle": ".json",
    "timestamp": ".txt",
}
TYPES = tuple(ENDINGS)
# A file of one of these types makes a frame; the others show nothing alone.
SHOWN = ("leftImg8bit", "leftImg8bit_blurred", "rightImg8bit", "leftImg16bit", "rightImg16bit",
         "gtFine", "gtCoarse", "disparity")  # fmt: skip


class Place(NamedTuple):
    """A frame, named by the folders of its files."""

    split: str
    city: str
    frame: str  # in the official dataset <city>_<sequence>_<frame>

    def path(self, root: Path, kind: str) -> Path:
        """Return the path of its file of a type, whether it exists or not."""
        return root / kind / self.split / self.city / f"{self.frame}_{kind}{ENDINGS[kind]}"


@dataclass(frozen=True)
class Catalogue:
    """All frames in the order of splits, cities and names, with the types of files of each."""

    frames: dict[Place, int]  # bit i: there is a file of TYPES[i]

    def has(self, place: Place, kind: str) -> bool:
        """Return True if a frame had a file of a type when the folders were listed."""
        return bool(self.frames.get(place, 0) >> TYPES.index(kind) & 1)

    def types(self, place: Place) -> list[str]:
        """Return the types of which a frame has a file."""
        return [kind for kind in TYPES if self.has(place, kind)]

    def document(self) -> dict:
        """Return the catalogue for the page, as JSON: cities with numbers of frames and types."""
        cities: dict[tuple[str, str], dict] = {}
        for (split, city, frame), types in self.frames.items():
            one = cities.setdefault(
                (split, city), {"split": split, "city": city, "frames": [], "types": []}
            )
            one["frames"].append(frame)
            one["types"].append(types)
        return {"types": TYPES, "cities": list(cities.values())}


def stamp(
    root: Path, splits: Iterable[str], edits: Path | None = None
) -> list[tuple[str, str, str, int]]:
    """Return what changes when `take` would find other files: the folders and their times."""
    return [
        (kind, split, city, (folder / kind / split / city).stat().st_mtime_ns)
        for split in splits
        for kind in TYPES
        for folder in _folders(root, edits, kind)
        for city in list_folders(folder / kind / split)
    ]


def take(root: Path, splits: Iterable[str], edits: Path | None = None) -> Catalogue:
    """List the frames below a dataset root, and those of the folder of edits.

    Only folders are read. Raises OSError if one cannot be listed.
    """
    frames: dict[Place, int] = {}
    for split in splits:
        of_split: dict[Place, int] = {}
        for bit, kind in enumerate(TYPES):
            ending = f"_{kind}{ENDINGS[kind]}"
            for folder in _folders(root, edits, kind):
                for city, frame in _frames(folder / kind / split, ending):
                    place = Place(split, city, frame)
                    of_split[place] = of_split.get(place, 0) | 1 << bit
        frames |= {place: of_split[place] for place in sorted(of_split)}
    shown = sum(1 << TYPES.index(kind) for kind in SHOWN)
    return Catalogue({place: types for place, types in frames.items() if types & shown})


def _folders(root: Path, edits: Path | None, kind: str) -> list[Path]:
    """Return the roots below which files of a type lie."""
    return [root, edits] if edits and kind in GROUND_TRUTH_TYPES else [root]


def _frames(folder: Path, ending: str) -> Iterator[tuple[str, str]]:
    """Yield city and frame of each file of a split with this ending."""
    for city in filter(is_city, list_folders(folder)):
        for name in os.listdir(folder / city):
            frame = name.removesuffix(ending)
            if frame not in ("", name) and frame.isprintable() and frame[0] != ".":
                yield city, frame

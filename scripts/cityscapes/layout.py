"""The dataset on disk: its frames, and the names of their files.

`{root}/{type}/{split}/{city}/{frame}_{type}{ending}`; a *shard* is one (type, split, city). Any
folder below a split is a city, and what comes before `_{type}{ending}` is the name of a frame; in
the official dataset that is `<city>_<sequence>_<frame>`. Pure standard library: the Snakefile
imports it each time it is read.
"""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from cityscapes.errors import DataError
from cityscapes.files.whole import digest

GROUND_TRUTH_TYPES = ("gtFine", "gtCoarse")
POLYGONS, LABEL_IDS = "_polygons.json", "_labelIds.png"

# Everything that may lie below a dataset root besides the ground truth.
RAW_TYPES = (
    "leftImg8bit", "rightImg8bit", "leftImg16bit", "rightImg16bit", "leftImg8bit_blurred",
    "leftImg8bit_sequence", "rightImg8bit_sequence", "disparity", "disparity_sequence", "camera",
    "vehicle", "vehicle_sequence", "timestamp", "timestamp_sequence", "gtBbox3d",
    "gtBboxCityPersons", "gtBboxValidated", "leftImg8bit_foggy", "leftImg8bit_foggyDBF",
    "leftImg8bit_transmittance",
    "leftImg8bit_transmittanceDBF", "leftImg8bit_rain",
)  # fmt: skip

# Names of the official frames, after the name of the city.
OFFICIAL_FRAME = r"_\d{6}_\d{6}"
# Snakemake takes braces in paths for wildcards.
_NO_CITY = re.compile("[{}]")


def is_city(folder: str) -> bool:
    """Return True if a folder's name can be a city's: printable, without braces."""
    return folder.isprintable() and not _NO_CITY.search(folder)


def image_name(city: str, frame: str) -> str:
    """Return a frame's name among those of all cities of its split: it begins with the city."""
    return frame if frame.startswith(f"{city}_") else f"{city}_{frame}"


class Shard(NamedTuple):
    """The frames of one city in one split of one annotation type."""

    type: str
    split: str
    city: str

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """Parse `type/split/city`; raise ValueError for other texts.

        >>> Shard.parse("gtFine/val/frankfurt")
        Shard(type='gtFine', split='val', city='frankfurt')
        """
        if text.count("/") != 2:
            raise ValueError(f"{text!r} is not type/split/city, such as gtFine/val/frankfurt")
        return cls(*text.split("/"))

    @property
    def folder(self) -> str:
        return f"{self.type}/{self.split}/{self.city}"


class Entry(NamedTuple):
    """A file as a folder listing shows it."""

    name: str
    size: int
    mtime_ns: int


def list_files(folder: Path, ending: str | tuple[str, ...]) -> list[Entry]:
    """Return the files of a folder with this ending, by name; none if the folder is missing.

    Hidden files are left out: macOS archives bring `._*` files that are no frames.
    """
    return sorted(
        Entry(entry.name, status.st_size, status.st_mtime_ns)
        for entry in _scan(folder)
        if entry.name.endswith(ending) and not entry.name.startswith(".")
        for status in [status_of(entry)]
    )


def fingerprint(entries: list[Entry]) -> str:
    """Sixteen digits that change when a file is added, removed or written to."""
    # In one piece, as no name holds a NUL: with each by itself, digests take three times as long.
    return digest("\0".join([f"{name}:{size}:{mtime}" for name, size, mtime in entries]))


def find_shards(
    root: Path, endings: Mapping[str, tuple[str, ...]], splits: list[str]
) -> dict[Shard, list[Entry]]:
    """Return the raw files that define the frames of every shard of a dataset root, in order.

    `endings` are the ends of these files' names, by type: of each shard, the first that are
    there. Raises DataError when there are none, which says what was searched and what lies there
    instead.
    """
    shards = {}
    for kind in endings:
        for split in splits:
            for city in filter(is_city, list_folders(root / kind / split)):
                shard = Shard(kind, split, city)
                listings = (list_files(root / shard.folder, ending) for ending in endings[kind])
                if files := next(filter(None, listings), None):
                    shards[shard] = files
    if not shards:
        raise DataError(_nothing_found(root, endings, splits))
    return shards


def odd_folders(
    root: Path, endings: Mapping[str, tuple[str, ...]], splits: list[str]
) -> list[Path]:
    """Return folders with frames whose name cannot be a city's; `endings` as in `find_shards`."""
    return [
        root / kind / split / name
        for kind in endings
        for split in splits
        for name in list_folders(root / kind / split)
        if not is_city(name) and list_files(root / kind / split / name, endings[kind])
    ]


def composed(name: str) -> str:
    """Return a name in Unicode's form NFC, for comparisons: macOS copies may use form NFD."""
    return unicodedata.normalize("NFC", name)


def frame_name(shard: Shard, file_name: str, ending: str) -> str:
    """Return the frame in a raw file's name, before `_<ending>`; DataError if it has none.

    >>> ulm = Shard("gtFine", "train", "ulm")
    >>> frame_name(ulm, "ulm_000000_000019_gtFine_polygons.json", "gtFine_polygons.json")
    'ulm_000000_000019'
    """
    frame = file_name.removesuffix(f"_{ending}")
    if frame == file_name or not frame or not frame.isprintable():
        raise DataError(
            f"it is not the name of a frame's file: {shard.folder} holds files <frame>_{ending}, "
            "in characters that can be shown"
        )
    return frame


def raw_types(root: Path) -> list[str]:
    """Return the types besides the ground truth that a dataset root holds."""
    return [name for name in RAW_TYPES if (root / name).is_dir()]


def list_links(results: Path) -> list[Entry]:
    """Return the links to raw types in the results."""
    links = [entry for entry in _scan(results) if entry.name in RAW_TYPES and entry.is_symlink()]
    states = [(link.name, link.stat(follow_symlinks=False)) for link in links]
    return sorted(Entry(name, state.st_size, state.st_mtime_ns) for name, state in states)


def list_paths(root: Path, paths: Iterable[str]) -> dict[str, Entry]:
    """Return the existing ones of these paths below the root; links are not followed."""
    found = {}
    base = os.fspath(root)
    for path in paths:
        try:
            status = os.lstat(f"{base}/{path}")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise DataError(f"{base}/{path}: cannot be read: {error.strerror}") from None
        found[path] = Entry(path, status.st_size, status.st_mtime_ns)
    return found


def list_folders(path: Path) -> list[str]:
    """Return the names of the folders in a folder, without hidden ones; none if it is missing."""
    return sorted(
        entry.name for entry in _scan(path) if _is_folder(entry) and not entry.name.startswith(".")
    )


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def _scan(folder: Path) -> Iterator[os.DirEntry]:
    # One entry at a time: a list of a large folder costs more than its entries' sizes and times.
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise DataError(f"{folder}: cannot be listed: {error.strerror}") from None


def status_of(entry: os.DirEntry | Path) -> os.stat_result:
    """Return size and times of a file, or of a broken link."""
    try:
        return entry.stat()
    except OSError:  # a link to nothing: reading it will say so
        return entry.stat(follow_symlinks=False)


def _nothing_found(root: Path, endings: Mapping[str, tuple[str, ...]], splits: list[str]) -> str:
    searched = " and ".join(_searched(root, endings, splits))
    if not root.is_dir():
        return f"dataset {root}: no such folder; searched {searched}"
    there = sorted(os.listdir(root))
    hint = ""
    for base in [root.parent, *(root / name for name in there)]:
        if any((base / kind).is_dir() for kind in (*endings, *RAW_TYPES)):
            hint = f". Is the dataset root {base}?"
            break
    if not hint and "gtFine" in endings and (root / "leftImg8bit").is_dir():
        hint = ". Images without annotation: scripts/label_tool.py annotates them"
    listing = ", ".join(there[:12]) + (f" and {len(there) - 12} more" if len(there) > 12 else "")
    return (
        f"dataset {root}: no frames found. Searched {searched}; found {listing or 'nothing'}{hint}"
    )


def _searched(root: Path, endings: Mapping[str, tuple[str, ...]], splits: list[str]) -> list[str]:
    """Return patterns of the searched files: one for all annotations, one for others."""
    annotated = [kind for kind in endings if kind in GROUND_TRUTH_TYPES]
    groups = {f"{{{POLYGONS},{LABEL_IDS}}}": annotated} if annotated else {}
    groups |= {end: [kind] for kind, (end, *_) in endings.items() if kind not in annotated}
    return [
        f"{root}/{braced(types)}/{braced(splits)}/<city>/*{ending}"
        for ending, types in groups.items()
    ]


def braced(names: list[str]) -> str:
    """Return names of folders in the form `{train,val}`."""
    return f"{{{','.join(names)}}}" if len(names) > 1 else names[0]

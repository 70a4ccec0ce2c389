"""Edits in the checks, which read them in place of the polygon files that they replace.

Pure standard library: the Snakefile imports it each time it is read.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from cityscapes.checks.inventory import Found
from cityscapes.checks.listing import RawFiles, find_cities, printable
from cityscapes.checks.problem import Problem
from cityscapes.edits.folder import Edits
from cityscapes.layout import GROUND_TRUTH_TYPES, POLYGONS, Entry, Shard, composed

CHECK = "edited"
EDITS = "edits"  # key of a frame's edits in its result
# Of a frame: slot -> path of the file below the dataset that an edit replaces; "": there is none.
Replaced = dict[str, str]


def cities_with_edits(
    edits: Edits, root: Path, types: list[str], splits: list[str], official: Iterable[str]
) -> list[tuple[str, str]]:
    """Return (split, city) of every folder of a raw type or of edits, in order of splits."""
    found = find_cities(root, types, splits, [*official])
    edited = {shard[1:] for shard in edits.find(_annotated(types), splits)}
    if not edited - {*found}:
        return found
    return sorted({*found, *edited}, key=lambda place: (splits.index(place[0]), place[1]))


def with_edits(
    raw: RawFiles, edits: Edits, types: list[str], split: str, city: str
) -> tuple[RawFiles, dict[str, Replaced]]:
    """Return the files of a city with edits in their places, and the replaced files by frame.

    The name of an edit is its path as the config has it, not one below the dataset.
    """
    frames, replaced = dict(raw.frames), dict[str, Replaced]()
    for kind in _annotated(types):
        shard = Shard(kind, split, city)
        slot, ending = f"{kind}_polygons", f"_{kind}{POLYGONS}"
        for entry in edits.list(shard):
            frame = composed(entry.name).removesuffix(ending)
            if not frame:
                continue
            slots = frames.get(frame, {})
            below = slots[slot].name if slot in slots else ""
            replaced.setdefault(frame, {})[slot] = below
            path = printable(f"{edits.root}/{shard.folder}/{entry.name}")
            frames[frame] = {**slots, slot: entry._replace(name=path)}
    return RawFiles(frames, raw.odd), replaced


def absolute(files: Mapping[str, Entry], replaced: Replaced) -> dict[str, Entry]:
    """Return the files of a frame, with absolute paths for edits."""
    return {
        slot: entry._replace(name=str(Path(entry.name).absolute())) if slot in replaced else entry
        for slot, entry in files.items()
    }


def told(found: dict, files: Mapping[str, Entry], replaced: Replaced) -> dict:
    """Return the result of a frame with a note for each edit, and the path of the edit."""
    listed = dict(found["files"])
    for slot, below in replaced.items():
        _, size, content, problems = listed[slot]
        what = f"takes the place of {below}" if below else "the dataset has no polygons of it"
        note = Problem("note", CHECK, f"an edit: {what}")
        listed[slot] = [files[slot].name, size, content, [*problems, note]]
    return {**found, "files": listed, EDITS: replaced}


def new_of(found: dict) -> set[str]:
    """Return the slots of a frame with an edit, but no file in the dataset."""
    return {slot for slot, below in found.get(EDITS, {}).items() if not below}


def without_lone_edits(files: Found, new: Mapping[tuple[str, str, str], set[str]]) -> Found:
    """Return the files without edits in splits that have no polygon files of their type.

    `new` are the slots of `new_of`, by split, city and frame. There an edit is the beginning of an
    annotation, and no reason to miss those of all other frames.
    """
    there = {
        (split, slot)
        for (split, city), frames in files.items()
        for frame, slots in frames.items()
        for slot in slots - new.get((split, city, frame), set())
    }
    left_out = {
        place: {slot for slot in slots if (place[0], slot) not in there}
        for place, slots in new.items()
    }
    return {
        (split, city): {
            frame: slots - left_out.get((split, city, frame), set())
            for frame, slots in frames.items()
        }
        for (split, city), frames in files.items()
    }


def _annotated(types: list[str]) -> list[str]:
    return [kind for kind in types if kind in GROUND_TRUTH_TYPES]

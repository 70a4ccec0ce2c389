"""The settings of a submission, and the contents of its zip file for a frame."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from cityscapes.evaluation.sets import PredictionSet
from cityscapes.labels import LabelTable

COLUMNS = ("frame", "source", "member", "bytes", "width", "height", "classes", "objects", "empty")


@dataclass(frozen=True)
class Asked:
    """A prediction set, its file for each frame, and the required size of images."""

    set: PredictionSet
    files: dict[str, Path]  # frame -> file
    shape: tuple[int, int]  # height, width
    table: LabelTable
    missing: tuple[str, ...] = ()  # frames without a file, in which nothing is predicted


class Member(NamedTuple):
    """A file of the zip file."""

    name: str
    content: bytes


@dataclass
class Packed:
    """The members of the zip file for a frame, or its problems."""

    frame: str
    members: list[Member] = field(default_factory=list)
    row: dict[str, Any] = field(default_factory=dict)  # of `COLUMNS`
    problems: list[str] = field(default_factory=list)
    annotation: dict | None = None  # its entry in a file for all frames


class Task(NamedTuple):
    """The packing of one frame: `pack(*arguments)` returns its part of the zip file."""

    pack: Callable[..., Packed]
    arguments: tuple


def row_of(
    packed: Packed, source: Path | str, shape: tuple[int, int], ids: list[int], objects: int
):
    """Return the row of a frame in the table of a submission; its first member is the frame's."""
    first = packed.members[0]
    return {
        "frame": packed.frame,
        "source": str(source),
        "member": first.name,
        "bytes": sum(len(member.content) for member in packed.members),
        "width": shape[1],
        "height": shape[0],
        "classes": " ".join(map(str, ids)),
        "objects": objects,
        "empty": int(not ids),
    }


def wrong_size(path: Path, found: tuple[int, ...], shape: tuple[int, int]) -> str:
    """Return the message on an image of another size than that of the dataset's images."""
    return (
        f"{path}: is {found[1]} x {found[0]} pixels, the server requires {shape[1]} x {shape[0]}: "
        "scale what the network gives before the classes are chosen, or labels without "
        "interpolation"
    )

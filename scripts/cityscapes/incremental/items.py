"""The records of the engine: frames, what is made of them, and the outcome."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cityscapes.files.whole import digest
from cityscapes.incremental.manifest import Row
from cityscapes.incremental.ownership import Identity
from cityscapes.layout import Entry, image_name


@dataclass(frozen=True)
class Source:
    """A file that something is made from."""

    path: Path
    entry: Entry | None  # as it is on disk; None: it is missing


@dataclass(frozen=True)
class Frame:
    """A frame, and all that is needed to make its items."""

    name: str
    sources: Mapping[str, Source]
    recipe: str = ""  # digest of what its items depend on besides sources and settings
    payload: Any = None  # for the function that makes them


@dataclass(frozen=True)
class Item:
    """A product that is made of each frame: a file below the results, or a value."""

    name: str
    sources: tuple[str, ...]  # names of files of the frame, or of items before this one
    recipe: str  # digest of the settings and the code behind it
    folder: str = ""  # below the results
    ending: str = ""  # what follows `<frame>_`; "" for a value
    city: str = ""  # part of its file names, if its folder has files of other cities

    def path(self, frame: str) -> str:
        """Return the path of its file below the results; "" for a value."""
        name = image_name(self.city, frame) if self.city else frame
        return f"{self.folder}/{name}_{self.ending}" if self.ending else ""


@dataclass(frozen=True)
class Link:
    """A product that is a symbolic link."""

    target: str


# (frame, names of the stale items, reader of a source by name) -> product of each item: the bytes
# of a file, a Link, or a value that JSON can hold. The key `NOTICES` may hold messages.
# Raises DataError if the frame's files are wrong.
NOTICES = ""
Make = Callable[[Frame, list[str], Callable[[str], bytes]], dict[str, Any]]


@dataclass(frozen=True)
class Job:
    """The items of a shard: what is made, by which function, and where it goes."""

    manifest: Path
    items: tuple[Item, ...]
    make: Make
    results: Path = Path("results")
    others: tuple[Item, ...] = ()  # made before and not asked for now: removed with their frames
    forced: bool = False  # compare contents, even if sizes and times are equal
    raw: Mapping[Identity, Path] = field(default_factory=dict)  # folders never to be written to


@dataclass
class Outcome:
    """The result of a job."""

    rows: dict[str, Row] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)  # frame -> what is wrong with it
    notices: list[str] = field(default_factory=list)
    written: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Made:
    """A frame that is up to date, or what is wrong with it."""

    frame: str
    row: Row | None
    written: int = 0
    problem: str = ""
    notices: tuple[str, ...] = ()


def content_of(product: Any) -> str:
    """Return the digest of a product."""
    if isinstance(product, Link):
        return digest(product.target)
    return digest(product if isinstance(product, bytes) else json.dumps(product))

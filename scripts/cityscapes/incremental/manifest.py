"""The manifest of a shard: what was made of each frame, from which files, and what was written.

A text file of JSON lines: a header, then a row for each frame. Snakemake does not track it, so
that it survives jobs that fail or are killed. Rows are appended to a hidden journal
before the files of a frame get their names; saving joins both. Pure standard library: the
Snakefile imports it each time it is read.
"""

import errno
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cityscapes.files.whole import atomic_file, digest
from cityscapes.layout import Entry

FORMAT = 1


@dataclass(frozen=True)
class SourceState:
    """A file that something was made from, as it was then; size -1 if it was missing."""

    size: int
    mtime_ns: int
    content: str  # its digest

    def is_still(self, entry: Entry | None) -> bool:
        """Return True if a listing shows this size and time; None shows a missing file."""
        now = (entry.size, entry.mtime_ns) if entry else (-1, 0)
        return (self.size, self.mtime_ns) == now


@dataclass(frozen=True)
class Cell:
    """A product of a frame: the digest of all it depends on, and the result."""

    recipe: str
    size: int = 0
    mtime_ns: int = 0
    content: str = ""  # digest of the file's bytes, or of the target of a link; "" for a value
    value: Any = None  # in place of a file: what the manifest itself keeps


@dataclass(frozen=True)
class Row:
    """All products of a frame."""

    frame: str
    sources: dict[str, SourceState] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)

    def line(self) -> str:
        """Return the row as a line of JSON, without the newline."""
        # Not asdict, which copies all values deeply: 2 ms a frame.
        document = {
            "frame": self.frame,
            "sources": {name: [*vars(source).values()] for name, source in self.sources.items()},
            "cells": {name: [*vars(cell).values()] for name, cell in self.cells.items()},
        }
        return json.dumps(document, separators=(",", ":"))

    @classmethod
    def parse(cls, line: str) -> "Row":
        """Parse a row's line; raise ValueError, TypeError or KeyError if it is damaged."""
        document = json.loads(line)
        return cls(
            document["frame"],
            {name: SourceState(*values) for name, values in document["sources"].items()},
            {name: Cell(*values) for name, values in document["cells"].items()},
        )


@dataclass(frozen=True)
class Header:
    """The first line of a manifest."""

    state: str = ""  # the token under which Snakemake knows the state of the shard
    sources: str = ""  # fingerprint of the raw files that were read
    files: str = ""  # fingerprint of the files that were written
    problems: tuple[str, ...] = ()  # what is wrong with the frames that could not be made
    content: str = ""  # digest of the rows
    format: int = FORMAT


class Manifest:
    """The rows of a shard: those of the saved file, replaced by those of the journal."""

    def __init__(self, path: Path):
        self.path = path
        self.header = read_header(path)
        self.rows: dict[str, Row] = {}
        self.written: dict[str, set[str]] = {}  # frame -> digests of all that we ever wrote of it
        rows = _bytes_of(path).partition(b"\n")[2]
        # A manifest that was changed since it was written proves nothing.
        self.damaged = path.exists() and digest(rows) != self.header.content
        self._read(rows)
        self._read(_bytes_of(journal_path(path)))

    def _read(self, rows: bytes) -> None:
        for line in filter(None, rows.split(b"\n")):
            try:
                row = Row.parse(line.decode())
                contents = {cell.content for cell in row.cells.values()}
                self.written.setdefault(row.frame, set()).update(contents - {""})
            # Of a journal: cut when its writer was killed.
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                continue
            self.rows[row.frame] = row

    def save(self, frames: list[str], header: Header) -> None:
        """Write the rows of these frames in this order, and remove the journal."""
        lines = [self.rows[frame].line() for frame in frames if frame in self.rows]
        rows = "".join(f"{line}\n" for line in lines)
        first = json.dumps({**asdict(header), "content": digest(rows)}, separators=(",", ":"))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(self.path) as file:
            file.write(f"{first}\n{rows}".encode())
            # After a power cut, this file decides what is ours.
            file.flush()
            os.fsync(file.fileno())
        journal_path(self.path).unlink(missing_ok=True)


def journal_path(manifest: Path) -> Path:
    """Return the path of the journal, which holds the rows until the manifest is saved."""
    return manifest.with_name(f".{manifest.name}.journal")


def append_row(manifest: Path, row: Row) -> None:
    """Add a row to the journal, before any file of the frame gets its name.

    Several processes may append at once: each writes a line in one piece.
    """
    # The newline comes first, too: a killed job may have left half a line.
    line = f"\n{row.line()}\n".encode()
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    descriptor = os.open(journal_path(manifest), flags, 0o666)
    try:
        # On a full disk a part is written, without an error.
        if os.write(descriptor, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(manifest))
    finally:
        os.close(descriptor)


def read_header(manifest: Path) -> Header:
    """Read the header of a manifest; `format` is 0 if it is missing or unreadable."""
    try:
        with open(manifest, "rb") as file:
            document = json.loads(file.readline())
        header = Header(**{**document, "problems": tuple(document["problems"])})
        return header if header.format == FORMAT else Header(format=0)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return Header(format=0)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""

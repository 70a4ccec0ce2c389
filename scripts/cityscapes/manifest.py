"""The manifest of a shard: what its files were made from, what was written, and what is new.

A TSV file with a row a frame and a cell a derived file. Its first line holds, for the raw and for
the derived files, a fingerprint of how they lay there and the token under which Snakemake knows
that state. Pure standard library: the Snakefile imports it each time it is read.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cityscapes.dataset import (
    ENDINGS,
    Entry,
    Shard,
    derived_path,
    fingerprint,
    kinds_of,
    list_derived,
)
from cityscapes.files import content, digest
from cityscapes.tables import read_notes, read_table

COLUMNS = ["frame", "raw_size", "raw_mtime_ns", "raw", *ENDINGS, "width", "height", "segments"]


class Cell(NamedTuple):
    """A derived file: the digest of all it was made from, and what was written."""

    recipe: str
    size: int
    mtime_ns: int
    content: str

    @classmethod
    def parse(cls, text: str | None) -> "Cell | None":
        """From the text that `str` gives; None where there is no text."""
        if not text:
            return None
        recipe, size, mtime_ns, content = text.split(":")
        return cls(recipe, int(size), int(mtime_ns), content)

    def __str__(self) -> str:
        return ":".join(map(str, self))


def manifest_path(results: Path, shard: Shard, group: str) -> Path:
    """The file that stands for all files of a group that are made from a shard."""
    return results / "manifests" / f"{shard.folder}.{group}.tsv"


def shards_with_results(results: Path) -> list[Shard]:
    """The shards of which files were made, by jobs that failed afterwards, too."""
    found = set()
    for path in (results / "manifests").glob("gt*/*/*"):
        match = re.fullmatch(r"\.?([^.]+)\.\w+\.tsv(\.journal)?", path.name)
        if match:
            found.add(Shard(*path.parts[-3:-1], match[1]))
    return sorted(found)


def raw_token(manifest: Path, folder: Path, entries: list[Entry]) -> str:
    """A token that changes when the content of a shard's polygon files does.

    `entries` are the files now in `folder`; files that were only touched change nothing.
    """

    def as_known() -> bool:
        known = {row["frame"]: row for row in read_table(manifest)}
        pairs = []
        for entry in entries:
            row = known.pop("_".join(entry.name.split("_")[:3]), None)
            if row is None:
                return False
            state = Entry(entry.name, int(row["raw_size"]), int(row["raw_mtime_ns"]))
            pairs.append((entry, state, row["raw"]))
        return not known and _same_content(folder, pairs)

    return token(read_notes(manifest), "raw", fingerprint(entries), as_known)


def derived_token(manifest: Path, results: Path, shard: Shard, kinds: list[str]) -> str:
    """A token that changes when derived files of a shard were deleted, damaged or added.

    Files that were only touched change nothing.
    """
    kinds = kinds_of(shard, kinds)
    listed = list_derived(results, shard, kinds)

    def as_known() -> bool:
        pairs = []
        for row in read_table(manifest):
            for kind in kinds:
                path = derived_path(shard, row["frame"], kind)
                cell = Cell.parse(row.get(kind))
                if cell is None or path not in listed:
                    return False
                state = Entry(path, cell.size, cell.mtime_ns)
                pairs.append((listed[path], state, cell.content))
        return len(pairs) == len(listed) and _same_content(results, pairs)

    listing = fingerprint(sorted(listed.values()))
    return token(read_notes(manifest), "derived", listing, as_known)


def token(notes: dict[str, str], what: str, listing: str, as_known: Callable[[], bool]) -> str:
    """The token for files that lie there as `listing` tells, given the notes of their manifest.

    While all is as the manifest says, it is the one that the manifest was written with, else a new
    one. The job that then runs writes it into the manifest, so that the next run is quiet. The
    old listing is part of it: the same damage done a second time is another event.
    """
    if what not in notes:
        return listing
    if notes[f"{what}_listing"] == listing or as_known():
        return notes[what]
    return digest(listing, notes[f"{what}_listing"])


def _same_content(folder: Path, pairs: list[tuple[Entry, Entry, str]]) -> bool:
    """Whether files (as they lie there, as they were, digest of what was in them) are the same."""
    changed = [(now, known) for now, before, known in pairs if now != before]
    if any(now.size != was.size for now, was, _ in pairs):
        return False
    try:
        return all(_digest_of(folder / now.name, now.mtime_ns) == known for now, known in changed)
    except OSError:
        return False


@cache
def _digest_of(path: Path, mtime_ns: int) -> str:
    # Raw files stand in the manifests of several groups: they are read once.
    return digest(content(path))

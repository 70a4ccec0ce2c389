"""The manifest of a shard: what its files were made from, what was written, and what is new.

A TSV file with a row a frame and a cell a derived file. Its first line holds, for the raw and for
the derived files, a fingerprint of how they lay there and the token under which Snakemake knows
that state. Pure standard library: the Snakefile imports it each time it is read.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from cityscapes.dataset import (
    ENDINGS,
    POLYGONS,
    Entry,
    Shard,
    derived_path,
    fingerprint,
    kinds_of,
    list_derived,
    list_files,
)
from cityscapes.errors import DataError
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


def shards_with_results(results: Path) -> dict[Shard, set[str]]:
    """Shard -> the groups of which files were made, by jobs that were killed afterwards, too."""
    found = defaultdict(set)
    for path in sorted((results / "manifests").glob("gt*/*/*")):
        match = re.fullmatch(r"\.?([^.]+)\.(\w+)\.tsv(\.journal)?", path.name)
        if match:
            found[Shard(*path.parts[-3:-1], match[1])].add(match[2])
    return found


def raw_token(manifest: Path, folder: Path, entries: list[Entry]) -> str:
    """A token that changes when the content of a shard's polygon files does.

    `entries` are the files now in `folder`; files that were only touched change nothing. Where
    files were wrong it changes each time: that they can be read now, no listing tells.
    """
    notes = read_notes(manifest)
    if "problems" in notes:
        return digest(notes["raw"], notes["raw_listing"])

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

    return token(notes, "raw", fingerprint(entries), as_known)


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


def check_polygons(manifests: list[Path], where: str) -> None:
    """Raise DataError with the polygon files that were wrong when these manifests were made."""
    notes = [read_notes(path).get("problems", "[]") for path in manifests]
    found = [problem for note in notes for problem in json.loads(unquote(note))]
    if found:
        lines = "".join(f"\n  {problem}" for problem in sorted(found))
        number = f"{len(found)} polygon file{'s are' if len(found) > 1 else ' is'} wrong"
        raise DataError(f"{number} in {where}; all others are prepared:{lines}")


def check_manifest(manifest: Path, dataset: Path, shard: Shard) -> None:
    """Raise DataError unless a manifest tells of the polygon files that lie there now.

    On a shared file system a node may still see the manifest of before the last job. Nor may any
    of these files have been wrong.
    """
    check_polygons([manifest], shard.folder)
    folder = dataset / shard.folder
    notes = read_notes(manifest)
    if raw_token(manifest, folder, list_files(folder, POLYGONS)) != notes.get("raw"):
        raise DataError(
            f"{manifest}: does not tell of the polygon files that are in {folder} now: they were "
            "edited meanwhile, or this machine still sees an old manifest. Run again"
        )


def written_files(manifest: Path, results: Path, shard: Shard) -> dict[Path, str]:
    """File -> digest of its content, of all that a shard's manifest says was written."""
    return {
        results / derived_path(shard, row["frame"], kind): cell.content
        for row in read_table(manifest)
        for kind in ENDINGS
        if (cell := Cell.parse(row.get(kind)))
    }


def check_written(path: Path, written: dict[Path, str]) -> None:
    """Raise DataError where a file that was `written` has another content now."""
    if path in written and path.exists() and digest(content(path)) != written[path]:
        raise DataError(
            f"{path}: is not what its manifest says was written: it was damaged meanwhile, or "
            "this machine does not see all of it yet. Run again"
        )


def token(notes: dict[str, str], what: str, listing: str, as_known: Callable[[], bool]) -> str:
    """The token for files that lie there as `listing` tells, given the notes of their manifest.

    While all is as the manifest says, it is the one that the manifest was written with, else the
    one that follows it. The job that then runs writes it into the manifest, so that the next run
    is quiet, and the same damage done a second time has another token. What lies there now is no
    part of it: a job on a cluster computes its token anew, and one that is tried again finds what
    the failed one made; yet the token must be the one that Snakemake submitted it with.
    """
    if what not in notes:
        return "first"
    if notes[f"{what}_listing"] == listing or as_known():
        return notes[what]
    return digest(notes[what], notes[f"{what}_listing"])


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

"""Checks that the table of a shard was made from the present raw files."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.files.regular import read_file
from cityscapes.files.tables import read_notes
from cityscapes.files.whole import digest
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.incremental.manifest import Manifest, Row

# ASSUME: no raw file that values are made from comes near this.
MOST_BYTES = 1 << 28


def digest_of_sources(rows: Iterable[Row], names: list[str]) -> str:
    """Return the digest of the raw files of these names that a shard's values are made from.

    A table of values has it as a note: unlike for images, no file shows whether it is a
    table of before an edit, as another machine may still see it.
    """
    return _digest_of_contents(
        {
            _key(row.frame, index): row.sources[name].content if name in row.sources else ""
            for row in rows
            for index, name in enumerate(names)
        }
    )


def check_sources(table: Path, files: ShardFiles) -> None:
    """Raise DataError unless a table of values was made from the present raw files.

    Files whose size and time are those of the manifest are not read.
    """
    rows = Manifest(files.manifest).rows
    frames, _ = files.frames(files.list_sources())
    contents = {}
    for frame, sources in frames.items():
        for index, (name, entry) in enumerate(sources.items()):
            key = _key(frame, index)
            known = rows[frame].sources.get(name) if frame in rows else None
            if entry is None:
                contents[key] = ""
            elif known and (known.size, known.mtime_ns) == (entry.size, entry.mtime_ns):
                contents[key] = known.content
            else:
                contents[key] = digest(read_file(files.path_of(frame, name), MOST_BYTES))
    if read_notes(table).get("sources") != _digest_of_contents(contents):
        raise DataError(
            f"{table}: was not made from the raw files in {files.dataset / files.shard.folder} as "
            "they are now: they were edited meanwhile, or this machine does not see the new table "
            "yet. Run again"
        )


def _key(frame: str, index: int) -> str:
    """Return the fingerprint of a source of a frame; for the first source, the frame."""
    return f"{frame}/{index}" if index else frame


def _digest_of_contents(contents: Mapping[str, str]) -> str:
    return digest(*(part for item in sorted(contents.items()) for part in item))

"""Reading the manifests of version e8501c2: TSV files per shard and group, and their journals.

Pure standard library: the Snakefile imports it each time it is read.
"""

import json
import re
from pathlib import Path
from typing import Any

from cityscapes.files.tables import known_rows

GROUPS = ("labels", "trainIds", "panoptic")
_TODAY = {"polygons": "link"}
# Columns that are not files.
OTHERS = {"frame", "raw_size", "raw_mtime_ns", "raw", "width", "height", "segments"}
_DIGEST = re.compile(r"[0-9a-f]{16}")
_CELL = re.compile(r"[0-9a-f]{16}:[0-9]+:[0-9]+:[0-9a-f]{16}")


def old_tables(results: Path, shard_folder: str) -> list[Path]:
    """Return the manifests of a shard from that version, and their journals."""
    tables = [results / "manifests" / f"{shard_folder}.{group}.tsv" for group in GROUPS]
    return [*tables, *(table.with_name(f".{table.name}.journal") for table in tables)]


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read the complete rows of a manifest or journal, by today's names; none without a file."""
    rows = known_rows(path) if path.suffix == ".tsv" else _read_journal(path)
    return [
        {_TODAY.get(column, column): cell for column, cell in row.items()}
        for row in rows
        if _is_whole(row)
    ]


def _read_journal(path: Path) -> list[Any]:
    rows = []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            rows.append(json.loads(line))
        except ValueError:  # empty, or cut when its writer was killed
            continue
    return rows


def _is_whole(row: Any) -> bool:
    """Return True for a complete row; a power cut may have ended it between two cells."""
    try:
        json.loads(row.get("segments") or "[]")
        numbers = [row["raw_size"], row["raw_mtime_ns"], row.get("width"), row.get("height")]
        cells = [cell for column, cell in row.items() if column not in OTHERS]
        return bool(
            isinstance(row["frame"], str)
            and _DIGEST.fullmatch(row["raw"])
            and all(number.isdecimal() for number in numbers if number)
            and all(_CELL.fullmatch(cell) for cell in cells if cell)
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def old_contents(results: Path, shard_folder: str, frame: str) -> set[str]:
    """Return the digests of the files of a frame that the old manifests of its shard name."""
    return {
        cell.rpartition(":")[2]
        for path in old_tables(results, shard_folder)
        for row in read_rows(path)
        if row["frame"] == frame
        for column, cell in row.items()
        if cell and column not in OTHERS
    }

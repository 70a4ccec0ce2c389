"""The tables that Snakemake tracks: what was made of each frame, without times and paths.

If the bytes are equal, nothing that depends on them is made again. A digest of the
content shows whether a table was cut. Pure standard library.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote

from cityscapes.errors import DataError
from cityscapes.files.tables import read_notes, read_table, write_table
from cityscapes.files.whole import digest


def write_tracked(
    path: Path, columns: list[str], rows: list[dict], problems: Iterable[str] = (), **notes: str
) -> None:
    """Write a tracked table; `problems` are lines on frames that could not be made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = [{column: str(row.get(column, "")) for column in columns} for row in rows]
    if problems:
        notes["problems"] = quote(json.dumps(sorted(problems)))
    notes["content"] = _digest_of(texts, notes)
    write_table(path, columns, rows, **notes)


def read_tracked(path: Path) -> list[dict[str, str]]:
    """Read the rows of a tracked table; raise DataError if it is missing, cut or damaged."""
    rows = read_table(path)
    if not is_as_written(path, rows):
        raise DataError(
            f"{path}: is not as it was written: it was damaged, or this machine does not see all "
            "of it yet. Remove it and run again"
        )
    return rows


def is_as_written(path: Path, rows: list[dict[str, str]] | None = None) -> bool:
    """Return True if a table holds the rows that it was written with."""
    try:
        rows = read_table(path) if rows is None else rows
        notes = read_notes(path)
    except (DataError, OSError):
        return False
    return notes.get("content") == _digest_of(rows, notes)


def problems_in(path: Path) -> list[str]:
    """Read the lines on frames that could not be made; raise DataError if the table is damaged."""
    read_tracked(path)
    return json.loads(unquote(read_notes(path).get("problems", "[]")))


def check_problems(tables: list[Path], where: str) -> None:
    """Raise DataError, which lists what is wrong with frames, if tables list any."""
    found = sorted(problem for path in tables for problem in problems_in(path))
    if found:
        lines = "".join(f"\n  {problem}" for problem in found)
        number = f"{len(found)} frame{'s' if len(found) > 1 else ''} of {where} could not be made"
        raise DataError(f"{number}; all others are prepared:{lines}")


def _digest_of(rows: list[dict[str, str]], notes: dict[str, str]) -> str:
    others = sorted((key, value) for key, value in notes.items() if key != "content")
    return digest(json.dumps([rows, others]))

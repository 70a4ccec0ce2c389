"""Tables on disk: TSV for records of our own, CSV for reports.

The TSV files are what `csv` calls the dialect excel-tab. A field is in quotes where it must be:
with a tab or a line break in it, as names of files may have, or a quote or `#` at its begin.
"""

import csv
import io
import json
import logging
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cityscapes.errors import DataError
from cityscapes.files.whole import atomic_file, write_atomic

# The counts of a frame in one field may be longer than the module's 128 kB.
csv.field_size_limit(sys.maxsize)

# JSON texts hold quotes and no tabs: left unquoted, they can be read and searched.
_NEEDS_QUOTES = re.compile(r"[\t\r\n]|^[\"#]")
# File names that are not UTF-8 are texts with surrogates, which are read back unchanged.
_HALVES = "surrogatepass"
# Spreadsheet programs may add a byte order mark.
_ENCODING = "utf-8-sig"


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a TSV file as column -> text; empty where there is no such file.

    Raises DataError where the file is no table.
    """
    return list(table_rows(path))


def table_rows(path: Path) -> Iterator[dict[str, str]]:
    """The same row by row, for tables that are large."""
    try:
        with open(path, encoding=_ENCODING, errors=_HALVES, newline="\n") as file:
            rows = csv.reader(_without_notes(file), dialect="excel-tab")
            columns = next(rows, [])
            for row in rows:
                if row:
                    yield dict(zip(columns, row, strict=False))
    except FileNotFoundError:
        return
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: not a table: {error}") from None


def read_notes(path: Path) -> dict[str, str]:
    """The `# key=value` pairs in the first line of a TSV file; empty where there is none.

    Raises DataError where the file is no table.
    """
    try:
        with open(path, encoding=_ENCODING, errors=_HALVES, newline="\n") as file:
            line = file.readline()
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not a table: {error}") from None
    if not line.startswith("#"):
        return {}
    return dict(note.split("=", 1) for note in line[1:].split() if "=" in note)


def known_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a record of ours; none where it cannot be read."""
    try:
        return read_table(path)
    except DataError:
        return []


def known_notes(path: Path) -> dict[str, str]:
    """The notes of a record of ours; none where it cannot be read."""
    try:
        return read_notes(path)
    except DataError:
        return {}


def write_table(path: Path, columns: list[str], rows: list[dict], **notes: str) -> None:
    """Write a TSV file in one step; `notes` become its first line, `# key=value ...`."""
    lines = ["# " + " ".join(f"{key}={value}" for key, value in notes.items())] if notes else []
    lines.append(_line(columns))
    lines += [_line(row.get(column, "") for column in columns) for row in rows]
    write_atomic(path, "".join(f"{line}\n" for line in lines).encode(errors=_HALVES))


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[tuple]) -> None:
    """Write a CSV file in one step, row by row; None becomes an empty field."""
    with csv_file(path, columns) as writer:
        writer.writerows(rows)


@contextmanager
def csv_file(path: Path, columns: Iterable[str]) -> Iterator:
    """A csv.writer of a file that gets its name when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as file:
        # JSON can hold halves of characters ("\\ud800"), which UTF-8 cannot.
        text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        yield writer
        text.detach()


class JournaledTable:
    """A TSV file with a row for each frame, whose new rows are on disk before the table is whole.

    Each `put` is appended to a hidden journal beside the table; `save` writes the table in one
    step and removes the journal. A job that dies in between leaves the old table and the rows so
    far, and the next one reads both. A table that cannot be read counts as none.
    """

    def __init__(self, path: Path, columns: list[str]):
        """The first column names the frame."""
        self._path = path
        self._columns = columns
        self._journal_path = path.with_name(f".{path.name}.journal")
        self._journal: TextIO | None = None
        rows = _rows_so_far(path) + _whole_lines(self._journal_path)
        self.rows = {row[columns[0]]: row for row in rows if isinstance(row.get(columns[0]), str)}

    def put(self, row: dict[str, str]) -> None:
        """Add or replace the row of a frame."""
        if self._journal is None:
            self._journal = open(self._journal_path, "a", encoding="utf-8")
        # The newline comes first, too: a killed job may have left half a line.
        self._journal.write(f"\n{json.dumps(row)}\n")
        self._journal.flush()
        self.rows[row[self._columns[0]]] = row

    def save(self, frames: list[str], **notes: str) -> None:
        """Write the table with the rows of these frames, in this order."""
        write_table(self._path, self._columns, [self.rows[frame] for frame in frames], **notes)
        if self._journal is not None:
            self._journal.close()
        self._journal_path.unlink(missing_ok=True)


def _rows_so_far(path: Path) -> list[dict[str, str]]:
    try:
        return read_table(path)
    except DataError as error:
        logging.warning("%s; it is made again", error)
        return []


def _whole_lines(journal: Path) -> list[dict[str, str]]:
    if not journal.exists():
        return []
    rows = []
    for line in journal.read_bytes().splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):  # empty, or cut when its writer was killed
            continue
        if isinstance(row, dict):
            rows.append(row)
    return rows


def _without_notes(lines: Iterable[str]) -> Iterator[str]:
    """The lines from the names of the columns on."""
    lines = iter(lines)
    for line in lines:
        if line.strip("\r\n") and not line.startswith("#"):
            yield line
            break
    yield from lines


def _line(fields: Iterable) -> str:
    """A row of a TSV file."""
    return "\t".join(map(_field, fields))


def _field(value: object) -> str:
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text

"""Tables on disk: TSV for records of our own, CSV for reports.

The TSV files are what `csv` calls the dialect excel-tab. A field is in quotes where it must be:
with a tab or a line break in it, as names of files may have, or a quote or `#` at its begin.
"""

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.files.whole import atomic_file, write_atomic

# The counts of a frame in one field may be longer than the module's 128 kB.
csv.field_size_limit(sys.maxsize)

# JSON texts have quotes and no tabs: unquoted, they can be read and searched.
_NEEDS_QUOTES = re.compile(r"[\t\r\n]|^[\"#]")
# File names that are not UTF-8 are texts with surrogates, which are read back unchanged.
_HALVES = "surrogatepass"
# Spreadsheet programs may add a byte order mark.
_ENCODING = "utf-8-sig"


def read_table(path: Path) -> list[dict[str, str]]:
    """Read the rows of a TSV file as column -> text; none if there is no such file.

    Raises DataError if the file is no table.
    """
    return list(table_rows(path))


def table_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the same rows one by one, for large tables."""
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
    """Read the `# key=value` pairs in the first line of a TSV file; none if there is no file.

    Raises DataError if the file is no table.
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
    """Read the rows of one of our records; none if it cannot be read."""
    try:
        return read_table(path)
    except DataError:
        return []


def known_notes(path: Path) -> dict[str, str]:
    """Read the notes of one of our records; none if it cannot be read."""
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
    """Yield a csv.writer of a file that gets its name at the end of the block."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as file:
        # JSON can hold lone surrogates ("\\ud800"), UTF-8 cannot.
        text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        yield writer
        text.detach()


def _without_notes(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines from the column names on."""
    lines = iter(lines)
    for line in lines:
        if line.strip("\r\n") and not line.startswith("#"):
            yield line
            break
    yield from lines


def _line(fields: Iterable) -> str:
    """Format a row of a TSV file."""
    return "\t".join(map(_field, fields))


def _field(value: object) -> str:
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text

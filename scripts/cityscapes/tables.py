"""Tables on disk: TSV for our own books, CSV for reports."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cityscapes.files import atomic_file, write_atomic


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a TSV file as column -> text; empty where there is no such file."""
    return list(table_rows(path))


def table_rows(path: Path) -> Iterator[dict[str, str]]:
    """The same row by row, for tables that are large."""
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            lines = (line.removesuffix("\n") for line in file)
            lines = (line for line in lines if line and not line.startswith("#"))
            columns = next(lines, "").split("\t")
            for line in lines:
                yield dict(zip(columns, line.split("\t"), strict=False))
    except FileNotFoundError:
        return


def read_notes(path: Path) -> dict[str, str]:
    """The `# key=value` pairs in the first line of a TSV file; empty where there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            line = file.readline()
    except FileNotFoundError:
        return {}
    return dict(note.split("=", 1) for note in line[1:].split()) if line.startswith("#") else {}


def write_table(path: Path, columns: list[str], rows: list[dict], **notes: str) -> None:
    """Write a TSV file in one step; `notes` become its first line, `# key=value ...`."""
    lines = ["# " + " ".join(f"{key}={value}" for key, value in notes.items())] if notes else []
    lines.append("\t".join(columns))
    lines += [_line(row, columns) for row in rows]
    write_atomic(path, "".join(f"{line}\n" for line in lines).encode())


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
    far, and the next one reads both.
    """

    def __init__(self, path: Path, columns: list[str]):
        """The first column names the frame."""
        self._path = path
        self._columns = columns
        self._journal_path = path.with_name(f".{path.name}.journal")
        self._journal = None
        rows = read_table(path) + _whole_lines(self._journal_path)
        self.rows = {row[columns[0]]: row for row in rows}

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


def _whole_lines(journal: Path) -> list[dict[str, str]]:
    if not journal.exists():
        return []
    rows = []
    for line in journal.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:  # empty, or cut when its writer was killed
            continue
    return rows


def _line(row: dict, columns: list[str]) -> str:
    return "\t".join(str(row.get(column, "")) for column in columns)

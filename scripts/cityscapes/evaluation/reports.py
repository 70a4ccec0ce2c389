"""The common parts of all reports: their frames, and the format of numbers."""

import json
import logging
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cityscapes.evaluation.tasks import TASKS
from cityscapes.files.tables import read_notes, write_csv
from cityscapes.files.whole import write_atomic
from cityscapes.incremental.outputs import remove_output
from cityscapes.incremental.tables import read_tracked

# Beginning of the notes in tables if edits are the truth.
AGAINST_EDITS = "not the benchmark's scores"


class Report:
    """The tables and the official file of one prediction set."""

    def __init__(self, task: str, folder: Path, counts: list[Path], files: Path):
        """Take `counts`, the tables of all cities, and `files`, that of the set's files."""
        self._task = task
        self._folder = folder
        # Files of an earlier set with the same name, but another task.
        for path in [*folder.glob("*.csv"), *folder.glob("result*.*")]:
            if path.name not in TASKS[task].other_tables:
                remove_output(path, folder.parent.parent)
        rows = [row for table in counts for row in read_tracked(table)]
        self.frames = {row["frame"]: json.loads(row["counts"]) for row in rows}
        self.paths = {row["frame"]: row["path"] for row in read_tracked(files)}
        notes = read_notes(files)
        # Some tasks count frames without predictions, too.
        scored = sum(frame in self.paths for frame in self.frames)
        self._said = {"frames": f"{scored} of {notes['expected']}"}
        self.note(unquote(notes.get("note", "")))
        self.note(note_on_edits(notes))

    def note(self, text: str) -> None:
        """Add a note on how predictions were read to all further tables; "" adds nothing."""
        self._say("note", text)

    def warn(self, text: str) -> None:
        """Add a warning on a probable mistake to all further tables; "" adds nothing."""
        self._say("warning", text)

    def _say(self, column: str, text: str) -> None:
        if text:
            logging.warning("%s: %s", column, text)
            self._said[column] = "; ".join(filter(None, [self._said.get(column), text]))

    def table(self, name: str, columns: list[str], rows: list[tuple]) -> None:
        """Write a CSV table. Its last columns tell how many frames of the split were scored.

        If there are notes and warnings, they follow.
        """
        rows = [(*map(plain, row), *self._said.values()) for row in rows]
        write_csv(self._folder / name, [*columns, *self._said], rows)

    def summary(self, columns: list[str], scores: list[Any]) -> None:
        """Write the headline scores, the one row of the set in the comparison of all."""
        self.table("summary.csv", ["task", *columns], [(self._task, *scores)])

    def official(self, document: Any, sort_keys: bool = True) -> None:
        """Write the JSON file that the benchmark's own tool would write."""
        self.official_text(json.dumps(document, sort_keys=sort_keys, indent=4))

    def official_text(self, text: str) -> None:
        """Write that file if it is not JSON."""
        write_atomic(self._folder / TASKS[self._task].result, text.encode())


def note_on_edits(notes: Mapping[str, str]) -> str:
    """Return the note on scores against edits, from the notes of the table of a set's files."""
    number = notes.get("edits", "")
    if not number:
        return ""
    frames = "1 frame is" if number == "1" else f"{number} frames are"
    return f"{AGAINST_EDITS}: {frames} compared with edits"


def plain(value: Any) -> Any:
    """Return a plain Python number, not a NumPy scalar, so that its text gives the same number."""
    value = value.item() if hasattr(value, "item") else value
    return "nan" if isinstance(value, float) and math.isnan(value) else value

"""What the reports of all evaluations have in common: their frames, and how numbers look."""

import json
import math
from pathlib import Path
from typing import Any

from cityscapes.evaluation.tasks import TASKS
from cityscapes.files.tables import read_notes, write_csv
from cityscapes.files.whole import write_atomic
from cityscapes.incremental.outputs import remove_output
from cityscapes.incremental.tables import read_tracked


class Report:
    """The tables and the official file of one prediction set."""

    def __init__(self, task: str, folder: Path, counts: list[Path], files: Path):
        """`counts` are the tables of all cities, `files` that of the set's files."""
        self._task = task
        self._folder = folder
        # What a set of the same name, but of another task, may have left.
        for path in [*folder.glob("*.csv"), *folder.glob("result*.json")]:
            remove_output(path, folder.parent.parent)
        rows = [row for table in counts for row in read_tracked(table)]
        self.frames = {row["frame"]: json.loads(row["counts"]) for row in rows}
        self.paths = {row["frame"]: row["path"] for row in read_tracked(files)}
        self.frames_scored = f"{len(self.frames)} of {read_notes(files)['expected']}"

    def table(self, name: str, columns: list[str], rows: list[tuple]) -> None:
        """Write a CSV table. Its last column says how many frames of the split were scored."""
        rows = [(*map(plain, row), self.frames_scored) for row in rows]
        write_csv(self._folder / name, [*columns, "frames"], rows)

    def summary(self, columns: list[str], scores: list[Any]) -> None:
        """Write the headline scores, the one row of the set in the comparison of all."""
        self.table("summary.csv", ["task", *columns], [(self._task, *scores)])

    def official(self, document: Any) -> None:
        """Write the JSON file that the benchmark's own tool would write."""
        text = json.dumps(document, sort_keys=True, indent=4)
        write_atomic(self._folder / TASKS[self._task].result, text.encode())


def plain(value: Any) -> Any:
    """A number whose text gives the same number when it is read: no NumPy scalars."""
    value = value.item() if hasattr(value, "item") else value
    return "nan" if isinstance(value, float) and math.isnan(value) else value

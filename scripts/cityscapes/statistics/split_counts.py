"""The sums of the counts of all frames of a split."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cityscapes.edits.column import EDITED
from cityscapes.files.tables import table_rows
from cityscapes.incremental.tables import problems_in
from cityscapes.labels import LabelTable
from cityscapes.statistics.frame_counts import COLUMNS, ROWS, FrameCounts


@dataclass(frozen=True)
class Frame:
    """The statistics of one frame in a few numbers."""

    name: str
    city: str
    pixels: int
    void: int  # pixels of classes that are ignored in evaluation
    classes: int  # shown, ignored ones included
    objects: int  # annotated single objects, hidden ones and stuff included
    groups: int
    instances: int  # visible ones of classes with instances


class SplitCounts:
    """Counts by class, in the order of the label table, of all added frames."""

    def __init__(self, table: LabelTable):
        self.labels = list(table)
        self.frames: list[Frame] = []
        self.edited = 0  # frames whose annotation was edited
        self.sizes: list[list[int]] = [[] for _ in self.labels]  # pixels of each instance
        self.group_pixels = self._zeros()
        # City -> int64 (4, classes): pixels, frames that show it, objects, groups.
        self.by_city: dict[str, np.ndarray] = {}
        self.together = np.zeros((len(self.labels),) * 2, dtype=np.int64)  # frames with both
        self.places = np.zeros((len(self.labels), ROWS, COLUMNS), dtype=np.int64)
        self._category_frames: dict[str, int] = {label.category: 0 for label in self.labels}
        self._index = {label.id: number for number, label in enumerate(self.labels)}
        self._of_value = np.zeros(256, dtype=np.int64)
        for number, label in enumerate(self.labels):
            if label.id >= 0:
                self._of_value[label.id] = number

    def add(self, name: str, city: str, counts: FrameCounts) -> None:
        """Add a frame."""
        row = np.stack([
            self._row(counts.pixels), self._row(dict.fromkeys(counts.pixels, 1)),
            self._row(counts.objects), self._row(counts.groups),
        ])  # fmt: skip
        self.by_city[city] = self.by_city.get(city, 0) + row
        shown = np.flatnonzero(row[1])
        self.together[np.ix_(shown, shown)] += 1
        for category in {self.labels[number].category for number in shown}:
            self._category_frames[category] += 1
        instance_pixels = self._zeros()
        for id_, sizes in counts.sizes.items():
            self.sizes[self._index[id_]] += sizes
            instance_pixels[self._index[id_]] = sum(sizes)
        countable = np.array([label.has_instances for label in self.labels])
        self.group_pixels += np.where(countable, row[0] - instance_pixels, 0)
        values = self._of_value[counts.grid]
        np.add.at(self.places, (values, *np.indices(values.shape)), 1)
        void = sum(int(row[0][n]) for n in shown if self.labels[n].ignore_in_eval)
        self.frames.append(
            Frame(
                name, city, counts.width * counts.height, void, len(shown),
                sum(counts.objects.values()), sum(counts.groups.values()),
                sum(map(len, counts.sizes.values())),
            )
        )  # fmt: skip

    @property
    def total(self) -> np.ndarray:
        """int64 (4, classes): pixels, frames that show it, objects and groups of each class."""
        return sum(self.by_city.values(), start=np.zeros((4, len(self.labels)), dtype=np.int64))

    @property
    def all_pixels(self) -> int:
        """Return the pixels of all frames."""
        return sum(frame.pixels for frame in self.frames)

    def category_frames(self, category: str) -> int:
        """Return the number of frames that show any class of a category."""
        return self._category_frames[category]

    def _zeros(self) -> np.ndarray:
        return np.zeros(len(self.labels), dtype=np.int64)

    def _row(self, counts: dict[int, int]) -> np.ndarray:
        row = self._zeros()
        row[[self._index[id_] for id_ in counts]] = list(counts.values())
        return row


def read_split(tables: Iterable[Path], table: LabelTable) -> tuple[SplitCounts, list[str]]:
    """Read the counts of a split from its cities' tables, and a line for each frame left out.

    `tables` are named <city>.statistics.tsv. DataError if one is damaged.
    """
    counts, problems = SplitCounts(table), []
    for path in tables:
        problems += problems_in(path)
        city = path.name.removesuffix(".statistics.tsv")
        for frame, is_edited, of_frame in _frames(path):
            counts.add(frame, city, of_frame)
            counts.edited += is_edited
    return counts, problems


def _frames(path: Path) -> Iterator[tuple[str, bool, FrameCounts]]:
    for row in table_rows(path):
        counts = FrameCounts.of_value(json.loads(row["statistics"]))
        yield row["frame"], bool(row.get(EDITED)), counts

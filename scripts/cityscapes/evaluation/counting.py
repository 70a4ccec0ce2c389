"""The counting of each frame of a prediction set: its function, files and dependencies.

A frame's `Work` says which function counts it, on what, and with a digest what its counts depend
on: frames whose digest is in the table of counts already are not counted again.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cityscapes.files.whole import digest
from cityscapes.ground_truth.kinds import derived_path, source_path
from cityscapes.labels import LabelTable
from cityscapes.layout import Shard


@dataclass(frozen=True)
class Work:
    """The counting of one frame: `count(*arguments)` returns lists for JSON."""

    frame: str
    state: str  # digest of what the counts depend on
    count: Callable[..., Any]
    arguments: tuple
    truth: tuple[Path, ...]  # the files of the ground truth that were made here


@dataclass(frozen=True)
class Truth:
    """The paths of the ground truth of a city."""

    root: Path  # a dataset root with label images
    dataset: Path  # the dataset root with the raw types
    split: str
    city: str
    written: dict[Path, str]  # file -> digest of its content, where it was made here
    split_json: Path | None = None  # the COCO panoptic JSON file of the split

    @property
    def shard(self) -> Shard:
        """Return the shard of the frames."""
        return Shard("gtFine", self.split, self.city)

    def image(self, frame: str, kind: str) -> Path:
        """Return the label image of a frame."""
        return self.root / derived_path(self.shard, frame, kind)

    def raw(self, frame: str, source: str) -> Path:
        """Return a raw file of a frame, which need not exist."""
        return self.dataset / source_path(self.shard, frame, source)


@dataclass(frozen=True)
class City:
    """The predictions for the frames of a city, and the ground truth to compare with."""

    predictions: Path  # folder or JSON file of the set
    files: dict[str, Path]  # frame -> its predicted file, of all cities of the split
    of_city: dict[str, Path]  # the same of this city's frames
    truth: Truth
    table: LabelTable
    encoding: str = "auto"  # these as in PredictionSet
    resize: str = ""
    images: Path | None = None
    settings: dict[str, Any] = field(default_factory=dict)  # those of the task in the config
    person_labels: Path | None = None  # the label table of CityPersons


def state_of(written: dict[Path, str], *paths: Path) -> str:
    """Return the digest of the names, sizes and times of files, missing ones included.

    Files that were `written` here are compared by content, not by time.
    """
    parts = []
    for path in paths:
        if path in written:
            parts.append(f"{path}:{written[path]}")
            continue
        try:
            status = os.stat(path)
            parts.append(f"{path}:{status.st_size}:{status.st_mtime_ns}")
        except (OSError, ValueError):  # no path can hold NUL
            parts.append(f"{path}:missing")
    return digest(*parts)

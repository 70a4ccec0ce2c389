"""Pixel-level submissions: an 8-bit grey PNG of regular ids per frame."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from joblib import Parallel, delayed

from cityscapes.errors import DataError
from cityscapes.evaluation.pixel.encoding import (
    UNKNOWN,
    decide_encoding,
    ids_of_values,
    void_values,
)
from cityscapes.evaluation.pixel.reading import (
    COLORS,
    Reading,
    read_prediction,
    reading_of,
    resized,
)
from cityscapes.jobs.workers import worker_count
from cityscapes.labels import LabelTable
from cityscapes.png.write import encode
from cityscapes.submission.frame import Asked, Member, Packed, Task, row_of, wrong_size


def tasks(asked: Asked, workers: int) -> list[Task]:
    """Return the packing of each frame; all frames decide between ids and trainIds."""
    encoding = asked.set.encoding
    reading = reading_of(encoding, asked.set.resize, asked.table)
    if encoding == "auto":
        encoding = decide_encoding(_values(asked.files.values(), workers), asked.table)
    encoding = "ids" if encoding == COLORS else encoding  # as encoded in the files
    return [
        Task(pack, (frame, path, reading, asked.shape, encoding, asked.table))
        for frame, path in asked.files.items()
    ]


def pack(
    frame: str, path: Path, reading: Reading, shape: tuple[int, int], encoding: str,
    table: LabelTable,
) -> Packed:  # fmt: skip
    """Pack the image of a frame in regular ids; void of networks becomes `unlabeled`."""
    packed = Packed(frame)
    try:
        image = read_prediction(path, reading)
    except DataError as error:
        packed.problems.append(str(error))
        return packed
    if image.shape != shape and reading.resize:
        image = resized(image, shape)
    if image.shape != shape:
        packed.problems.append(wrong_size(path, image.shape, shape))
    pixels = np.bincount(image.ravel(), minlength=256)
    ids = ids_of_values(encoding, table, void_values(encoding, table))
    unknown = np.flatnonzero((ids == UNKNOWN) & (pixels > 0)).tolist()
    if unknown:
        listed = ", ".join(f"{value} ({pixels[value]} pixels)" for value in unknown)
        what = f"values that are no {encoding} of the label table"
        packed.problems.append(f"{path}: {what}: {listed}")
    if packed.problems:
        return packed
    lookup = np.where(ids == UNKNOWN, 0, ids).astype(np.uint8)
    packed.members.append(Member(f"{frame}.png", encode(cv2.LUT(image, lookup))))
    shown = np.unique(lookup[pixels > 0]).tolist()
    evaluated = [one for one in shown if not table.by_id[one].ignore_in_eval]
    packed.row = row_of(packed, path, shape, evaluated, 0)
    return packed


def last(asked: Asked, packed: list[Packed]) -> list[Member]:
    """Return no members: there is no file for all frames."""
    return []


def _values(files: Iterable[Path], workers: int) -> np.ndarray:
    """int64 (256,): pixels of each value in all files that can be read."""
    paths = list(files)
    counted = Parallel(worker_count(workers, len(paths)), return_as="generator_unordered")(
        delayed(_values_of)(path) for path in paths
    )
    return sum(counted, np.zeros(256, dtype=np.int64))


def _values_of(path: Path) -> np.ndarray:
    try:
        return np.bincount(read_prediction(path).ravel(), minlength=256)
    except DataError:  # reported when it is packed
        return np.zeros(256, dtype=np.int64)

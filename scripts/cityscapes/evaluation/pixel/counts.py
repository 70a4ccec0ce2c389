"""Pixel-level counts of a frame: combinations of true and predicted values, with their pixels.

The images are read for these counts only. All that the label table decides (ignored classes,
trainIds) is arithmetic on the counts: `scores.py`.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.pixel.reading import PLAIN, Reading, read_prediction, resized
from cityscapes.pixel_runs import joint_counts
from cityscapes.png.labels import read_instance_ids, read_label_ids


class FrameCounts(NamedTuple):
    """The counts of a frame that scores need; JSON keeps them as nested lists."""

    rows: list[list[int]]  # those of `count`
    resized: list[int] | None = None  # width and height of a prediction of another size


def count_frame(
    prediction: Path, label_ids: Path, instance_ids: Path, reading: Reading = PLAIN
) -> FrameCounts:
    """Return the `count` of three files; a DataError names the file at fault."""
    truth, instances = read_label_ids(label_ids), read_instance_ids(instance_ids)
    predicted = read_prediction(prediction, reading)
    _same_size(truth, instances, label_ids, instance_ids)
    size = None
    if reading.resize and predicted.shape != truth.shape:
        height, width = predicted.shape
        size, predicted = [width, height], resized(predicted, truth.shape)
    _same_size(truth, predicted, label_ids, prediction, "; `resize: nearest` would resize it")
    return FrameCounts(count(truth, instances, predicted).tolist(), size)


def count(truth: np.ndarray, instances: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """int64 (n, 4): true label id, true instance id, predicted value, and their pixels.

    The images are of one shape: uint8, uint16 and uint8 (height, width). The rows are the
    combinations that occur, in ascending order. Counts of parts of a frame may be concatenated.
    """
    return joint_counts(truth, instances, predicted)


def _same_size(
    truth: np.ndarray, other: np.ndarray, truth_path: Path, path: Path, advice: str = ""
) -> None:
    if other.shape != truth.shape:
        (height, width), (true_height, true_width) = other.shape, truth.shape
        raise DataError(
            f"{path}: is {width}x{height} pixels, but {truth_path} {true_width}x{true_height}"
            + advice
        )

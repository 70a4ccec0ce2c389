"""Pixel-level evaluation of a frame: which true and predicted values meet, in how many pixels.

The images are read for these counts only. What the label table decides (ignored classes, trainIds)
is arithmetic on the counts: `scores.py`.
"""

from pathlib import Path

import numpy as np

from cityscapes.errors import DataError
from cityscapes.ground_truth.pixel_runs import joint_counts
from cityscapes.png.labels import read_instance_ids, read_label_ids, read_prediction


def count_frame(prediction: Path, label_ids: Path, instance_ids: Path) -> np.ndarray:
    """The `count` of three PNG files; DataError names the file that is at fault."""
    truth, instances = read_label_ids(label_ids), read_instance_ids(instance_ids)
    predicted = read_prediction(prediction)
    _same_size(truth, instances, label_ids, instance_ids)
    _same_size(truth, predicted, label_ids, prediction)
    return count(truth, instances, predicted)


def count(truth: np.ndarray, instances: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """int64 (n, 4): true label id, true instance id, predicted value, and their pixels.

    The images are of one shape: uint8, uint16 and uint8 (height, width). The rows are the
    combinations that occur, in ascending order. Counts of parts of a frame may be concatenated.
    """
    return joint_counts(truth, instances, predicted)


def _same_size(truth: np.ndarray, other: np.ndarray, truth_path: Path, path: Path) -> None:
    if other.shape != truth.shape:
        (height, width), (true_height, true_width) = other.shape, truth.shape
        raise DataError(
            f"{path}: is {width}x{height} pixels, but {truth_path} {true_width}x{true_height}"
        )

"""Counting one frame of the instance evaluation.

The counts hold no decision: which classes are evaluated, which pixels are void and which objects
are too small is left to `average_precision.py`, so another label table needs no new counting.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from cityscapes.evaluation.instance.predictions import Prediction
from cityscapes.pixel_runs import joint_counts


class Instance(NamedTuple):
    """One value of instanceIds in a frame; the last two are None if they are not measured."""

    id: int
    pixels: int
    distance: float | None  # metres: the median depth of its measured pixels
    stereo_density: float | None  # share of its pixels whose depth is measured


class Counted(NamedTuple):
    """One predicted mask, and its pixels by instance id."""

    label_id: int
    confidence: float
    pixels: int
    below: list[tuple[int, int]]  # (instance id, pixels), ids ascending


class FrameCounts(NamedTuple):
    """The counts of a frame that the evaluation needs; JSON keeps them as nested lists."""

    instances: list[Instance]  # ids ascending, each id of the image
    predictions: list[Counted]


def count_frame(
    instance_ids: np.ndarray, predictions: Iterable[Prediction], depth: np.ndarray | None = None
) -> FrameCounts:
    """Return the counts of one frame, without empty masks.

    `instance_ids` is uint16 (height, width), `depth` float32 (height, width) from
    `cityscapes.ground_truth.depth.depth_map`, for the scores by distance.
    """
    each = (_count(instance_ids, prediction) for prediction in predictions)
    counted = [prediction for prediction in each if prediction.pixels]
    distances = {}
    if depth is not None:
        # A group's distance is needed only if its class is predicted: roads and buildings,
        # most of the picture, are never measured.
        labels = {prediction.label_id for prediction in counted}
        distances = distances_of(instance_ids, depth, labels)
    instances = [
        Instance(value, pixels, *distances.get(value, (None, None)))
        for value, pixels in joint_counts(instance_ids).tolist()
    ]
    return FrameCounts(instances, counted)


def _count(instance_ids: np.ndarray, prediction: Prediction) -> Counted:
    label_id, confidence, left, top, mask, _ = prediction
    height, width = mask.shape
    box = instance_ids[top : top + height, left : left + width]
    pixels = np.bincount(box[mask.view(bool)])  # of each instance id
    ids = np.flatnonzero(pixels)
    below = zip(ids.tolist(), pixels[ids].tolist(), strict=True)
    return Counted(label_id, confidence, int(pixels.sum()), list(below))


def distances_of(
    instance_ids: np.ndarray, depth: np.ndarray, labels: Iterable[int] = ()
) -> dict[int, tuple[float, float]]:
    """Map ids to distance and stereo_density, of single objects and groups of these labels."""
    wanted = np.arange(1 << 16) >= 1000
    wanted[[label for label in labels if label >= 0]] = True
    pixels = np.flatnonzero(wanted[instance_ids])
    ids = instance_ids.ravel()[pixels]
    order = np.argsort(ids, kind="stable")
    values, first = np.unique(ids[order], return_index=True)
    of_instance = np.split(depth.ravel()[pixels[order]], first[1:])
    return {
        value: _distance(depths)
        for value, depths in zip(values.tolist(), of_instance, strict=False)
    }


def _distance(depths: np.ndarray) -> tuple[float, float]:
    measured = depths[~np.isnan(depths)]
    # Infinite, not nan, without measured pixels: the object still counts at any distance.
    median = float(np.median(measured)) if len(measured) else np.inf
    return median, len(measured) / len(depths)

"""True and false pixels of classes and categories, plain and weighted by instance."""

from typing import NamedTuple

import numpy as np

from cityscapes.evaluation.pixel.groups import is_weighted, labels_of, size_of
from cityscapes.labels import LabelTable

# UPSTREAM: an instance id is *above* 1000, so the first instance of a class 1 would not count.
FIRST_INSTANCE = 1001


def confusion_of(counts: np.ndarray, table: LabelTable) -> np.ndarray:
    """int64 (ids, ids): the pixels of every true and predicted id."""
    truth, _, predicted, pixels = counts.T
    confusion = np.zeros((size_of(table), size_of(table)), dtype=np.int64)
    np.add.at(confusion, (truth, predicted), pixels)
    return confusion


class Instances(NamedTuple):
    """The true instances of all frames; those of ignored classes have no weight."""

    ids: np.ndarray  # of their classes, int64 (n,)
    weights: np.ndarray  # average size of the class / pixels, float64 (n,)
    predicted: np.ndarray  # pixels by predicted id, int64 (n, ids)


def instances_of(frames: list[np.ndarray], table: LabelTable, average_sizes: dict) -> Instances:
    """Return the instances in the counts of frames with ids."""
    average = np.zeros(size_of(table))  # 0 for ignored classes
    for label in labels_of(table):
        if is_weighted(label):
            average[label.id] = average_sizes.get(label.name, 0)

    frame = np.repeat(np.arange(len(frames)), [len(counts) for counts in frames])
    _, instances, predicted, pixels = np.concatenate(frames).T
    of_instance = instances >= FIRST_INSTANCE
    frame, instances = frame[of_instance], instances[of_instance]
    # the same number in two frames is two instances
    keys, row = np.unique((frame << 16) + instances, return_inverse=True)
    pixels_of = np.zeros((len(keys), size_of(table)), dtype=np.int64)
    np.add.at(pixels_of, (row, predicted[of_instance]), pixels[of_instance])
    # The instance id alone decides its class; labelIds may differ.
    ids = (keys & 0xFFFF) // 1000
    return Instances(ids, average[ids] / pixels_of.sum(axis=1), pixels_of)


def errors(confusion: np.ndarray, members: np.ndarray, evaluated: np.ndarray) -> tuple:
    """int64 (groups,) each: true positives, false positives and false negatives of the groups.

    Only evaluated ids of a group count, as truth and as prediction; a class that is
    ignored has nothing.
    """
    counted = members & evaluated
    predicted = counted @ confusion
    tp = (predicted * counted).sum(axis=1)
    fp = counted @ (evaluated @ confusion) - tp
    return tp, fp, predicted.sum(axis=1) - tp


def weighted_errors(
    confusion: np.ndarray, members: np.ndarray, evaluated: np.ndarray, instances: Instances
) -> tuple:
    """As `_errors`, but true positives and false negatives are sums over weighted instances."""
    # UPSTREAM: here the ignored ids of a category count as predictions of it. A car that is taken
    # for a caravan is a true positive of vehicle, a house a false one; in `_errors` neither is.
    predicted = (members & evaluated) @ confusion
    fp = members @ (evaluated @ confusion) - (predicted * members).sum(axis=1)

    group = members[:, instances.ids].argmax(axis=0)
    hit = (instances.predicted * members[group]).sum(axis=1)
    missed = instances.predicted.sum(axis=1) - hit
    # bincount adds in the order of frames and instances, so that even the last digit is the
    # reference's
    tp, fn = (
        np.bincount(group, weights=pixels * instances.weights, minlength=len(members))
        for pixels in (hit, missed)
    )
    return tp, fp, fn

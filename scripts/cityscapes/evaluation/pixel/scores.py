"""Pixel-level scores: IoU, instance-weighted iIoU, their means, and the official result file.

Everything is arithmetic on the counts of `counts.py`, with ids in place of predicted values
(`encoding.in_ids`). Source: reference, csEvalPixelLevelSemanticLabeling.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from cityscapes.evaluation.classes import IDS, class_groups
from cityscapes.labels import Label, LabelTable, joint_name

# Mean pixels of an instance in the training set.
AVERAGE_SIZES = {
    "bicycle": 4672.3249222261,
    "caravan": 36771.8241758242,
    "motorcycle": 6298.7200839748,
    "rider": 3930.4788056518,
    "bus": 35732.1511111111,
    "train": 67583.7075812274,
    "car": 12794.0202738185,
    "person": 3462.4756337644,
    "truck": 27855.1264367816,
    "trailer": 16926.9763313609,
}

# UPSTREAM: an instance id is *above* 1000, so the first instance of a class 1 would not count.
FIRST_INSTANCE = 1001


class Score(NamedTuple):
    """A class or category: its pixels and scores; a score without any pixels is nan."""

    name: str
    prior: float  # share of all true pixels
    tp: int
    fp: int
    fn: int
    iou: float
    iiou: float  # each true instance weighs as much as one of average size


class Scores(NamedTuple):
    """The result of a prediction set."""

    confusion: np.ndarray  # int64 (ids, ids): pixels by true and predicted id
    ids: list[int]  # of the classes; the first one where several are one class
    classes: list[Score]  # those with an id from 0, ignored ones too, in the order of the table
    categories: list[Score]


class FrameScores(NamedTuple):
    """The scores of a single frame; nan and None if no pixel is evaluated."""

    pixels: int  # of classes that are not ignored in evaluation
    accuracy: float  # the share of them that is predicted correctly
    mean_iou: float  # over the evaluated classes that the frame shows
    worst_class: str | None
    worst_iou: float


def scores(
    frames: list[np.ndarray], table: LabelTable, average_sizes: dict, encoding: str = IDS,
    is_subset: bool = False,
) -> Scores:  # fmt: skip
    """Score one or more frames together, from the counts of each with ids.

    `average_sizes` is class name -> mean pixels of an instance, as in `AVERAGE_SIZES`; a class
    that it lacks has no iIoU, nor has its category. With the encoding trainIds, evaluated classes
    that share a trainId are one class. Where the evaluated classes are a subset, a category
    without any of them has no iIoU.
    """
    classes, categories = (
        groups._replace(has_iiou=groups.has_iiou & ~_unweighted(groups, table, average_sizes))
        for groups in (_classes(table, encoding), _categories(table))
    )
    if is_subset:
        shown = (categories.members & _evaluated(table)).any(axis=1)
        categories = categories._replace(has_iiou=categories.has_iiou & shown)
    confusion = _confusion(np.concatenate(frames), table)
    instances = _instances(frames, table, average_sizes)
    by_class, by_category = (
        _group_scores(groups, confusion, instances, table) for groups in (classes, categories)
    )
    first = np.arange(len(confusion))
    for members in classes.members:
        first[members] = members.argmax()
    of_classes = np.zeros_like(confusion)
    np.add.at(of_classes, (first[:, np.newaxis], first), confusion)
    return Scores(of_classes, classes.members.argmax(axis=1).tolist(), by_class, by_category)


def without_average_size(table: LabelTable, average_sizes: dict) -> list[str]:
    """Return the evaluated classes with instances whose average size is not known."""
    return [
        label.name
        for label in _labels(table)
        if _is_weighted(label) and label.name not in average_sizes
    ]


def mean(values: Iterable[float]) -> float:
    """Return the mean of the values that are not nan; nan if all are."""
    valid = [value for value in values if not math.isnan(value)]
    return sum(valid) / len(valid) if valid else math.nan


def result_json(result: Scores) -> dict:
    """Return the content of `resultPixelLevelSemanticLabeling.json`, as the reference's.

    Without `perImageScores`, as in the reference by default.
    """
    classes, categories = result.classes, result.categories
    return {
        "confMatrix": result.confusion.tolist(),
        "priors": {score.name: score.prior for score in classes},
        "labels": {score.name: id for score, id in zip(classes, result.ids, strict=True)},
        "classScores": {score.name: score.iou for score in classes},
        "classInstScores": {score.name: score.iiou for score in classes},
        "categoryScores": {score.name: score.iou for score in categories},
        "categoryInstScores": {score.name: score.iiou for score in categories},
        "averageScoreClasses": mean(score.iou for score in classes),
        "averageScoreInstClasses": mean(score.iiou for score in classes),
        "averageScoreCategories": mean(score.iou for score in categories),
        "averageScoreInstCategories": mean(score.iiou for score in categories),
    }


def frame_errors(
    counts: np.ndarray, table: LabelTable, encoding: str = IDS
) -> dict[str, tuple[int, int, int]]:
    """Map classes to (tp, fp, fn) of a single frame, from its counts with ids; frames add up.

    Classes are those that it shows, or that are predicted on evaluated pixels, grouped as
    in `scores`.
    """
    classes = _classes(table, encoding)
    errors = np.stack(_errors(_confusion(counts, table), classes.members, _evaluated(table)))
    return {
        classes.names[number]: tuple(errors[:, number].tolist())
        for number in np.flatnonzero(errors.any(axis=0))
    }


def frame_scores(counts: np.ndarray, table: LabelTable, encoding: str = IDS) -> FrameScores:
    """Score a single frame, from its counts with ids; classes as in `scores`."""
    confusion = _confusion(counts, table)
    classes = _classes(table, encoding)
    tp, fp, fn = _errors(confusion, classes.members, _evaluated(table))
    pixels = int((tp + fn).sum())
    if pixels == 0:
        return FrameScores(0, math.nan, math.nan, None, math.nan)
    present = np.flatnonzero(tp + fn)
    iou = tp[present] / (tp + fp + fn)[present]
    worst = iou.argmin()
    return FrameScores(
        pixels=pixels,
        accuracy=float(tp.sum() / pixels),
        mean_iou=float(iou.mean()),
        worst_class=classes.names[present[worst]],
        worst_iou=float(iou[worst]),
    )


class _Grouping(NamedTuple):
    """The classes, or the categories, as groups of ids."""

    names: list[str]
    members: np.ndarray  # bool (groups, ids)
    has_iiou: np.ndarray  # bool (groups,)


def _classes(table: LabelTable, encoding: str) -> _Grouping:
    groups = class_groups(table, encoding)
    members = np.zeros((len(groups), _size(table)), dtype=bool)
    for row, group in zip(members, groups, strict=True):
        row[[label.id for label in group]] = True
    has_iiou = [all(map(_is_weighted, group)) for group in groups]
    return _Grouping([joint_name(group) for group in groups], members, np.array(has_iiou))


def _categories(table: LabelTable) -> _Grouping:
    names = list(dict.fromkeys(label.category for label in table))
    members = np.zeros((len(names), _size(table)), dtype=bool)
    # UPSTREAM: unlike a class, a category has an iIoU even if all of it is ignored in evaluation.
    has_iiou = np.ones(len(names), dtype=bool)
    for label in _labels(table):
        category = names.index(label.category)
        members[category, label.id] = True
        has_iiou[category] &= label.has_instances
    return _Grouping(names, members, has_iiou)


def _is_weighted(label: Label) -> bool:
    """Return True if the instances of a class count in iIoU."""
    return label.has_instances and not label.ignore_in_eval


def _unweighted(groups: _Grouping, table: LabelTable, average_sizes: dict) -> np.ndarray:
    """bool (groups,): the group has a class whose instances cannot be weighted."""
    missing = [table.by_name[name].id for name in without_average_size(table, average_sizes)]
    return np.asarray(groups.members[:, missing].any(axis=1))


def _labels(table: LabelTable) -> list[Label]:
    return [label for label in table if label.id >= 0]


def _size(table: LabelTable) -> int:
    return max(label.id for label in table) + 1


def _evaluated(table: LabelTable) -> np.ndarray:
    """bool (ids,): the ids whose true pixels count."""
    evaluated = np.zeros(_size(table), dtype=bool)
    evaluated[[label.id for label in _labels(table) if not label.ignore_in_eval]] = True
    return evaluated


def _confusion(counts: np.ndarray, table: LabelTable) -> np.ndarray:
    """int64 (ids, ids): the pixels of every true and predicted id."""
    truth, _, predicted, pixels = counts.T
    confusion = np.zeros((_size(table), _size(table)), dtype=np.int64)
    np.add.at(confusion, (truth, predicted), pixels)
    return confusion


class _Instances(NamedTuple):
    """The true instances of all frames; those of ignored classes have no weight."""

    ids: np.ndarray  # of their classes, int64 (n,)
    weights: np.ndarray  # average size of the class / pixels, float64 (n,)
    predicted: np.ndarray  # pixels by predicted id, int64 (n, ids)


def _instances(frames: list[np.ndarray], table: LabelTable, average_sizes: dict) -> _Instances:
    average = np.zeros(_size(table))  # 0 for ignored classes
    for label in _labels(table):
        if _is_weighted(label):
            average[label.id] = average_sizes.get(label.name, 0)

    frame = np.repeat(np.arange(len(frames)), [len(counts) for counts in frames])
    _, instances, predicted, pixels = np.concatenate(frames).T
    of_instance = instances >= FIRST_INSTANCE
    frame, instances = frame[of_instance], instances[of_instance]
    # the same number in two frames is two instances
    keys, row = np.unique((frame << 16) + instances, return_inverse=True)
    pixels_of = np.zeros((len(keys), _size(table)), dtype=np.int64)
    np.add.at(pixels_of, (row, predicted[of_instance]), pixels[of_instance])
    # The instance id alone decides its class; labelIds may differ.
    ids = (keys & 0xFFFF) // 1000
    return _Instances(ids, average[ids] / pixels_of.sum(axis=1), pixels_of)


def _group_scores(
    groups: _Grouping, confusion: np.ndarray, instances: _Instances, table: LabelTable
) -> list[Score]:
    evaluated = _evaluated(table)
    tp, fp, fn = _errors(confusion, groups.members, evaluated)
    prior = groups.members @ confusion.sum(axis=1) / confusion.sum()
    iou = _ratio(tp, tp + fp + fn)
    weighted_tp, weighted_fp, weighted_fn = _weighted_errors(
        confusion, groups.members, evaluated, instances
    )
    iiou = _ratio(weighted_tp, weighted_tp + weighted_fp + weighted_fn)
    iiou[~groups.has_iiou] = math.nan
    columns = (column.tolist() for column in (prior, tp, fp, fn, iou, iiou))
    return [Score(*row) for row in zip(groups.names, *columns, strict=True)]


def _errors(confusion: np.ndarray, members: np.ndarray, evaluated: np.ndarray) -> tuple:
    """int64 (groups,) each: true positives, false positives and false negatives of the groups.

    Only evaluated ids of a group count, as truth and as prediction; a class that is
    ignored has nothing.
    """
    counted = members & evaluated
    predicted = counted @ confusion
    tp = (predicted * counted).sum(axis=1)
    fp = counted @ (evaluated @ confusion) - tp
    return tp, fp, predicted.sum(axis=1) - tp


def _weighted_errors(
    confusion: np.ndarray, members: np.ndarray, evaluated: np.ndarray, instances: _Instances
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


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """float64: part / whole, nan where the whole is 0."""
    return np.divide(part, whole, out=np.full(len(whole), math.nan), where=whole != 0)

"""Pixel-level scores: IoU, instance-weighted iIoU, their means, and the official result file.

Everything is arithmetic on the counts of `counts.py`, with ids in place of predicted values
(`encoding.in_ids`). Source: reference, csEvalPixelLevelSemanticLabeling.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from cityscapes.evaluation.classes import IDS
from cityscapes.evaluation.pixel.errors import (
    Instances,
    confusion_of,
    errors,
    instances_of,
    weighted_errors,
)
from cityscapes.evaluation.pixel.groups import (
    Groups,
    categories_of,
    classes_of,
    evaluated_mask,
    unweighted,
)
from cityscapes.labels import LabelTable

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

    Two cars of 4 pixels and 1 pixel, of which the small one is taken for road; rows of counts
    are id, instance id, predicted id and pixels:

    >>> from pathlib import Path
    >>> from cityscapes.labels import read_labels
    >>> table = read_labels(Path("config/labels.csv"))
    >>> counts = np.array([[26, 26001, 26, 4], [26, 26002, 7, 1]])
    >>> (car,) = (c for c in scores([counts], table, {"car": 4.0}).classes if c.name == "car")
    >>> car.iou, car.iiou  # in iIoU each car weighs as much as one of 4 pixels
    (0.8, 0.5)
    """
    classes, categories = (
        groups._replace(has_iiou=groups.has_iiou & ~unweighted(groups, table, average_sizes))
        for groups in (classes_of(table, encoding), categories_of(table))
    )
    if is_subset:
        shown = (categories.members & evaluated_mask(table)).any(axis=1)
        categories = categories._replace(has_iiou=categories.has_iiou & shown)
    confusion = confusion_of(np.concatenate(frames), table)
    instances = instances_of(frames, table, average_sizes)
    by_class, by_category = (
        _group_scores(groups, confusion, instances, table) for groups in (classes, categories)
    )
    first = np.arange(len(confusion))
    for members in classes.members:
        first[members] = members.argmax()
    of_classes = np.zeros_like(confusion)
    np.add.at(of_classes, (first[:, np.newaxis], first), confusion)
    return Scores(of_classes, classes.members.argmax(axis=1).tolist(), by_class, by_category)


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
    classes = classes_of(table, encoding)
    found = np.stack(errors(confusion_of(counts, table), classes.members, evaluated_mask(table)))
    return {
        classes.names[number]: tuple(found[:, number].tolist())
        for number in np.flatnonzero(found.any(axis=0))
    }


def frame_scores(counts: np.ndarray, table: LabelTable, encoding: str = IDS) -> FrameScores:
    """Score a single frame, from its counts with ids; classes as in `scores`."""
    confusion = confusion_of(counts, table)
    classes = classes_of(table, encoding)
    tp, fp, fn = errors(confusion, classes.members, evaluated_mask(table))
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


def _group_scores(
    groups: Groups, confusion: np.ndarray, instances: Instances, table: LabelTable
) -> list[Score]:
    evaluated = evaluated_mask(table)
    tp, fp, fn = errors(confusion, groups.members, evaluated)
    prior = groups.members @ confusion.sum(axis=1) / confusion.sum()
    iou = _ratio(tp, tp + fp + fn)
    weighted_tp, weighted_fp, weighted_fn = weighted_errors(
        confusion, groups.members, evaluated, instances
    )
    iiou = _ratio(weighted_tp, weighted_tp + weighted_fp + weighted_fn)
    iiou[~groups.has_iiou] = math.nan
    columns = (column.tolist() for column in (prior, tp, fp, fn, iou, iiou))
    return [Score(*row) for row in zip(groups.names, *columns, strict=True)]


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """float64: part / whole, nan where the whole is 0."""
    return np.divide(part, whole, out=np.full(len(whole), math.nan), where=whole != 0)

"""Average precision of predicted instances, from the counts of frames.

A prediction matches an object of its class where their intersection over union is above a
threshold, and there are ten thresholds. Source of every rule: reference, evaluateMatches.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cityscapes.evaluation.classes import IDS, class_groups
from cityscapes.evaluation.instance.counts import FrameCounts
from cityscapes.evaluation.instance.pairs import Pairs, pairs_of, void_ids, with_boundaries
from cityscapes.evaluation.instance.ranges import RANGES, SIZES, EvaluationRange
from cityscapes.labels import Label, LabelTable, joint_name

OVERLAPS = np.arange(0.5, 1.0, 0.05)

# Of one frame and all classes, at overlap 0.5 and any distance. Predictions that are neither true
# nor false positives lie on void, a group or a small object.
TALLIES = ("objects", "predictions", "true_positives", "false_positives", "false_negatives")


@dataclass(frozen=True)
class Outcomes:
    """The input of AP, at any distance: each object to be found, and each prediction."""

    objects: np.ndarray  # int64 (frames, classes)
    frame: np.ndarray  # int64 (predictions,): of those of evaluated classes
    class_number: np.ndarray  # int64 (predictions,)
    confidence: np.ndarray  # float64 (predictions,)
    # int8 (predictions, overlaps): 1 true, 0 false positive, -1 neither: it lies on void or on
    # objects that need not be found
    outcome: np.ndarray


@dataclass(frozen=True)
class InstanceScores:
    """The average precision of a set of frames, and the matches in each of them."""

    classes: list[str]  # names of the evaluated classes, in the order of the label table
    ap: np.ndarray  # float64 (ranges, classes, overlaps); nan for a class without objects
    tallies: np.ndarray  # int64 (frames, TALLIES)
    outcomes: Outcomes
    # float64 (SIZES, classes, overlaps), and the objects, int64 (SIZES, classes); no sizes if
    # these were not asked for
    size_ap: np.ndarray
    size_objects: np.ndarray


def evaluated_classes(table: LabelTable, encoding: str = IDS) -> list[tuple[Label, ...]]:
    """Return the evaluated classes, in the order of the table, each with those merged.

    Those with instances; with the encoding trainIds, those of a trainId are one class.
    """
    evaluated = (
        tuple(label for label in group if label.has_instances and not label.ignore_in_eval)
        for group in class_groups(table, encoding)
    )
    return [group for group in evaluated if group]


def evaluated_ids(table: LabelTable, encoding: str) -> set[int]:
    """Return the ids of the evaluated classes."""
    return {label.id for group in evaluated_classes(table, encoding) for label in group}


def average_precision(
    frames: list[FrameCounts], table: LabelTable, with_distances: bool = False,
    encoding: str = IDS, left_out: Collection[int] = (), boundaries: Sequence[Any] = (),
    with_sizes: bool = False,
) -> InstanceScores:  # fmt: skip
    """Score all frames together; `with_distances` for all `RANGES`, else for the first.

    `with_sizes` also by `SIZES`. `frames` may also be the nested lists that JSON makes of them.
    The classes are `evaluated_classes` without those of the ids `left_out`: these are void with
    all of their objects, so that what is predicted there is no mistake. With the
    `InstanceBoundaries` of each frame (`evaluation/boundaries/counts.py`) it is Boundary AP.

    Of two cars of 200 pixels one is found, by a mask that has 150 of its pixels:

    >>> from pathlib import Path
    >>> from cityscapes.evaluation.instance.counts import Counted, Instance
    >>> from cityscapes.labels import read_labels
    >>> table = read_labels(Path("config/labels.csv"))
    >>> cars = [Instance(26001, 200, None, None), Instance(26002, 200, None, None)]
    >>> mask = Counted(label_id=26, confidence=0.9, pixels=150, below=[(26001, 150)])
    >>> found = average_precision([FrameCounts(cars, [mask])], table)
    >>> dict(zip(found.classes, found.ap[0, :, 0].tolist(), strict=True))["car"]  # at IoU 0.5
    0.5
    """
    classes = [
        group for group in evaluated_classes(table, encoding) if group[0].id not in left_out
    ]
    flat = pairs_of(frames, classes, void_ids(table, left_out))
    if boundaries:
        flat = with_boundaries(flat, boundaries)
    if with_distances:
        _check_distances(flat)
    ranges = RANGES if with_distances else RANGES[:1]
    became = np.full((len(flat.confidence), len(OVERLAPS)), -1, dtype=np.int8)
    ap = np.empty((len(ranges), len(classes), len(OVERLAPS)))
    for r, limits in enumerate(ranges):
        wanted = flat.single & _in_range(flat, limits)
        ignored = _ignored_share(flat, limits)
        for o, overlap in enumerate(OVERLAPS):
            outcome = _match(flat, wanted, ignored, overlap)
            if r == 0:
                became[outcome.finders, o], became[outcome.false, o] = 1, 0
            if r == o == 0:
                tallies = _tally(flat, wanted, outcome, len(frames))
                objects = np.zeros((len(frames), len(classes)), dtype=np.int64)
                np.add.at(objects, (flat.object_frame[wanted], flat.object_class[wanted]), 1)
            for c in range(len(classes)):
                ap[r, c, o] = _class_precision(flat, wanted, outcome, c)
    rows = flat.prediction_class >= 0
    outcomes = Outcomes(
        objects, flat.prediction_frame[rows], flat.prediction_class[rows], flat.confidence[rows],
        became[rows],
    )  # fmt: skip
    names = [joint_name(group) for group in classes]
    return InstanceScores(
        names, ap, tallies, outcomes, *_by_size(flat, len(classes), SIZES if with_sizes else ())
    )


@dataclass(frozen=True)
class _Outcome:
    """The objects and predictions that match at one threshold."""

    found: np.ndarray  # rows of objects that are found
    finders: np.ndarray  # for each of them the row of its prediction
    false: np.ndarray  # rows of predictions that are false positives


def _match(flat: Pairs, wanted: np.ndarray, ignored: np.ndarray, threshold: float) -> _Outcome:
    """Match objects and predictions; `wanted` objects have to be found."""
    close = flat.overlap > threshold
    # A prediction that matches an object that is not wanted, as a group, is no false positive.
    alone = np.ones(len(flat.confidence), dtype=bool)
    alone[flat.pair_prediction[close]] = False
    unmatched = np.flatnonzero(alone & (ignored <= threshold))

    close &= wanted[flat.pair_object]
    objects, predictions = flat.pair_object[close], flat.pair_prediction[close]
    best = np.diff(objects, append=-1) != 0  # the last one of an object is the most confident
    false = np.concatenate([predictions[~best], unmatched])
    return _Outcome(objects[best], predictions[best], false)


def _by_size(
    flat: Pairs, classes: int, sizes: Sequence[EvaluationRange]
) -> tuple[np.ndarray, np.ndarray]:
    """Return `size_ap` and `size_objects` of these sizes.

    A false positive counts in the range of its own size, as in COCO.
    """
    ap = np.empty((len(sizes), classes, len(OVERLAPS)))
    objects = np.empty((len(sizes), classes), dtype=np.int64)
    for s, limits in enumerate(sizes):
        wanted = flat.single & _in_range(flat, limits)
        objects[s] = np.bincount(flat.object_class[wanted], minlength=classes)
        ignored = _ignored_share(flat, limits)
        pixels = flat.prediction_pixels
        sized = (pixels >= limits.pixels) & (pixels < limits.below)
        for o, overlap in enumerate(OVERLAPS):
            outcome = _match(flat, wanted, ignored, overlap)
            outcome = replace(outcome, false=outcome.false[sized[outcome.false]])
            for c in range(classes):
                ap[s, c, o] = _class_precision(flat, wanted, outcome, c)
    return ap, objects


def _class_precision(flat: Pairs, wanted: np.ndarray, outcome: _Outcome, number: int) -> float:
    """Return the average precision of one class; nan if there is nothing to find."""
    objects = int(np.count_nonzero(wanted & (flat.object_class == number)))
    if not objects:
        return np.nan
    true, false = (
        np.sort(flat.confidence[rows[flat.prediction_class[rows] == number]])
        for rows in (outcome.finders, outcome.false)
    )
    return _step_integral(true, false, objects)


def _step_integral(true: np.ndarray, false: np.ndarray, objects: int) -> float:
    """Return the area below the curve of precision over recall, as the reference integrates it.

    `true` and `false` are the confidences of the positives, ascending. No positives give 0.
    """
    thresholds = np.unique(np.concatenate([true, false]))
    hits = len(true) - np.searchsorted(true, thresholds)
    misses = len(false) - np.searchsorted(false, thresholds)
    # The last point is added: at recall 0 the precision is 1.
    precision = np.append(hits / (hits + misses), 1.0)
    recall = np.append(hits / objects, 0.0)
    around = np.concatenate([recall[:1], recall, [0.0]])
    return float(precision @ ((around[:-2] - around[2:]) / 2))


def _tally(flat: Pairs, wanted: np.ndarray, outcome: _Outcome, frames: int) -> np.ndarray:
    """int64 (frames, TALLIES)."""
    evaluated = flat.prediction_class >= 0
    false = outcome.false[evaluated[outcome.false]]
    objects, predictions, hits, misses = (
        np.bincount(of_frame, minlength=frames)
        for of_frame in (
            flat.object_frame[wanted],
            flat.prediction_frame[evaluated],
            flat.object_frame[outcome.found],
            flat.prediction_frame[false],
        )
    )
    return np.stack([objects, predictions, hits, misses, objects - hits], axis=1)


def _check_distances(flat: Pairs) -> None:
    needed = flat.single.copy()
    needed[flat.pair_object] = True
    if np.isnan(flat.distance[needed]).any():
        raise ValueError("no scores by distance: a frame was counted without its depth")


def _in_range(flat: Pairs, limits: EvaluationRange) -> np.ndarray:
    """bool (objects,); where depth was not counted (nan), no object is too far or too sparse."""
    return (
        (flat.object_pixels >= limits.pixels)
        & (flat.object_pixels < limits.below)
        & ~(flat.distance > limits.distance)
        & ~(flat.stereo_density < limits.stereo_density)
    )


def _ignored_share(flat: Pairs, limits: EvaluationRange) -> np.ndarray:
    """float64 (predictions,): the part of each on void, groups and objects out of range."""
    # UPSTREAM: what lies on a group that is also out of range counts twice: up to 2.
    times = flat.group.astype(int) + ~_in_range(flat, limits)
    ignored = np.bincount(
        flat.pair_prediction,
        weights=flat.pair_pixels * times[flat.pair_object],
        minlength=len(flat.confidence),
    )
    return (flat.void_pixels + ignored) / flat.prediction_pixels

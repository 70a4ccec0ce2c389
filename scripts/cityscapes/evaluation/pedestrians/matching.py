"""Matching detections with the pedestrians of a subset. Source: reference, eval_MR_multisetup."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cityscapes.evaluation.pedestrians.detections import Detections
from cityscapes.evaluation.pedestrians.subsets import Subset
from cityscapes.evaluation.pedestrians.truth import People
from cityscapes.person_labels import PEDESTRIAN

OVERLAP = 0.5  # at least
MOST_DETECTIONS = 1000  # of a frame, the best
# Detections count if their height is within the limits of the subset, widened by this factor.
SLACK = 1.25


@dataclass(frozen=True)
class Matched:
    """The matches of the detections of a frame in a subset, the highest score first."""

    positives: list[int]  # rows of the people who have to be found
    detection: list[int]  # rows of the detections that count
    truth: list[int | None]  # row of the person that each of them matches


@dataclass(frozen=True)
class Outcome:
    """The result of a detection, or of a missed pedestrian."""

    outcome: str  # true, false, missed or ignored
    truth: int | None  # row of the person
    detection: int | None  # row of the detection


def outcomes(
    people: People, detections: Detections, subset: Subset, least: float = -np.inf
) -> list[Outcome]:
    """Return the outcomes of all detections with a score of `least` or more, and missed people.

    Ignored are detections of other people, and those too small or too large for the subset.
    """
    (matched,) = match(people, detections, [subset])
    found, counted, missed = [], set(), dict.fromkeys(matched.positives)
    for row, person in zip(matched.detection, matched.truth, strict=True):
        if detections.score[row] >= least:
            found.append(Outcome("false" if person is None else "true", person, row))
            counted.add(row)
            if person is not None:
                missed.pop(person)
    ignored = [
        Outcome("ignored", None, row)
        for row in range(len(detections))
        if row not in counted and detections.score[row] >= least
    ]
    return found + ignored + [Outcome("missed", person, None) for person in missed]


def match(people: People, detections: Detections, subsets: Sequence[Subset]) -> list[Matched]:
    """Return the matches of a frame, for each subset.

    A detection takes the free pedestrian of the subset with whom it overlaps most, of equals the
    last; else one that lies by half in any other box is left out, else it is false.
    """
    order = np.argsort(-detections.score, kind="stable")[:MOST_DETECTIONS]
    boxes = detections.box[order]
    both = _intersection(boxes, people.box)
    area = boxes[:, 2:].prod(axis=1)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        overlap = np.where(both > 0, both / (area + people.box[:, 2:].prod(axis=1) - both), 0)
        inside = np.where(both > 0, both / area, 0) >= OVERLAP
    pedestrian = people.id == PEDESTRIAN
    height, visibility = people.box[:, 3], people.visibility
    found = []
    for subset in subsets:
        (low, high), (least, most) = subset.height, subset.visibility
        wanted = pedestrian & (low <= height) & (height <= high)
        wanted &= (least <= visibility) & (visibility <= most)
        counts = (low / SLACK <= boxes[:, 3]) & (boxes[:, 3] < high * SLACK)
        ignored = np.max(inside[:, ~wanted], axis=1, initial=False)
        found.append(_match(order, counts, wanted, overlap, ignored))
    return found


def _match(
    order: np.ndarray, counts: np.ndarray, wanted: np.ndarray, overlap: np.ndarray,
    ignored: np.ndarray,
) -> Matched:  # fmt: skip
    """Match one subset; `order` are rows of detections, `counts` marks those of its heights."""
    positives = np.flatnonzero(wanted)
    close = overlap[:, positives]
    near = np.max(close, axis=1, initial=0) >= OVERLAP
    free = dict.fromkeys(range(len(positives)))
    rows: list[int] = []
    truth: list[int | None] = []
    for row in np.flatnonzero(counts & (near | ~ignored)).tolist():
        best, most = None, OVERLAP
        if near[row]:
            values = close[row].tolist()
            for person in free:
                if values[person] >= most:
                    best, most = person, values[person]
        if best is not None:
            del free[best]
            truth.append(int(positives[best]))
        elif ignored[row]:
            continue
        else:
            truth.append(None)
        rows.append(int(order[row]))
    return Matched(positives.tolist(), rows, truth)


def _intersection(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """float64 (n, m): pixels that boxes share; 0 where they only touch."""
    low = np.maximum(a[:, None, :2], b[:, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[:, :2] + b[:, 2:])
    return np.maximum(high - low, 0).prod(axis=2)

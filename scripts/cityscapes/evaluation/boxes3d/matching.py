"""Matching predicted with true vehicles, at each threshold of the score.

The score plays no part in the matching itself: of all pairs of a class that overlap enough, the
one that overlaps most is taken, then the next whose two are free, and so on. What a threshold
leaves out may free a vehicle for another prediction, so that a pair holds for a range of
thresholds. Source: reference, evalObjectDetection3d.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cityscapes.evaluation.boxes3d.boxes import Boxes3d

# As the reference computes them: 0.7, 0.82 and 0.94 come out one digit higher, so that a score of
# exactly 0.7 is not above its threshold.
THRESHOLDS = np.arange(0.0, 1.01, 1.0 / 50)


@dataclass(frozen=True)
class Pair:
    """A true and a predicted vehicle that are matched at the thresholds [first, end)."""

    truth: int  # rows
    prediction: int
    first: int
    end: int
    overlap: float


@dataclass(frozen=True)
class Matched:
    """All matches of a frame. Rows of the truth without a pair at a threshold are missed there."""

    pairs: list[Pair]
    false: list[tuple[int, int, int]]  # row of a prediction that is false at [first, end)


def thresholds_passed(score: np.ndarray) -> np.ndarray:
    """int64 (n,): the number of thresholds, from the lowest on, that predictions pass."""
    return np.searchsorted(THRESHOLDS, score, side="right")


def match(
    truth: Boxes3d, predictions: Boxes3d, amodal: np.ndarray, ignored: np.ndarray,
    min_iou: float, modal: bool = False,
) -> Matched:  # fmt: skip
    """Return the matches of a frame: pairs of a class that overlap by more than `min_iou`.

    `amodal` are the predictions' 2-D boxes by projection, float64 (n, 4), `ignored` the regions
    where predictions are no mistakes, (m, 4); boxes are [x, y, width, height] in pixels. With
    `modal`, boxes are compared around what is in sight.
    """
    alive = thresholds_passed(predictions.score).tolist()
    taken: list[list[tuple[int, int]]] = [[] for _ in alive]
    pairs = []
    if len(truth) and len(predictions):
        boxes = (truth.modal, predictions.modal) if modal else (truth.amodal, amodal)
        overlap = intersection_over_union(*boxes)
        same = np.array(truth.label)[:, None] == np.array(predictions.label)
        rows, columns = np.nonzero((overlap > min_iou) & same)
        for group in _groups(rows, columns, overlap):
            for pair in _pairs(group, alive):
                pairs.append(pair)
                taken[pair.prediction].append((pair.first, pair.end))
    free = _is_free(predictions.modal, ignored, min_iou)
    false = [
        (row, first, end)
        for row, count in enumerate(alive)
        if free[row]
        for first, end in _gaps(sorted(taken[row]), count)
    ]
    return Matched(pairs, false)


def intersection_over_union(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """float64 (n, m): the overlap of boxes (n, 4) and (m, 4), [x, y, width, height] in pixels.

    >>> truth = np.array([[0.0, 0.0, 9.0, 9.0]])  # pixels 0 to 9, both included
    >>> predicted = np.array([[5.0, 0.0, 9.0, 9.0], [20.0, 0.0, 5.0, 5.0]])
    >>> intersection_over_union(truth, predicted).round(3).tolist()
    [[0.333, 0.0]]
    """
    both = _intersection(truth, predicted)
    # UPSTREAM: the last pixel belongs to a box, and there is a little more area than there is.
    return both / (_area(truth)[:, None] + _area(predicted) - both + 1e-10)


def _is_free(modal: np.ndarray, ignored: np.ndarray, min_iou: float) -> np.ndarray:
    """bool (n,): which predictions are in none of the regions to be ignored."""
    if not len(ignored):
        return np.ones(len(modal), dtype=bool)
    inside = _intersection(ignored, modal) / (_area(modal) + 1e-10)
    return np.all(inside <= min_iou, axis=0)


def _intersection(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    low = np.maximum(a[:, None, :2], b[:, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[:, :2] + b[:, 2:])
    return np.prod(np.maximum(high - low + 1, 0), axis=2)


def _area(boxes: np.ndarray) -> np.ndarray:
    # The corner is rounded as the reference does: x + w, and the width from there again.
    return np.prod(boxes[:, :2] + boxes[:, 2:] - boxes[:, :2] + 1, axis=1)


def _groups(
    truth: np.ndarray, predictions: np.ndarray, overlap: np.ndarray
) -> Iterable[list[tuple[float, int, int]]]:
    """Return close pairs as (-overlap, truth, prediction), in groups that share no vehicle."""
    of_truth: dict[int, list] = {}
    of_prediction: dict[int, list] = {}
    for t, p, value in zip(
        truth.tolist(), predictions.tolist(), overlap[truth, predictions].tolist(), strict=True
    ):
        group, other = of_truth.get(t), of_prediction.get(p)
        if group is None:
            group = other if other is not None else []
        elif other is not None and other is not group:
            group += other
            for _, its_truth, its_prediction in other:
                of_truth[its_truth] = of_prediction[its_prediction] = group
        group.append((-value, t, p))
        of_truth[t] = of_prediction[p] = group
    return {id(group): sorted(group) for group in of_truth.values()}.values()


def _pairs(group: list[tuple[float, int, int]], alive: list[int]) -> list[Pair]:
    """Return the matches in a group of close pairs, which are in the order of matching."""
    ends = sorted({alive[prediction] for _, _, prediction in group})
    pairs: dict[tuple[int, int], Pair] = {}
    found: list[Pair] = []
    first = 0
    for end in ends:  # between `first` and `end` the same predictions count
        used_truth, used_predictions = set(), set()
        for negative, truth, prediction in group:
            if alive[prediction] < end or truth in used_truth or prediction in used_predictions:
                continue
            used_truth.add(truth)
            used_predictions.add(prediction)
            before = pairs.get((truth, prediction))
            begin = first
            if before and before.end == first:
                found.remove(before)
                begin = before.first
            pair = Pair(truth, prediction, begin, end, -negative)
            pairs[truth, prediction] = pair
            found.append(pair)
        first = end
    return [pair for pair in found if pair.end > pair.first]


def _gaps(taken: list[tuple[int, int]], count: int) -> Iterable[tuple[int, int]]:
    """Yield the parts of [0, count) outside of all ranges."""
    start = 0
    for first, end in taken:
        if first > start:
            yield start, first
        start = end
    if count > start:
        yield start, count

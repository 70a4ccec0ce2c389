"""Panoptic quality (PQ): what is counted in a frame, and the scores of the sum.

PQ = SQ x RQ: how well the matched segments fit, and how many are matched (Kirillov et al., 2019).
Source: the reference's csEvalPanopticSemanticLabeling.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.panoptic.pictures import KITTI_STEP
from cityscapes.evaluation.panoptic.records import VOID, Category, PanopticFrame
from cityscapes.labels import VOID_TRAIN_ID
from cityscapes.pixel_runs import joint_counts

QUALITY = ("iou", "tp", "fp", "fn")  # the columns of what `frame_quality` returns
SCORES = ("pq", "sq", "rq")
GROUPS = {"All": (True, False), "Things": (True,), "Stuff": (False,)}


class FrameCounts(NamedTuple):
    """The counts of a frame that scores need, as lists of whole numbers for JSON."""

    truth: list[list[int]]  # id, category, 1 for a crowd; in the order of the JSON file
    predicted: list[list[int]]  # id, category
    pixels: list[list[int]]  # true id, predicted id, number of pixels that show both


def count_frame(
    truth_ids: np.ndarray,
    truth: PanopticFrame,
    predicted_ids: np.ndarray,
    predicted: PanopticFrame,
) -> FrameCounts:
    """Count a frame from its two int32 (height, width) images of segment ids.

    Raises DataError when picture and JSON file do not hold the same segments, or the sizes differ.
    """
    if truth_ids.shape != predicted_ids.shape:
        (height, width), (high, wide) = truth_ids.shape, predicted_ids.shape
        raise DataError(
            f"image {truth.image_id}: the prediction {predicted.file_name} is {wide} x {high} "
            f"pixels, the ground truth {width} x {height}"
        )
    pixels = joint_counts(truth_ids, predicted_ids).tolist()
    problems = _problems("ground truth", truth, _areas(pixels, 0))
    problems += _problems("prediction", predicted, _areas(pixels, 1))
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise DataError(f"image {truth.image_id}: pictures and JSON files differ:{lines}")
    return FrameCounts(
        [[segment.id, segment.category, segment.crowd] for segment in truth.segments],
        [[segment.id, segment.category] for segment in predicted.segments],
        pixels,
    )


def regrouped(
    counts: FrameCounts, joint: Collection[Category], left_out: Collection[int]
) -> FrameCounts:
    """Return the counts of a frame with some segments joined, and others as void.

    `joint` are categories of several classes (merged trainIds): there, uncountable regions are
    one segment: stuff in ground truth and prediction, and the crowds of things. Segments of the
    categories `left_out` (ids) are void.
    """
    stuff = {category.id for category in joint if not category.thing}
    crowds = {category.id for category in joint}
    true_id, truth = _regrouped(counts.truth, (stuff, crowds), left_out)
    guessed_id, predicted = _regrouped(counts.predicted, (stuff, crowds), left_out)
    pixels: Counter[tuple[int, int]] = Counter()
    for true, guess, number in counts.pixels:
        pixels[true_id.get(true, true), guessed_id.get(guess, guess)] += number
    return FrameCounts(
        truth, predicted, [[*ids, number] for ids, number in sorted(pixels.items())]
    )


def _regrouped(
    segments: list[list[int]], one: tuple[set[int], set[int]], left_out: Collection[int]
) -> tuple[dict[int, int], list[list[int]]]:
    """Return the new id of segments, by the old one, and the remaining segments.

    `one` are the categories whose segments are joined, and those whose crowds are.
    """
    first: dict[tuple[int, int], int] = {}
    new_id, left = {}, []
    for row in segments:
        id_, category, crowd = row[0], row[1], row[2] if len(row) > 2 else 0
        if category in left_out:
            new_id[id_] = VOID
            continue
        if category in one[crowd]:
            new_id[id_] = first.setdefault((category, crowd), id_)
        if new_id.get(id_, id_) == id_:
            left.append(row)
    return new_id, left


def frame_quality(
    counts: FrameCounts, categories: list[Category], boundaries: list[list[int]] | None = None
) -> np.ndarray:
    """float64 (categories, 4): `QUALITY` of a frame; these add up over frames.

    iou is the sum over the tp matches of a true and a predicted segment. With `boundaries`, the
    `SegmentBoundaries` of `evaluation/boundaries/counts.py`, it is that of Boundary PQ.

    A frame of 2 x 3 pixels: road matches with an IoU of 3/4, the car with 2/3.

    >>> truth = np.array([[7, 7, 26001], [7, 7, 26001]])
    >>> guess = np.array([[1, 1, 2], [1, 2, 2]])
    >>> counts = FrameCounts(
    ...     truth=[[7, 7, 0], [26001, 26, 0]],
    ...     predicted=[[1, 7], [2, 26]],
    ...     pixels=joint_counts(truth, guess).tolist(),
    ... )
    >>> categories = [Category(7, "road", thing=False), Category(26, "car", thing=True)]
    >>> scores(frame_quality(counts, categories), categories)["All"]
    {'pq': 0.7083333333333333, 'sq': 0.7083333333333333, 'rq': 1.0, 'n': 2}
    """
    quality = {category.id: dict.fromkeys(QUALITY, 0.0) for category in categories}
    matches = matched_segments(counts, boundaries)
    found = {true for true, _ in matches}
    not_false = {guess for _, guess in matches} | _ignored(counts)
    category_of = {guess: category for guess, category in counts.predicted}
    for (_, guess), iou in matches.items():
        quality[category_of[guess]]["iou"] += iou
        quality[category_of[guess]]["tp"] += 1
    for true, category, crowd in counts.truth:
        if true not in found and not crowd:
            quality[category]["fn"] += 1
    for guess, category in counts.predicted:
        if guess not in not_false:
            quality[category]["fp"] += 1
    return np.array([[*row.values()] for row in quality.values()], dtype=np.float64).reshape(-1, 4)


def scores(quality: np.ndarray, categories: list[Category]) -> dict:
    """Score the sum of all frames' `frame_quality`, in the form of the reference.

    {All, Things, Stuff: {pq, sq, rq, n}, per_class: {id: {pq, sq, rq}}}. The means are over the n
    classes that occur in ground truth or prediction, nan where there are none; a class that does
    not occur has zeros.
    """
    by_class, occurs = class_scores(quality)
    result: dict[str, dict] = {"per_class": {}}
    for category, row in zip(categories, by_class.tolist(), strict=True):
        result["per_class"][category.id] = dict(zip(SCORES, row, strict=True))
    for group, kinds in GROUPS.items():
        of_group = np.array([category.thing in kinds for category in categories], dtype=bool)
        result[group] = _means(by_class, occurs & of_group)
    return result


def class_scores(quality: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float64 (categories, 3): `SCORES` of each class; bool (categories,): the class occurs."""
    iou, tp, fp, fn = quality.T
    weight = tp + fp / 2 + fn / 2
    occurs = weight > 0
    pairs = (iou, weight), (iou, tp), (tp, weight)
    columns = [np.divide(a, b, out=np.zeros(len(quality)), where=b > 0) for a, b in pairs]
    return np.stack(columns, axis=1), occurs


def frame_scores(quality: np.ndarray) -> dict:
    """pq, sq, rq: means over the n classes that occur, nan if none; tp, fp, fn: sums over them."""
    totals = quality.sum(axis=0).astype(int).tolist()
    return _means(*class_scores(quality)) | dict(zip(QUALITY[1:], totals[1:], strict=True))


def class_rows(quality: np.ndarray, categories: list[Category]) -> list[dict]:
    """Return a record per class: id, name, pq, sq, rq, iou, tp, fp, fn; zeros if it is absent."""
    by_class, _ = class_scores(quality)
    return [
        {"id": category.id, "name": category.name}
        | dict(zip(SCORES, of_class, strict=True))
        | {"iou": iou, "tp": int(tp), "fp": int(fp), "fn": int(fn)}
        for category, of_class, (iou, tp, fp, fn) in zip(
            categories, by_class.tolist(), quality.tolist(), strict=True
        )
    ]


def matched_segments(
    counts: FrameCounts, boundaries: list[list[int]] | None = None
) -> dict[tuple[int, int], float]:
    """Map true and predicted segment to IoU, for those of one category with an IoU above 0.5.

    Above 0.5 a segment has one match at most. A crowd has none; void is no part of the union. With
    `boundaries`, the IoU is theirs if that is lower.
    """
    category_of = {true: category for true, category, crowd in counts.truth if not crowd}
    guessed_category_of = {guess: category for guess, category in counts.predicted}
    area, guessed_area = _areas(counts.pixels, 0), _areas(counts.pixels, 1)
    on_void = {guess: pixels for true, guess, pixels in counts.pixels if true == VOID}
    matches = {}
    for true, guess, pixels in counts.pixels:
        if true in category_of and category_of[true] == guessed_category_of.get(guess):
            union = area[true] + guessed_area[guess] - pixels - on_void.get(guess, 0)
            if pixels / union > 0.5:
                matches[true, guess] = pixels / union
    if boundaries is None:
        return matches
    edges = _overlaps(boundaries, matches)
    lower = {pair: min(iou, edges[pair]) for pair, iou in matches.items()}
    return {pair: iou for pair, iou in lower.items() if iou > 0.5}


def _overlaps(
    pixels: list[list[int]], pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], float]:
    """Return the IoU of pairs of segments, without void pixels; 0 if they do not meet."""
    area, guessed_area = _areas(pixels, 0), _areas(pixels, 1)
    shared = {(true, guess): count for true, guess, count in pixels}
    found = {}
    for true, guess in pairs:
        both = shared.get((true, guess), 0)
        union = area[true] + guessed_area[guess] - both - shared.get((VOID, guess), 0)
        found[true, guess] = both / union if union else 0.0
    return found


def _ignored(counts: FrameCounts) -> set[int]:
    """Return predicted segments of which more than half is void or a crowd of their category."""
    # UPSTREAM: if a category has several crowds (merged trainIds), only the last one counts.
    crowd_of = {category: true for true, category, crowd in counts.truth if crowd}
    category_of = {guess: category for guess, category in counts.predicted}
    guessed_area = _areas(counts.pixels, 1)
    ignored: Counter[int] = Counter()
    for true, guess, pixels in counts.pixels:
        if true == VOID or (guess in category_of and true == crowd_of.get(category_of[guess])):
            ignored[guess] += pixels
    return {guess for guess in ignored if ignored[guess] / guessed_area[guess] > 0.5}


def _areas(pixels: Iterable[list[int]], column: int) -> Counter[int]:
    """Return the pixels of each id in one of the two images."""
    areas: Counter[int] = Counter()
    for row in pixels:
        areas[row[column]] += row[2]
    return areas


def _problems(whose: str, frame: PanopticFrame, areas: Counter) -> list[str]:
    """Return the differences between the segments of picture and JSON file."""
    listed = {segment.id for segment in frame.segments}
    shown = areas.keys() - {VOID}
    if not shown <= listed and {_swapped(id) for id in shown} <= listed:
        return [
            f"{whose}: {frame.file_name} has red and blue swapped (written with OpenCV?): "
            "the segment id is R + 256 G + 65536 B"
        ]
    # Taken alone, each red value would be a class of the file.
    classes = {segment.category for segment in frame.segments} | {VOID_TRAIN_ID}
    if not shown <= listed and {id & 0xFF for id in shown} <= classes:
        return [f"{whose}: {frame.file_name}: {KITTI_STEP}"]
    unlisted = [
        f"{whose}: segment {id} is in {frame.file_name} ({areas[id]} pixels) and not in the JSON "
        "file: list it there, or paint it 0"
        for id in sorted(shown - listed)
    ]
    not_shown = [
        f"{whose}: segment {id} is in the JSON file and not in {frame.file_name}: take it out"
        for id in sorted(listed - areas.keys())
    ]
    other_area = [
        f"{whose}: segment {segment.id} has area {segment.area} in the JSON file and "
        f"{areas[segment.id]} pixels in {frame.file_name}: the files are not of one version"
        for segment in frame.segments
        if segment.area is not None and areas[segment.id] not in (0, segment.area)
    ]
    return unlisted + not_shown + other_area


def _swapped(id: int) -> int:
    return id >> 16 | id & 0xFF00 | (id & 0xFF) << 16


def _means(by_class: np.ndarray, chosen: np.ndarray) -> dict:
    n = int(chosen.sum())
    means = by_class[chosen].mean(axis=0).tolist() if n else [float("nan")] * len(SCORES)
    return dict(zip(SCORES, means, strict=True)) | {"n": n}

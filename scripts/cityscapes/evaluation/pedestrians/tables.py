"""Tables of miss rates: by subset, the curves, and by frame."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from cityscapes.evaluation.pedestrians.counts import FrameCounts
from cityscapes.evaluation.pedestrians.scores import REFERENCE_POINTS, MissRate

Table = tuple[list[str], list[tuple]]
# Frames are compared at the score with so many false detections per image.
WORKING_POINT = 0.1


def table_of_subsets(rates: Sequence[MissRate]) -> Table:
    """Return a row per subset: its miss rate, limits, and miss rate at each reference point."""
    points = [f"at {point:g}" for point in REFERENCE_POINTS]
    columns = [
        "name", "miss rate", "height from", "height to", "visibility from", "visibility to",
        "pedestrians", "detections", *points, "remark",
    ]  # fmt: skip
    rows = []
    for rate in rates:
        subset, there = rate.subset, rate.positives > 0
        rows.append((
            subset.name, rate.log_average if there else math.nan, *subset.height,
            *subset.visibility, rate.positives, len(rate.score),
            *(1 - rate.at_points if there else [math.nan] * len(points)), remark_on(rate),
        ))  # fmt: skip
    return columns, rows


def remark_on(rate: MissRate) -> str:
    """Return a remark for readers of a subset's score."""
    if not rate.positives:
        return "absent: nobody is to be found (the reference says -1)"
    if rate.unusual:
        return (
            f"the best detection is false, {rate.fppi[0]:.4g} an image: at points below, the "
            "recall of all detections stands by rule"
        )
    return ""


def table_of_curves(rates: Sequence[MissRate]) -> Table:
    """Return the corners of each curve: the miss rate with all detections from a score on.

    Of the detections with the same number of false ones so far, the last is the corner.
    """
    rows = [
        (rate.subset.name, score, fppi, 1 - recall)
        for rate in rates
        for score, fppi, recall in corners(rate).T.tolist()
    ]
    return ["name", "score", "false positives per image", "miss rate"], rows


def corners(rate: MissRate) -> np.ndarray:
    """float64 (3, n): score, false positives per image and recall at the corners of a curve."""
    last = np.flatnonzero(np.diff(rate.fppi, append=np.inf))
    return np.stack([rate.score[last], rate.fppi[last], rate.recall[last]])


def working_score(rate: MissRate) -> float:
    """Return the lowest score with at most `WORKING_POINT` false positives per image."""
    within = np.flatnonzero(rate.fppi <= WORKING_POINT)
    return float(rate.score[within[-1]]) if len(within) else math.inf


def table_of_frames(frames: Mapping[str, FrameCounts], rate: MissRate) -> Table:
    """Return a row per frame, the one with most mistakes first; `rate` is of the first subset.

    Detections count from the score that has 0.1 false ones per image.
    """
    least = working_score(rate)
    rows = []
    for frame, ((positives, scores, hits), *_) in frames.items():
        shown = [hit for score, hit in zip(scores, hits, strict=True) if score >= least]
        found = sum(shown)
        rows.append((frame, positives, found, positives - found, len(shown) - found, least))
    rows.sort(key=lambda row: (-row[3] - row[4], row[0]))
    return ["frame", "pedestrians", "found", "missed", "false", "from score"], rows

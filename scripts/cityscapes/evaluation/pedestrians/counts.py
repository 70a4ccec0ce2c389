"""Counts of the pedestrians of one frame; the counts of frames are concatenated."""

from collections.abc import Sequence
from typing import Any

from cityscapes.evaluation.pedestrians.detections import Detections
from cityscapes.evaluation.pedestrians.matching import match
from cityscapes.evaluation.pedestrians.subsets import Subset
from cityscapes.evaluation.pedestrians.truth import People

# For each subset: the number of pedestrians to be found, and the detections that count, the
# highest score first, as lists of scores and of 1 for a find, 0 for a false detection.
FrameCounts = list[list[Any]]


def count_frame(people: People, detections: Detections, subsets: Sequence[Subset]) -> FrameCounts:
    """Return the counts of a frame, as lists for JSON."""
    scores = detections.score.tolist()
    return [
        [
            len(matched.positives),
            [scores[row] for row in matched.detection],
            [int(person is not None) for person in matched.truth],
        ]
        for matched in match(people, detections, subsets)
    ]

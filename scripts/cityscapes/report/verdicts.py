"""Right and wrong pixels of the segments of a panoptic prediction."""

from collections.abc import Iterable, Mapping

from cityscapes.evaluation.classes import TRAIN_IDS
from cityscapes.evaluation.panoptic.quality import FrameCounts, matched_segments
from cityscapes.evaluation.panoptic.records import SegmentInfo
from cityscapes.labels import Label, LabelTable
from cityscapes.report.frames import RIGHT, VOID, WRONG, Color
from cityscapes.report.segments import Judge


def panoptic_segments(
    segments: Iterable[SegmentInfo], scored: LabelTable, encoding: str
) -> dict[int, Label]:
    """Map each segment to its class; of several classes with its trainId, the first."""
    labels = (
        {id_: group[0] for id_, group in scored.by_train_id().items()}
        if encoding == TRAIN_IDS
        else scored.by_id
    )
    return {one.id: labels[one.category] for one in segments if one.category in labels}


def panoptic_verdicts(
    counts: FrameCounts, truth: Mapping[int, Label], predicted: Mapping[int, Label]
) -> Judge:
    """Return a function that judges a true and a predicted segment that share pixels.

    Stuff is right where the classes are equal, a thing where the segments match; void, groups and
    what is not scored are neither.
    """
    matches = matched_segments(counts)
    crowds = {id_ for id_, _, crowd in counts.truth if crowd}

    def judge(true: int, guess: int) -> Color:
        label = truth.get(true)
        if label is None or label.ignore_in_eval or true in crowds:
            return VOID
        if label.has_instances:
            return RIGHT if (true, guess) in matches else WRONG
        return RIGHT if predicted.get(guess) == label else WRONG

    return judge

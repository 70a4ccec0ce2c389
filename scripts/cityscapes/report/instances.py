"""Pictures of instance predictions: which of them are drawn, and which are right."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from cityscapes.evaluation.classes import class_numbers, scored_table
from cityscapes.evaluation.coco_images import CocoImages
from cityscapes.evaluation.instance.average_precision import (
    OVERLAPS,
    average_precision,
    evaluated_ids,
)
from cityscapes.evaluation.instance.coco import coco_predictions, index_coco_results
from cityscapes.evaluation.instance.counts import FrameCounts, count_frame
from cityscapes.evaluation.instance.predictions import Prediction, text_predictions
from cityscapes.evaluation.instance.ranges import RANGES
from cityscapes.labels import FIRST_INSTANCE, LabelTable
from cityscapes.report.frames import RIGHT, VOID, WRONG, Color
from cityscapes.report.segments import NOTHING, Judge, Segments, segment_panels

# Minimum overlap and evaluation range of a match: the first of each.
_OVERLAP, _SMALLEST = OVERLAPS[0], RANGES[0].pixels


def predictions_of(
    path: Path, files: Mapping[str, Path], table: LabelTable, encoding: str,
    images: CocoImages | None,
) -> Callable[[str, tuple[int, int]], Iterator[Prediction]]:  # fmt: skip
    """Return a function from a frame's name and (height, width) to its predictions."""
    if path.suffix == ".json":
        index = index_coco_results(path, files, table, encoding, images)
        return lambda frame, shape: coco_predictions(
            path, index.of_frame[frame], shape, index.numbers
        )
    numbers = class_numbers(table, encoding)
    return lambda frame, shape: text_predictions(files[frame], path, shape, numbers)


def instance_panels(
    image: np.ndarray | None, instance_ids: np.ndarray, predictions: Sequence[Prediction],
    table: LabelTable, scored: LabelTable, encoding: str,
) -> np.ndarray:  # fmt: skip
    """uint8 (height, width, 3), BGR: as `segment_panels`, of the objects of a frame.

    `instance_ids` is uint16 (h, w). Of the predictions of evaluated classes the most confident
    are drawn, as many as there are objects to be found: any number that is written into the
    picture would hide those. In `scored`, classes that are not are ignored.
    """
    kept = evaluated_ids(scored, encoding)
    left_out = evaluated_ids(table, encoding) - kept
    found = [one for one in predictions if one.label_id in kept and one.mask.any()]
    found.sort(key=lambda one: -one.confidence)
    counts = count_frame(instance_ids, found)
    outcomes = average_precision(
        [counts], scored_table(table, encoding), False, encoding, left_out
    ).outcomes
    drawn = found[: int(outcomes.objects.sum())]
    became = outcomes.outcome[: len(drawn), 0].tolist()

    ids = np.zeros(instance_ids.shape, dtype=np.int32)
    for number in range(len(drawn), 0, -1):  # the most confident one on top
        one = drawn[number - 1]
        height, width = one.mask.shape
        box = ids[one.top : one.top + height, one.left : one.left + width]
        box[one.mask > 0] = number
    single = {
        one.id: scored.by_id[one.id // FIRST_INSTANCE]
        for one in counts.instances
        if one.id // FIRST_INSTANCE in kept
    }
    predicted = {number: scored.by_id[one.label_id] for number, one in enumerate(drawn, start=1)}
    truth = Segments(instance_ids.astype(np.int32), single)
    judge = _verdicts(counts, became, kept, scored)
    return segment_panels(image, truth, Segments(ids, predicted), judge)


def _verdicts(counts: FrameCounts, became: list[int], kept: set[int], scored: LabelTable) -> Judge:
    """Return a function that judges an instance id and the number of a prediction, 0 for none.

    `became` is 1 for a prediction that is true, 0 for one that is false, else -1.
    """
    pixels = {one.id: one.pixels for one in counts.instances}
    matches = {
        (id_, number)
        for number, (one, is_true) in enumerate(
            zip(counts.predictions, became, strict=False), start=1
        )
        for id_, shared in one.below
        if is_true == 1 and shared / (one.pixels + pixels[id_] - shared) > _OVERLAP
    }
    found = {id_ for id_, _ in matches}

    def judge(true: int, number: int) -> Color:
        if true >= FIRST_INSTANCE:
            scores = true // FIRST_INSTANCE in kept
            if not scores or (pixels[true] < _SMALLEST and true not in found):
                return VOID
            return RIGHT if (true, number) in matches else WRONG
        if true in kept or scored.by_id[true].ignore_in_eval:
            return VOID
        return WRONG if number and became[number - 1] >= 0 else NOTHING

    return judge

"""Counts of the 3-D predictions of one frame: matches, mistakes, similarities of boxes.

The counts of frames are concatenated; `scores.py` makes scores of them. They depend on
neither depth bins nor working confidence, so that other settings of these cost nothing.
"""

from typing import Any

import numpy as np

from cityscapes.evaluation.boxes3d.boxes import (
    Boxes3d,
    Predictions3d,
    Truth3d,
    parse_predictions,
    parse_truth,
)
from cityscapes.evaluation.boxes3d.matching import Matched, match
from cityscapes.evaluation.boxes3d.projection import amodal_boxes, unit_quaternions
from cityscapes.evaluation.boxes3d.settings import Settings3d

# Lists under these keys, with these columns; rows of truth and predictions are those of the lists.
COLUMNS = {
    "truth": ("index", "label", "depth"),
    "predictions": ("index", "label", "depth", "score"),
    "pairs": (
        "truth", "prediction", "first", "end", "overlap",
        "distance", "size similarity", "yaw", "pitch and roll",
    ),
    "false": ("prediction", "first", "end"),
    "skipped": ("index", "why"),
}  # fmt: skip

FrameCounts3d = dict[str, list[list[Any]]]


def count_frame(truth: bytes, predicted: bytes | None, settings: Settings3d) -> FrameCounts3d:
    """Return the counts of a frame, with the keys and columns of `COLUMNS`, as lists for JSON.

    `truth` are the bytes of the `*_gtBbox3d.json` file, `predicted` those of the prediction file;
    None stands for a frame without a file, which has no predictions. Raises DataError for either.
    """
    true = parse_truth(truth, settings.labels)
    guess = parse_predictions(
        b'{"objects": []}' if predicted is None else predicted,
        settings.labels,
        settings.skip_incomplete,
    )
    return counts_of(true, guess, settings)


def counts_of(truth: Truth3d, predictions: Predictions3d, settings: Settings3d) -> FrameCounts3d:
    """Return the same for parsed files."""
    matched = matches_of(truth, predictions.boxes, settings)
    pairs = [[p.truth, p.prediction, p.first, p.end, p.overlap] for p in matched.pairs]
    rows = ([p.truth for p in matched.pairs], [p.prediction for p in matched.pairs])
    alike = similarities(truth.boxes, predictions.boxes, *rows).tolist()
    true, guess = truth.boxes, predictions.boxes
    return {
        "truth": _rows(true.index, true.label, true.depth.tolist()),
        "predictions": _rows(guess.index, guess.label, guess.depth.tolist(), guess.score.tolist()),
        "pairs": [pair + more for pair, more in zip(pairs, alike, strict=True)],
        "false": [list(row) for row in matched.false],
        "skipped": [list(row) for row in predictions.skipped],
    }


def matches_of(truth: Truth3d, predictions: Boxes3d, settings: Settings3d) -> Matched:
    """Return the matches of a frame; predictions' amodal boxes are those of their projections."""
    # UPSTREAM: the amodal box in the file is used only if it has no modal one.
    amodal = amodal_boxes(
        predictions.centre, predictions.size, predictions.rotation, truth.camera,
        settings.image_size,
    )  # fmt: skip
    return match(truth.boxes, predictions, amodal, truth.ignored, settings.min_iou, settings.modal)


def similarities(
    truth: Boxes3d, predictions: Boxes3d, true_rows: list[int], predicted_rows: list[int]
) -> np.ndarray:
    """float64 (n, 4): distance of the centres on the ground in metres, and from 0 to 1 how alike
    sizes, yaw, and pitch and roll are, for pairs of a true and a predicted box.

    Where a side of both boxes is 0, the sizes are nan alike. Source: reference.
    """
    apart = truth.centre[true_rows, :2] - predictions.centre[predicted_rows, :2]
    sizes = truth.size[true_rows], predictions.size[predicted_rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        alike = np.minimum(sizes[0] / sizes[1], sizes[1] / sizes[0]).prod(axis=1)
    turned = angles(truth.rotation[true_rows]) - angles(predictions.rotation[predicted_rows])
    yaw, pitch, roll = np.cos(turned).T
    distance = np.sqrt(apart[:, 0] ** 2 + apart[:, 1] ** 2)
    return np.stack([distance, alike, (1 + yaw) / 2, 0.5 + (pitch + roll) / 4], 1)


def angles(rotation: np.ndarray) -> np.ndarray:
    """float64 (n, 3): yaw, pitch and roll of quaternions (n, 4), in radians."""
    w, x, y, z = unit_quaternions(rotation).T
    with np.errstate(invalid="ignore"):  # rounding may bring the sine above 1, which is nan
        pitch = np.arcsin(2 * (w * y + z * x))
    yaw = np.arctan2(2 * (w * z - x * y), 1 - 2 * (y**2 + z**2))
    roll = np.arctan2(2 * (w * x - y * z), 1 - 2 * (x**2 + y**2))
    return np.stack([yaw, pitch, roll], 1)


def _rows(*columns: list) -> list[list]:
    return [list(row) for row in zip(*columns, strict=True)]

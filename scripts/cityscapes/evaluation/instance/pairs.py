"""True and predicted instances of all frames in columns, with the pairs that share pixels."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cityscapes.evaluation.instance.counts import FrameCounts
from cityscapes.labels import MAX_INSTANCES, Label, LabelTable


@dataclass(frozen=True)
class Pairs:
    """All frames in columns: their objects, their predictions, and pairs of the two.

    A pair is a prediction and an object of its class that share pixels. Pairs are in the order of
    objects, and for one object in that of confidence. Class numbers count the evaluated classes;
    -1 is any other.
    """

    object_frame: np.ndarray
    object_class: np.ndarray
    single: np.ndarray  # bool (objects,): of an evaluated class, and no group
    group: np.ndarray  # bool (objects,)
    object_pixels: np.ndarray
    distance: np.ndarray  # nan if depth was not counted
    stereo_density: np.ndarray
    prediction_frame: np.ndarray
    prediction_class: np.ndarray
    confidence: np.ndarray
    prediction_pixels: np.ndarray
    void_pixels: np.ndarray
    pair_object: np.ndarray  # int64 (pairs,): row of the object
    pair_prediction: np.ndarray
    pair_pixels: np.ndarray
    overlap: np.ndarray  # float64 (pairs,): intersection over union


def pairs_of(
    frames: list[FrameCounts], classes: list[tuple[Label, ...]], void: np.ndarray
) -> Pairs:
    """Return all frames in columns; `void` is bool (65536,), the instance ids that are void."""
    objects = [(f, *row) for f, (instances, _) in enumerate(frames) for row in instances]
    found = [(f, *row) for f, (_, predictions) in enumerate(frames) for row in predictions]
    below = [(p, *pair) for p, (*_, pairs) in enumerate(found) for pair in pairs]

    # ids below 1000 are classes; -1, the last entry, stands for the licence plates.
    number_of = np.full(MAX_INSTANCES, -1)
    for number, group in enumerate(classes):
        number_of[[label.id for label in group]] = number

    frame, ids, object_pixels, distance, stereo_density = _columns(objects, 5)
    frame, ids = frame.astype(int), ids.astype(int)
    group = ids < MAX_INSTANCES
    object_class = number_of[np.where(group, ids, ids // MAX_INSTANCES)]

    of_frame, labels, confidence, pixels = _columns([row[:4] for row in found], 4)
    of_frame = of_frame.astype(int)
    prediction_class = number_of[labels.astype(int)]

    prediction, under, shared = _columns(below, 3).astype(int)
    # UPSTREAM: void are pixels of ignored classes, but not their numbered objects (29000).
    void_pixels = np.bincount(prediction, weights=shared * void[under], minlength=len(found))
    # Objects lie in ascending order of frame and id, each id of a frame once.
    row = np.searchsorted(frame << 16 | ids, of_frame[prediction] << 16 | under)
    paired = (object_class[row] == prediction_class[prediction]) & (object_class[row] >= 0)
    row, prediction, shared = row[paired], prediction[paired], shared[paired]
    order = np.lexsort((confidence[prediction], row))
    row, prediction, shared = row[order], prediction[order], shared[order]

    union = object_pixels[row] + pixels[prediction] - shared
    return Pairs(
        object_frame=frame,
        object_class=object_class,
        single=~group & (object_class >= 0),
        group=group,
        object_pixels=object_pixels,
        distance=distance,
        stereo_density=stereo_density,
        prediction_frame=of_frame,
        prediction_class=prediction_class,
        confidence=confidence,
        prediction_pixels=pixels,
        void_pixels=void_pixels,
        pair_object=row,
        pair_prediction=prediction,
        pair_pixels=shared,
        overlap=shared / union,
    )


def with_boundaries(flat: Pairs, boundaries: Sequence[Any]) -> Pairs:
    """Return the same with the lower of the overlaps of masks and of boundaries.

    Source: boundary-iou-api. Pairs whose boundaries share no pixel are no pairs.
    """
    of_objects = np.array([pixels for objects, _ in boundaries for pixels in objects], dtype=int)
    first = np.cumsum([0, *(len(objects) for objects, _ in boundaries)])
    predictions = [(f, *row) for f, (_, found) in enumerate(boundaries) for row in found]
    of_predictions = np.array([pixels for _, pixels, _ in predictions], dtype=int)
    shared = {
        (p, int(first[f]) + place): pixels
        for p, (f, _, pairs) in enumerate(predictions)
        for place, pixels in pairs
    }
    pairs = zip(flat.pair_prediction.tolist(), flat.pair_object.tolist(), strict=True)
    both = np.array([shared.get(pair, 0) for pair in pairs], dtype=int)
    either = of_objects[flat.pair_object] + of_predictions[flat.pair_prediction] - both
    overlap = np.minimum(flat.overlap, both / np.maximum(either, 1))
    kept = both > 0
    return replace(
        flat,
        pair_object=flat.pair_object[kept],
        pair_prediction=flat.pair_prediction[kept],
        pair_pixels=flat.pair_pixels[kept],
        overlap=overlap[kept],
    )


def _columns(rows: list[tuple], width: int) -> np.ndarray:
    """float64 (width, rows); None becomes nan. Pixel counts are exact below 2**53."""
    return np.array(rows, dtype=float).reshape(-1, width).T


def void_ids(table: LabelTable, left_out: Collection[int]) -> np.ndarray:
    """bool (65536,): the instance ids that are void."""
    void = np.zeros(1 << 16, dtype=bool)
    void[[label.id for label in table if label.id >= 0 and label.ignore_in_eval]] = True
    for id_ in left_out:
        void[id_] = void[MAX_INSTANCES * id_ : MAX_INSTANCES * (id_ + 1)] = True
    return void

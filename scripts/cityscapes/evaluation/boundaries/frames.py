"""The counting of boundaries for each frame of an existing prediction set.

The frames and files are those of the set's task, whose counts accompany those of the boundaries.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.boundaries.counts import count_instances, count_segments
from cityscapes.evaluation.boundaries.f_score import RADII, count_frame
from cityscapes.evaluation.boundaries.masks import RATIO, boundary_distance
from cityscapes.evaluation.classes import ClassNumbers
from cityscapes.evaluation.counting import City, Work
from cityscapes.evaluation.instance import frames as instance_frames
from cityscapes.evaluation.instance.coco import coco_predictions
from cityscapes.evaluation.instance.predictions import text_predictions
from cityscapes.evaluation.panoptic import frames as panoptic_frames
from cityscapes.evaluation.panoptic.pictures import read_panoptic_png
from cityscapes.evaluation.pixel import frames as pixel_frames
from cityscapes.evaluation.pixel.reading import COLORS, Reading, read_prediction, resized
from cityscapes.files.whole import digest
from cityscapes.labels import VOID_TRAIN_ID, LabelTable
from cityscapes.png.labels import read_grey, read_label_ids


def pixel_work(city: City) -> list[Work]:
    """Return the counting of the outlines of classes, for the boundary F-score."""
    radii = tuple(city.settings.get("radii", RADII))
    encoding = "ids" if city.encoding == COLORS else city.encoding
    train_ids = train_ids_of_ids(city.table)
    return [
        _work(
            one,
            count_pixels,
            (*one.arguments[:2], one.arguments[3], train_ids, radii, encoding),
            train_ids.tolist(),
            (radii, encoding),
        )
        for one in pixel_frames.work(city)
    ]


def count_pixels(
    prediction: Path, label_ids: Path, reading: Reading, train_ids: np.ndarray, radii: tuple,
    encoding: str,
) -> dict:  # fmt: skip
    """Return the predicted values with their pixels, and the counts of `count_frame` by encoding.

    With `auto`, those of each encoding that the values of the frame fit.
    """
    predicted, truth = read_prediction(prediction, reading), train_ids[read_label_ids(label_ids)]
    if reading.resize and predicted.shape != truth.shape:
        predicted = resized(predicted, truth.shape)
    if predicted.shape != truth.shape:
        raise DataError(f"{prediction}: has another size than {label_ids}")
    pixels = np.bincount(predicted.ravel(), minlength=256)
    values = np.flatnonzero(pixels)
    classes = np.unique(train_ids[train_ids != VOID_TRAIN_ID]).tolist()
    same = np.arange(256, dtype=np.uint8)
    fits_train_ids = np.isin(values, [*classes, VOID_TRAIN_ID]).all()
    wanted = {
        "ids": (train_ids, encoding == "ids" or encoding == "auto"),
        "trainIds": (same, encoding == "trainIds" or (encoding == "auto" and fits_train_ids)),
    }
    counts: dict[str, Any] = {
        name: {
            str(number): of_class
            for number, of_class in count_frame(
                truth, lookup[predicted], classes, VOID_TRAIN_ID, radii
            ).items()
        }
        for name, (lookup, asked) in wanted.items()
        if asked
    }
    return counts | {"values": [[int(v), int(pixels[v])] for v in values]}


def train_ids_of_ids(table: LabelTable) -> np.ndarray:
    """uint8 (256,): the trainId of each id; what is not evaluated is void."""
    train_ids = np.full(256, VOID_TRAIN_ID, dtype=np.uint8)
    for label in table:
        if label.id >= 0 and not label.ignore_in_eval:
            train_ids[label.id] = label.train_id
    return train_ids


def instance_work(city: City) -> list[Work]:
    """Return the counting of the boundaries of objects, for Boundary AP."""
    ratio = city.settings.get("ratio", RATIO)
    counts = {
        instance_frames.count_text: count_text,
        instance_frames.count_coco: count_coco,
    }
    return [
        _work(one, counts[one.count], (ratio, *one.arguments), "", ratio)
        for one in instance_frames.work(city)
    ]


def count_text(ratio: float, path: Path, root: Path, numbers: ClassNumbers, *truth: Path) -> list:
    """Count masks and boundaries of one frame's text file."""
    instance_ids = read_grey(truth[0], 16)
    found = text_predictions(path, root, instance_ids.shape, numbers)
    distance = boundary_distance(instance_ids.shape, ratio)
    boundaries = count_instances(instance_ids, found, distance)
    return [instance_frames.count_text(path, root, numbers, *truth), boundaries]


def count_coco(
    ratio: float, path: Path, entries: list, numbers: ClassNumbers, *truth: Path
) -> list:
    """Count masks and boundaries of one frame's entries in a COCO results file."""
    instance_ids = read_grey(truth[0], 16)
    found = coco_predictions(path, entries, instance_ids.shape, numbers)
    distance = boundary_distance(instance_ids.shape, ratio)
    boundaries = count_instances(instance_ids, found, distance)
    return [instance_frames.count_coco(path, entries, numbers, *truth), boundaries]


def panoptic_work(city: City) -> list[Work]:
    """Return the counting of the boundaries of segments, for Boundary PQ."""
    ratio = city.settings.get("ratio", RATIO)
    return [
        _work(one, count_panoptic, (ratio, *one.arguments), "", ratio)
        for one in panoptic_frames.work(city)
    ]


def count_panoptic(ratio: float, truth: Path, predicted: Path, *arguments: Any) -> list:
    """Count segments and their boundaries in one frame's two pictures."""
    counts = panoptic_frames.count_panoptic(truth, predicted, *arguments)
    pictures = read_panoptic_png(truth), read_panoptic_png(predicted)
    distance = boundary_distance(pictures[0].shape, ratio)
    return [counts, count_segments(*pictures, distance)]


def _work(one: Work, count: Any, arguments: tuple, *depends: Any) -> Work:
    """Return the same frame with another counting."""
    state = digest(one.state, *map(repr, depends))
    return replace(one, state=state, count=count, arguments=arguments)

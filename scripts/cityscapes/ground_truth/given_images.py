"""All label images of a frame, made from raw label images in place of polygons.

Annotation tools and simulators export `*_labelIds.png`, with or without `*_instanceIds.png`. The
objects in these are used like those of a polygon file, so that all `PICTURES` can be made.
"""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from cityscapes.errors import DataError
from cityscapes.ground_truth.images import LabelImages, Painting
from cityscapes.ground_truth.polygons import Annotation
from cityscapes.labels import FIRST_INSTANCE, VOID_TRAIN_ID, LabelTable
from cityscapes.png.header import parse_header
from cityscapes.png.labels import parse_grey

# An id * 1000 + n in 16 bits; classes beyond have no instances.
_INSTANCE_IDS = 1 << 16
MOST_LISTED = 5


class GivenImages(LabelImages):
    """The label images of given instance ids, as if their objects had been painted."""

    def __init__(self, instance_ids: np.ndarray, table: LabelTable):
        """`instance_ids` is uint16 (height, width), as `given_instance_ids` returns it."""
        shown = np.flatnonzero(np.bincount(instance_ids.ravel())).tolist()
        objects = _objects(shown)
        labels = [table.by_id[_class_of(id_)] for id_ in objects]
        groups = [
            label.has_instances and id_ < FIRST_INSTANCE
            for id_, label in zip(objects, labels, strict=True)
        ]
        height, width = instance_ids.shape
        super().__init__(Annotation(width, height, labels, groups, polygons=[]), table)
        dtype = np.uint8 if len(objects) <= 1 << 8 else np.uint16
        number_of: np.ndarray = np.zeros(_INSTANCE_IDS, dtype=dtype)
        number_of[objects] = np.arange(len(objects))
        self._painting = Painting(cv2.LUT(instance_ids, number_of))

    def _lookup(self, values_of: Callable) -> tuple[np.ndarray, Painting]:
        background, values, painted = values_of(self._annotation, self._table)
        return np.where(painted, values, values.dtype.type(background)), self._painting


def _objects(shown: list[int]) -> list[int]:
    """Return the instance ids of a frame's objects, in ascending order, from the ids it shows.

    Hidden ones are included: the n-th object of a class has number n only if all before it
    are counted.
    """
    most: dict[int, int] = {}
    for id_ in shown:
        if id_ >= FIRST_INSTANCE:
            most[_class_of(id_)] = id_
    counted = (id_ for class_, last in most.items() for id_ in range(class_ * 1000, last + 1))
    return [*(id_ for id_ in shown if id_ < FIRST_INSTANCE), *counted]


def _class_of(instance_id: int) -> int:
    return instance_id // 1000 if instance_id >= FIRST_INSTANCE else instance_id


def given_instance_ids(
    table: LabelTable, labels: tuple[Path, bytes], instances: tuple[Path, bytes] | None
) -> np.ndarray:
    """uint16 (height, width): the instance ids of a frame's raw label images.

    `labels` and `instances` are path and bytes of each. Without instances, objects of classes with
    instances are regions without a number, like groups. Raises DataError if an image has another
    format or ids that are not in the table, or if the two contradict each other.
    """
    ids = parse_grey(*labels, bits=8)
    _stop_at_unknown_ids(labels[0], ids, table)
    if instances is None:
        return ids.astype(np.uint16)
    path, data = instances
    header = parse_header(data)
    given = parse_grey(path, data, bits=8 if header and header.bits == 8 else 16)
    if given.shape != ids.shape:
        sizes = [f"{image.shape[1]} x {image.shape[0]}" for image in (given, ids)]
        raise DataError(f"{path}: is {sizes[0]} pixels, and {labels[0].name} {sizes[1]}")
    instance_ids = given.astype(np.uint16)
    classes = np.arange(_INSTANCE_IDS)
    classes = np.where(classes >= 1000, classes // 1000, classes).astype(np.uint16)
    differs = cv2.LUT(instance_ids, classes) != ids
    if differs.any():
        y, x = divmod(int(differs.argmax()), differs.shape[1])
        raise DataError(
            f"{path}: {np.count_nonzero(differs)} pixels are of another class than in "
            f"{labels[0].name}, the first at x {x}, y {y}: {instance_ids[y, x]} is no instance "
            f"of id {ids[y, x]}"
        )
    # Numbers of classes without instances, such as sidewalks, mean nothing.
    plain = np.arange(_INSTANCE_IDS, dtype=np.uint16)
    for label in table:
        if 1 <= label.id <= _INSTANCE_IDS // 1000 and not label.has_instances:
            plain[label.id * 1000 : label.id * 1000 + 1000] = label.id
    return cv2.LUT(instance_ids, plain)


def _stop_at_unknown_ids(path: Path, ids: np.ndarray, table: LabelTable) -> None:
    # Exact: one row at a time is converted, not all pixels to 64 bits.
    pixels = np.zeros(256, dtype=np.int64)
    for row in ids:
        pixels += np.bincount(row, minlength=256)
    unknown = [id_ for id_ in np.flatnonzero(pixels).tolist() if id_ not in table.by_id]
    if not unknown:
        return
    listed = ", ".join(f"{id_} in {pixels[id_]} pixels" for id_ in unknown[:MOST_LISTED])
    more = f" and {len(unknown) - MOST_LISTED} more" if len(unknown) > MOST_LISTED else ""
    hint = "; 255 is void in images of trainIds" if VOID_TRAIN_ID in unknown else ""
    raise DataError(
        f"{path}: ids that are not in the label table: {listed}{more}{hint}. Use ids "
        "of the table, or set `labels` in the config to your own table"
    )

"""Every label image of a frame, as lookups in one painting of object numbers.

An image shows one value for each object; `PICTURES` are the images that can be made. Frames with
label images in place of polygons have them, too: see `given_images.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import NamedTuple

import cv2
import numpy as np

from cityscapes.errors import DataError
from cityscapes.ground_truth.paint import FILLS
from cityscapes.ground_truth.polygons import Annotation
from cityscapes.ground_truth.segments import Segment, panoptic_rgb, segments_of_lookup
from cityscapes.labels import MAX_INSTANCES, VOID_TRAIN_ID, LabelTable
from cityscapes.pixel_runs import Changes, changes
from cityscapes.png.write import encode_lookup

# For images of up to so many pixels, changes are kept from kind to kind: at most 130 MB, and
# less than 1 MB for a real frame. For larger ones they are computed again, band by band.
MOST_KEPT = 1 << 22


class Values(NamedTuple):
    """The values of a frame's objects in one kind of image."""

    background: int
    values: np.ndarray  # one per object, in the dtype of the image
    painted: np.ndarray  # bool, one per object: False is not painted


def label_ids(annotation: Annotation, table: LabelTable) -> Values:
    """uint8: the id of each object's class."""
    ids = _ids(annotation)
    return Values(table.background.id, ids.astype(np.uint8), ids >= 0)


def instance_ids(annotation: Annotation, table: LabelTable) -> Values:
    """uint16: id * 1000 + n for the n-th single object of a class with instances, else the id."""
    values = _numbered(annotation, _ids(annotation), void=None)
    return Values(table.background.id, values.astype(np.uint16), values >= 0)


def label_train_ids(annotation: Annotation, table: LabelTable) -> Values:
    """uint8: the trainId of each object's class."""
    # UPSTREAM: a class with a negative *id* is not painted here, whatever its trainId.
    painted = _ids(annotation) >= 0
    return Values(table.background.train_id, _train_ids(annotation).astype(np.uint8), painted)


def instance_train_ids(annotation: Annotation, table: LabelTable) -> Values:
    """uint16: trainId * 1000 + n as in `instance_ids`; objects of trainId 255 are not counted."""
    values = _numbered(annotation, _train_ids(annotation), void=VOID_TRAIN_ID)
    return Values(table.background.train_id, values.astype(np.uint16), values >= 0)


def colors(annotation: Annotation, table: LabelTable) -> Values:
    """int32: the colour of each object's class, its bytes in memory being R, G, B and 255."""
    rgba = np.array([(*label.color, 255) for label in annotation.labels], dtype=np.uint8)
    background = np.array([*table.background.color, 255], dtype=np.uint8).view(np.int32)[0]
    return Values(background, rgba.reshape(-1, 4).view(np.int32)[:, 0], _ids(annotation) >= 0)


class Picture(NamedTuple):
    """One kind of image: the values that it shows, and those values as pixels."""

    values: Callable[[Annotation, LabelTable], Values]
    pixels: Callable[[np.ndarray, LabelTable], np.ndarray]


def as_painted(image: np.ndarray, table: LabelTable) -> np.ndarray:
    return image


def _rgba(image: np.ndarray, table: LabelTable) -> np.ndarray:
    return image.view(np.uint8).reshape(*image.shape, 4)


PICTURES = {
    "labelIds": Picture(label_ids, as_painted),
    "instanceIds": Picture(instance_ids, as_painted),
    "color": Picture(colors, _rgba),
    "labelTrainIds": Picture(label_train_ids, as_painted),
    "instanceTrainIds": Picture(instance_train_ids, as_painted),
    # The pictures of the two variants are the same; the category ids of their JSON differ.
    "panoptic": Picture(instance_ids, panoptic_rgb),
    "panoptic_trainId": Picture(instance_ids, panoptic_rgb),
}


class LabelImages(ABC):
    """The label images of one frame: each is a lookup in a painting of object numbers."""

    def __init__(self, annotation: Annotation, table: LabelTable):
        self._annotation = annotation
        self._table = table
        self._encoded: dict[Picture, bytes] = {}

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return self._annotation.width, self._annotation.height

    def image(self, kind: str | Picture) -> np.ndarray:
        """uint8 or uint16 (height, width[, channels]): one of `PICTURES`, or alike, as released.

        Raises DataError when a class has more objects than instance ids can number, or when the
        polygons are too much work to be painted.

        >>> import json
        >>> from pathlib import Path
        >>> from cityscapes.ground_truth.polygons import parse_annotation
        >>> from cityscapes.labels import read_labels
        >>> table = read_labels(Path("config/labels.csv"))
        >>> car = {"label": "car", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}
        >>> document = {"imgWidth": 3, "imgHeight": 2, "objects": [car]}
        >>> annotation = parse_annotation(json.dumps(document).encode(), table)
        >>> images = FrameImages(annotation, table, fill="released")
        >>> images.image("instanceIds")
        array([[26000, 26000,     0],
               [    0,     0,     0]], dtype=uint16)
        >>> images.image("labelTrainIds")
        array([[ 13,  13, 255],
               [255, 255, 255]], dtype=uint8)
        """
        picture = PICTURES[kind] if isinstance(kind, str) else kind
        lookup, painting = self._lookup(picture.values)
        # OpenCV looks up 8 and 16 bit numbers four times faster than NumPy indexes.
        values = np.zeros(np.iinfo(painting.numbers.dtype).max + 1, dtype=lookup.dtype)
        values[: len(lookup)] = lookup
        return picture.pixels(cv2.LUT(painting.numbers, values), self._table)

    def png(self, kind: str | Picture) -> bytes:
        """Return the PNG file of `image(kind)`, without making the image; errors as there."""
        picture = PICTURES[kind] if isinstance(kind, str) else kind
        if picture not in self._encoded:
            lookup, painting = self._lookup(picture.values)
            pixels = picture.pixels(lookup[np.newaxis], self._table)[0]
            height, width = painting.numbers.shape
            self._encoded[picture] = encode_lookup(pixels, painting.changes(), height, width)
        return self._encoded[picture]

    def segments(self) -> list[Segment]:
        """Return the panoptic segments of the frame, in ascending id; errors as in `image`."""
        lookup, painting = self._lookup(instance_ids)
        return segments_of_lookup(lookup, painting.numbers, painting.changes(), self._table)

    def painted_as(self, values_of: Callable) -> tuple[np.ndarray, np.ndarray, Iterable[Changes]]:
        """Return lookup, numbers and changes of the numbers of the image `lookup[numbers]`.

        `values_of` is one of the functions above; errors as in `image`.
        """
        lookup, painting = self._lookup(values_of)
        return lookup, painting.numbers, painting.changes()

    @abstractmethod
    def _lookup(self, values_of: Callable) -> tuple[np.ndarray, "Painting"]:
        """Return the value of each number in a painting, and that painting."""


class FrameImages(LabelImages):
    """The label images of polygons, painted once for each set of objects that they show."""

    def __init__(self, annotation: Annotation, table: LabelTable, fill: str):
        """`fill` is a name in `cityscapes.ground_truth.paint.FILLS`."""
        super().__init__(annotation, table)
        self._fill = FILLS[fill]
        self._paintings: dict[bytes, Painting] = {}

    def _lookup(self, values_of: Callable) -> tuple[np.ndarray, "Painting"]:
        background, values, painted = values_of(self._annotation, self._table)
        lookup = np.concatenate((np.array([background], dtype=values.dtype), values[painted]))
        return lookup, self._painting(painted)

    def _painting(self, painted: np.ndarray) -> "Painting":
        key = painted.tobytes()
        if key not in self._paintings:
            drawn = self._annotation
            shown = [p for p, seen in zip(drawn.polygons, painted, strict=True) if seen]
            self._paintings[key] = Painting(self._fill(shown, drawn.width, drawn.height))
        return self._paintings[key]


class Painting:
    """A uint8 or uint16 (height, width) image: the number of the object that each pixel shows."""

    def __init__(self, numbers: np.ndarray):
        self.numbers = numbers
        self._kept: list[Changes] | None = None

    def changes(self) -> Iterable[Changes]:
        """Yield the changes of the numbers from row to row."""
        if self.numbers.size > MOST_KEPT:
            return changes(self.numbers)
        if self._kept is None:
            self._kept = list(changes(self.numbers))
        return self._kept


def _ids(annotation: Annotation) -> np.ndarray:
    return np.array([label.id for label in annotation.labels], dtype=np.int64)


def _train_ids(annotation: Annotation) -> np.ndarray:
    return np.array([label.train_id for label in annotation.labels], dtype=np.int64)


def _numbered(annotation: Annotation, classes: np.ndarray, void: int | None) -> np.ndarray:
    """int64, one per object: class * 1000 + n for single objects of classes with instances.

    n counts the objects of each class in order, hidden ones too; not groups, not class `void`.
    """
    values = classes.copy()
    seen: dict[str, int] = {}
    for index, (label, group) in enumerate(zip(annotation.labels, annotation.groups, strict=True)):
        if not label.has_instances or group or classes[index] == void:
            continue
        number = seen.get(label.name, 0)
        if number == MAX_INSTANCES:
            raise DataError(
                f"more than {MAX_INSTANCES} objects of class {label.name!r}: "
                "instance ids hold three digits for the number"
            )
        seen[label.name] = number + 1
        values[index] = values[index] * 1000 + number
    return values

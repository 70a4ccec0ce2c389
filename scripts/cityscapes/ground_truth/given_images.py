"""Every label image of a frame that comes with label images in place of polygons.

What others export (annotation tools, simulators) has `*_labelIds.png`, and `*_instanceIds.png` or
none. All kinds are lookups in these two.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np

from cityscapes.errors import DataError
from cityscapes.ground_truth.images import PICTURES, label_ids
from cityscapes.ground_truth.pixel_runs import Changes, changes
from cityscapes.ground_truth.segments import Segment, segments
from cityscapes.labels import VOID_TRAIN_ID, Label, LabelTable
from cityscapes.png.header import parse_header
from cityscapes.png.labels import parse_grey
from cityscapes.png.write import encode

# An id * 1000 + n in 16 bits; classes beyond have no instances.
_INSTANCE_IDS = 1 << 16
MOST_LISTED = 5


class GivenImages:
    """The label images of one frame, as `cityscapes.ground_truth.images.FrameImages` has them."""

    def __init__(self, ids: np.ndarray, instance_ids: np.ndarray, table: LabelTable):
        """`ids` is uint8 (height, width), `instance_ids` uint16 of the same shape.

        They are as `given_ids` returns them.
        """
        self._label_ids = ids
        self._instance_ids = instance_ids
        self._table = table
        self._labels = {label.id: label for label in table if label.id >= 0}

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self._label_ids.shape
        return width, height

    def image(self, kind: str) -> np.ndarray:
        """One of `PICTURES`: uint8 or uint16 (height, width[, channels]), as if it was painted."""
        if kind == "labelIds":
            shown = self._label_ids
        elif kind == "labelTrainIds":
            train_ids = self._of_label_ids(lambda label: label.train_id, np.uint8)
            shown = cv2.LUT(self._label_ids, train_ids)
        elif kind == "color":
            shown = cv2.LUT(self._label_ids, self._of_label_ids(_rgba, np.int32))
        elif kind == "instanceTrainIds":
            shown = cv2.LUT(self._instance_ids, self._instance_train_ids())
        else:
            shown = self._instance_ids
        return PICTURES[kind].pixels(shown, self._table)

    def png(self, kind: str) -> bytes:
        """The PNG file of `image(kind)`."""
        return encode(self.image(kind))

    def segments(self) -> list[Segment]:
        """The panoptic segments of the frame, in ascending id."""
        return segments(self._instance_ids, self._table)

    def painted_as(self, values_of: Callable) -> tuple[np.ndarray, np.ndarray, Iterable[Changes]]:
        """As `FrameImages.painted_as`, of labelIds or instanceIds."""
        shown = self._label_ids if values_of is label_ids else self._instance_ids
        values = np.flatnonzero(np.bincount(shown.ravel()))
        number_of = np.zeros(np.iinfo(shown.dtype).max + 1, dtype=shown.dtype)
        number_of[values] = np.arange(len(values))
        numbers = cv2.LUT(shown, number_of)
        return values.astype(shown.dtype), numbers, changes(numbers)

    def _of_label_ids(self, value_of: Callable[[Label], int], dtype: type) -> np.ndarray:
        values: np.ndarray = np.zeros(256, dtype=dtype)
        for id_, label in self._labels.items():
            values[id_] = value_of(label)
        return values

    def _instance_train_ids(self) -> np.ndarray:
        """uint16 (65536,): trainId * 1000 + n of id * 1000 + n; 255 alone is void."""
        values = np.full(_INSTANCE_IDS, VOID_TRAIN_ID, dtype=np.uint16)
        for id_, label in self._labels.items():
            values[id_] = label.train_id
            if label.has_instances and label.train_id != VOID_TRAIN_ID:
                values[id_ * 1000 : id_ * 1000 + 1000] = label.train_id * 1000 + np.arange(1000)
        return values


def given_ids(
    table: LabelTable, labels: tuple[Path, bytes], instances: tuple[Path, bytes] | None
) -> tuple[np.ndarray, np.ndarray]:
    """uint8 and uint16 (height, width): ids, and instance ids, of a frame's raw label images.

    Given are path and bytes of each; without instances, those of classes that have some are
    regions without a number, as groups are. Raises DataError where an image is none of this kind,
    shows ids that no class has, or where the two contradict each other.
    """
    ids = parse_grey(*labels, bits=8)
    _stop_at_unknown_ids(labels[0], ids, table)
    if instances is None:
        return ids, ids.astype(np.uint16)
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
    # Numbers of what has no instances, such as sidewalks, mean nothing.
    plain = np.arange(_INSTANCE_IDS, dtype=np.uint16)
    for label in table:
        if 1 <= label.id <= _INSTANCE_IDS // 1000 and not label.has_instances:
            plain[label.id * 1000 : label.id * 1000 + 1000] = label.id
    return ids, cv2.LUT(instance_ids, plain)


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
        f"{path}: ids that no class of the label table has: {listed}{more}{hint}. Right are the "
        "ids of the table; `labels` in the config names one of your own"
    )


def _rgba(label: Label) -> int:
    return int(np.array([*label.color, 255], dtype=np.uint8).view(np.int32)[0])

"""Comparison of two label images of a frame: differing pixels, by pair of classes."""

from typing import NamedTuple

import numpy as np

from cityscapes.edits.changes import Change, changed_classes
from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import Annotation
from cityscapes.labels import LabelTable


class Difference(NamedTuple):
    """The difference between the label images of the dataset and of the edit."""

    mask: np.ndarray  # uint8 (height, width): 1 where they differ
    changes: list[Change]  # by pair of classes, most pixels first

    @property
    def pixels(self) -> int:
        """Return the number of differing pixels."""
        return sum(pixels for *_, pixels in self.changes)


def difference(before: np.ndarray, now: np.ndarray) -> Difference:
    """Compare two uint8 (height, width) images of label ids."""
    return Difference((before != now).view(np.uint8), changed_classes(before, now))


def label_image(
    annotation: Annotation | None, size: tuple[int, int], table: LabelTable, fill: str
):
    """uint8 (height, width): the labelIds of a frame; the background without an annotation.

    `size` is width and height without an annotation. Raises DataError as the workflow does.
    """
    if annotation is None:
        width, height = size
        return np.full((height, width), table.background.id, dtype=np.uint8)
    return FrameImages(annotation, table, fill).image("labelIds")

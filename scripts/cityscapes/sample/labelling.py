"""Label images of drawn objects, as in the packages, by the project's own painter."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cityscapes.ground_truth.images import FrameImages, instance_ids
from cityscapes.ground_truth.paint import released
from cityscapes.ground_truth.polygons import Annotation
from cityscapes.labels import LabelTable
from cityscapes.sample.annotation import Drawn
from cityscapes.sample.camera import Camera

# The kinds of label images that come with the polygons, in the order of their file names.
IMAGES = ("color", "instanceIds", "labelIds")


class Labelled:
    """The annotation of a frame and its label images."""

    def __init__(self, drawn: list[Drawn], camera: Camera, table: LabelTable):
        self.drawn = [drawing for drawing in drawn if not drawing.deleted]
        named = [table.named(drawing.label) for drawing in self.drawn]
        labels, groups = [label for label, _ in named], [group for _, group in named]
        polygons = [drawing.polygon.astype(float) for drawing in self.drawn]
        self._annotation = Annotation(camera.width, camera.height, labels, groups, polygons)
        self._images = FrameImages(self._annotation, table, "released")
        self._instances = instance_ids(self._annotation, table)

    def image(self, kind: str) -> np.ndarray:
        """uint8 or uint16 (height, width[, 4]): one of `IMAGES`."""
        return self._images.image(kind)

    @cached_property
    def visible(self) -> list["Visible"]:
        """Return the visible part of each object that has an instance id."""
        painted = np.flatnonzero(self._instances.painted)
        polygons = [self._annotation.polygons[k] for k in painted]
        numbers = released(polygons, self._annotation.width, self._annotation.height)
        found = []
        for number, index in enumerate(painted, start=1):
            first, last = _window(polygons[number - 1], numbers.shape)
            mask = numbers[first[1] : last[1] + 1, first[0] : last[0] + 1] == number
            columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
            if len(columns):
                extent = np.array([(columns[0], rows[0]), (columns[-1], rows[-1])]) + first
                value = int(self._instances.values[index])
                pixels = int(np.count_nonzero(mask))
                found.append(Visible(self.drawn[index], value, extent, pixels))
        return found


@dataclass(frozen=True)
class Visible:
    """An object with at least one visible pixel."""

    drawn: Drawn
    instance_id: int
    extent: np.ndarray  # int64 (2, 2): first and last visible pixel x, y
    pixels: int


def _window(polygon: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """int (2, 2): first and last pixel x, y that the polygon can cover inside the image."""
    corner = np.array([shape[1] - 1, shape[0] - 1])
    ends = [polygon.min(axis=0) - 1, polygon.max(axis=0) + 1]
    return np.clip(np.array(ends).astype(np.int64), 0, corner)

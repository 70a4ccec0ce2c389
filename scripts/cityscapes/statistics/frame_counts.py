"""The statistics of one frame: counts and sizes that can be summed over frames.

They are computed from the painting that the label images are made from; no image is read again.
"""

import base64
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cityscapes.ground_truth.images import LabelImages, instance_ids, label_ids
from cityscapes.ground_truth.polygons import Annotation
from cityscapes.labels import FIRST_INSTANCE
from cityscapes.pixel_runs import Changes

# Grid of points whose classes are counted for the maps of class positions.
ROWS, COLUMNS = 32, 64


@dataclass(frozen=True)
class FrameCounts:
    """One frame; classes are ids of the label table, that of the licence plates (-1) included."""

    width: int
    height: int
    pixels: dict[int, int]  # class -> pixels of labelIds
    objects: dict[int, int]  # class -> annotated single objects, hidden ones too
    groups: dict[int, int]  # class -> annotated groups of objects
    sizes: dict[int, list[int]]  # class -> visible pixels of each instance, in order of numbers
    grid: np.ndarray = field(compare=False)  # uint8 (ROWS, COLUMNS): labelIds at the points

    def as_value(self) -> dict[str, Any]:
        """Return the counts as the manifest keeps them: short, for tens of thousands of frames."""
        return {
            "size": [self.width, self.height],
            "pixels": _pairs(self.pixels),
            "objects": _pairs(self.objects),
            "groups": _pairs(self.groups),
            "sizes": _pairs(self.sizes),
            "grid": base64.b64encode(zlib.compress(self.grid.tobytes(), 9)).decode(),
        }

    @classmethod
    def of_value(cls, value: dict[str, Any]) -> "FrameCounts":
        """Read the counts from the manifest's value."""
        grid = np.frombuffer(zlib.decompress(base64.b64decode(value["grid"])), dtype=np.uint8)
        width, height = value["size"]
        return cls(
            width,
            height,
            pixels=dict(value["pixels"]),
            objects=dict(value["objects"]),
            groups=dict(value["groups"]),
            sizes=dict(value["sizes"]),
            grid=grid.reshape(ROWS, COLUMNS),
        )


def count_frame(annotation: Annotation | None, images: LabelImages) -> FrameCounts:
    """Count a frame, from its annotation and the painting of that.

    Without annotation, from its label images: objects are then the instances that are seen, and
    groups are not counted. DataError if the frame cannot be painted.
    """
    ids, numbers, bands = images.painted_as(label_ids)
    areas = object_areas(len(ids), numbers, bands)
    pixels = np.bincount(ids, areas)
    sizes = _instance_sizes(images, numbers, areas)
    drawn = (
        Counter((id_, False) for id_, listed in sizes.items() for _ in listed)
        if annotation is None
        else Counter(
            (label.id, bool(group))
            for label, group in zip(annotation.labels, annotation.groups, strict=True)
        )
    )
    return FrameCounts(
        *images.size,
        {id_: int(pixels[id_]) for id_ in np.flatnonzero(pixels).tolist()},
        {id_: number for (id_, group), number in drawn.items() if not group},
        {id_: number for (id_, group), number in drawn.items() if group},
        sizes,
        ids[numbers[_points(len(numbers), ROWS)][:, _points(numbers.shape[1], COLUMNS)]],
    )


def _instance_sizes(
    images: LabelImages, numbers: np.ndarray, areas: np.ndarray
) -> dict[int, list[int]]:
    """Map classes to visible pixels of each instance, in order of numbers."""
    instances, shown, bands = images.painted_as(instance_ids)
    if shown is not numbers:  # of polygons, the same objects are painted
        areas = object_areas(len(instances), shown, bands)
    sizes: dict[int, list[int]] = defaultdict(list)
    for number in np.flatnonzero((instances >= FIRST_INSTANCE) & (areas > 0)).tolist():
        sizes[int(instances[number]) // FIRST_INSTANCE].append(int(areas[number]))
    return dict(sizes)


def object_areas(objects: int, numbers: np.ndarray, bands: Iterable[Changes]) -> np.ndarray:
    """int64 (objects,): the pixels of each object number.

    `numbers` is uint8 or uint16 (height, width), with values below `objects`; `bands` are its
    changes. What begins in row y is one pixel in each row from there on, until it ends.
    """
    areas = np.zeros(objects, dtype=np.int64)
    for band in bands:
        rows_below = len(numbers) - band.row
        ended = band.above >= 0
        change = np.bincount(band.now, rows_below, objects) - np.bincount(
            band.above[ended], rows_below[ended], objects
        )
        areas += change.astype(np.int64)  # exact below 2**53
    return areas


def _points(pixels: int, points: int) -> np.ndarray:
    """int64 (points,): the pixels in the middle of equal parts of a row or column."""
    return (2 * np.arange(points) + 1) * pixels // (2 * points)


def _pairs(counts: dict[int, Any]) -> list[list]:
    return [[id_, counts[id_]] for id_ in sorted(counts)]

"""Preview of a frame: the workflow's painter applied to objects that are not saved yet."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np

from cityscapes.errors import DataError, short
from cityscapes.ground_truth.paint import FILLS
from cityscapes.ground_truth.polygons import PolygonRules, TooFewPoints, polygon_points
from cityscapes.labels import LabelTable

# float64 (n, 2) to be painted; None for what shows nothing; a text that says what is wrong.
Shape = np.ndarray | None | str


class Painted(NamedTuple):
    """A painted list of objects."""

    numbers: np.ndarray  # uint16 (height, width): 1 + place in the list; 0: no object
    pixels: list[int]  # that show each object


def shape_of(value: Any, table: LabelTable, rules: PolygonRules) -> Shape:
    """Return the painted shape of an object of a file; one that cannot be read shows nothing."""
    if not isinstance(value, dict):
        return f"it is {short(value)}, not an object with label and polygon"
    if value.get("deleted"):
        return None
    name = value.get("label")
    try:
        label, _ = table.named(name if isinstance(name, str) else "")
    except KeyError:
        return f"label {short(name)} is not in the label table"
    try:
        polygon = polygon_points(value.get("polygon"), label.name)
    except TooFewPoints as error:
        return None if rules.skip_degenerate else str(error)
    except DataError as error:
        return str(error)
    return polygon if label.id >= 0 else None


def paint(shapes: Sequence[Shape], width: int, height: int, fill: str) -> Painted:
    """Paint the objects, later ones over earlier ones; pixels are those of labelIds.

    Raises DataError if that is too much work.
    """
    places = [k for k, shape in enumerate(shapes) if isinstance(shape, np.ndarray)]
    painting = FILLS[fill]([shapes[k] for k in places], width, height)
    counts = np.bincount(painting.ravel(), minlength=len(places) + 1)[1:].tolist()
    lookup = np.zeros(np.iinfo(painting.dtype).max + 1, dtype=np.uint16)
    lookup[1 : len(places) + 1] = np.array(places, dtype=np.int64) + 1
    pixels = [0] * len(shapes)
    for place, count in zip(places, counts, strict=True):
        pixels[place] = count
    return Painted(cv2.LUT(painting, lookup), pixels)


def problems_of(shapes: Iterable[Shape]) -> list[dict[str, Any]]:
    """Return the entries that cannot be painted, each with its error."""
    return [
        {"entry": k, "error": shape} for k, shape in enumerate(shapes) if isinstance(shape, str)
    ]

"""Reading `*_polygons.json`: the annotation of one frame, checked before it is painted."""

import json
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from cityscapes.errors import DataError, short
from cityscapes.labels import Label, LabelTable
from cityscapes.png.size import MAX_PIXELS, MAX_SIDE

# ASSUME: no camera is larger than this, and no annotation: the largest of 110 released ones has
# 0.3 MB. It bounds the memory that a damaged file can ask for.
MAX_BYTES = 1 << 23
# ASSUME: objects reach out of the image by a few pixels, never by a hundred thousand.
MAX_COORDINATE = 100_000
# The painter numbers objects in 16 bits.
MAX_OBJECTS = (1 << 16) - 1


@dataclass(frozen=True)
class Annotation:
    """What was drawn on one frame, in painting order, without the deleted objects."""

    width: int
    height: int
    labels: list  # of Label, one an object
    groups: list  # of bool: the object is a group ("cargroup")
    polygons: list  # of float64 (n >= 3, 2) arrays: x, y in pixels


def read_annotation(path: Path) -> bytes:
    """The bytes of a `*_polygons.json` file; DataError where they cannot be read, or are too many.

    The size is known before anything is read.
    """
    try:
        _check_bytes(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}") from None


def parse_annotation(text: bytes, table: LabelTable) -> Annotation:
    """The annotation in the bytes of a `*_polygons.json` file.

    Raises DataError that lists everything wrong in the file, with the index of the object (from
    0, as in the file's list). Source: format and order of checks of the reference's Annotation.
    """
    document = read_document(text)
    width, height = image_size(document)
    objects = listed_objects(document)
    found, problems = [], []
    for index, drawn in enumerate(objects):
        try:
            found.append(_object(drawn, table))
        except DataError as error:
            problems.append(f"object {index}: {error}")
    if problems:
        raise DataError("; ".join(problems))
    labels, groups, polygons = zip(*filter(None, found), strict=True) if any(found) else ((),) * 3
    return Annotation(width, height, list(labels), list(groups), list(polygons))


def read_document(text: bytes) -> dict:
    """The JSON object in the bytes of an annotation file; DataError where there is none."""
    if not text.strip():
        raise DataError("the file is empty")
    _check_bytes(len(text))
    try:
        document = json.loads(text)
    except UnicodeDecodeError as error:
        raise DataError(f"not a text file: {error.reason} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise DataError(
            f"not JSON: {error.msg} at line {error.lineno} column {error.colno} "
            f"({len(text)} bytes; is the file truncated?)"
        ) from None
    except RecursionError:
        raise DataError("not an annotation: JSON nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise DataError(f"not an annotation: {error}") from None
    if not isinstance(document, dict):
        raise DataError(f"the file holds {short(document)}, not an object with imgWidth, objects")
    return document


def _check_bytes(size: int) -> None:
    if size > MAX_BYTES:
        raise DataError(f"the file has {size:,} bytes, at most {MAX_BYTES:,} are read")


def image_size(document: dict) -> tuple[int, int]:
    """imgWidth and imgHeight of an annotation; DataError where no image can have them."""
    for key in ("imgWidth", "imgHeight"):
        side = document.get(key)
        if type(side) is not int or not 1 <= side <= MAX_SIDE:
            raise DataError(f"{key} is {short(side)}, not a whole number from 1 to {MAX_SIDE}")
    width, height = document["imgWidth"], document["imgHeight"]
    if width * height > MAX_PIXELS:
        raise DataError(
            f"the image is {width} x {height}: {width * height:,} pixels, at most {MAX_PIXELS:,}"
        )
    return width, height


def listed_objects(document: dict) -> list:
    """The objects of an annotation, unchecked; DataError where they are no list, or too many."""
    objects = document.get("objects")
    if not isinstance(objects, list):
        raise DataError(f"objects is {short(objects)}, not a list")
    if len(objects) > MAX_OBJECTS:
        raise DataError(f"{len(objects)} objects, at most {MAX_OBJECTS} can be numbered")
    return objects


def _object(drawn: Any, table: LabelTable) -> tuple[Label, bool, np.ndarray] | None:
    """Class, whether it is a group, and points of an object; None for a deleted one."""
    if not isinstance(drawn, dict):
        raise DataError(f"it is {short(drawn)}, not an object with label and polygon")
    if drawn.get("deleted"):
        return None
    name = drawn.get("label")
    if not isinstance(name, str):
        raise DataError(f"label is {short(name)}, not a text")
    try:
        label, group = table.named(name)
    except KeyError:
        raise DataError(f"label {name!r} is not in the label table") from None
    return label, group, polygon_points(drawn.get("polygon"), name)


def polygon_points(polygon: Any, name: str) -> np.ndarray:
    """float64 (n >= 3, 2): the points of one polygon, x and y; DataError where it has none.

    `name` is the object's label, for the message.
    """
    if not isinstance(polygon, list):
        raise DataError(f"{name}: polygon is {short(polygon)}, not a list of points")
    if len(polygon) < 3:
        raise DataError(f"{name}: polygon has {len(polygon)} points, at least 3 are needed")
    try:
        flat = list(chain.from_iterable(polygon))
        even = set(map(len, polygon)) == {2}
    except TypeError:
        even = False
    if not even or not {*map(type, flat)} <= {int, float}:
        for index, point in enumerate(polygon):
            if not _is_point(point):
                raise DataError(f"{name}: point {index} is {short(point)}, not [x, y] in numbers")
    if not all(-MAX_COORDINATE <= x <= MAX_COORDINATE for x in flat):
        for index, point in enumerate(polygon):
            if not all(-MAX_COORDINATE <= x <= MAX_COORDINATE for x in point):
                raise DataError(
                    f"{name}: point {index} is {short(point)}, "
                    f"beyond {MAX_COORDINATE:,} pixels or not a number"
                )
    return np.array(flat, dtype=np.float64).reshape(-1, 2)


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, list) and len(point) == 2 and all(type(x) in (int, float) for x in point)
    )

"""Reading `*_polygons.json`: the annotation of one frame, checked before it is painted."""

from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from cityscapes.errors import DataError, short
from cityscapes.files.json_document import MOST_OF_A_FRAME, parse_document
from cityscapes.labels import Label, LabelTable
from cityscapes.png.size import MAX_PIXELS, MAX_SIDE

MB = 1_000_000
# Lists and objects take some 200 bytes each, however few are theirs in the file; a point that is
# written as "[1034, 512], " is one in 13.
MOST_NESTED_PER_MB = 80_000
# ASSUME: objects reach out of the image by a few pixels, never by a hundred thousand.
MAX_COORDINATE = 100_000
# The painter numbers objects in 16 bits.
MAX_OBJECTS = (1 << 16) - 1


@dataclass(frozen=True)
class Annotation:
    """The objects drawn on one frame, in painting order, without deleted ones."""

    width: int
    height: int
    labels: list  # of Label, one per object
    groups: list  # of bool: the object is a group ("cargroup")
    polygons: list  # of float64 (n >= 3, 2) arrays: x, y in pixels
    left_out: tuple[str, ...] = ()  # a line for each object that was left out as configured


@dataclass(frozen=True)
class PolygonRules:
    """How polygon files are read, from the config."""

    skip_degenerate: bool = False  # leave out objects of fewer than three points
    max_mb: float = MOST_OF_A_FRAME / MB  # of a file; it bounds the memory that one can ask for


DEFAULT_RULES = PolygonRules()


def parse_annotation(
    text: bytes, table: LabelTable, rules: PolygonRules = DEFAULT_RULES
) -> Annotation:
    """Parse the annotation in the bytes of a `*_polygons.json` file.

    Raises DataError that lists everything wrong in the file, with the index of the object (from
    0, as in the file's list). Source: format and order of checks of the reference's Annotation.
    """
    document = read_document(text, rules)
    width, height = image_size(document)
    objects = listed_objects(document)
    found: list[tuple[Label, bool, np.ndarray]] = []
    problems: list[str] = []
    left_out: list[str] = []
    for index, drawn in enumerate(objects):
        try:
            found += _object(drawn, table)
        except TooFewPoints as error:
            (left_out if rules.skip_degenerate else problems).append(f"object {index}: {error}")
        except DataError as error:
            problems.append(f"object {index}: {error}")
    if problems:
        few = any("at least 3 are needed" in problem for problem in problems)
        advice = "`degenerate: skip` in the config leaves such objects out"
        raise DataError("; ".join([*problems, advice] if few else problems))
    labels, groups, polygons = map(list, zip(*found, strict=True)) if found else ([], [], [])
    return Annotation(width, height, labels, groups, polygons, tuple(left_out))


class TooFewPoints(DataError):
    """An object has no area: its polygon has fewer than three points."""


def read_document(text: bytes, rules: PolygonRules = DEFAULT_RULES) -> dict:
    """Parse the bytes of an annotation file as a JSON object; raise DataError if they are none."""
    if len(text) > rules.max_mb * MB:
        raise DataError(
            f"the file has {len(text):,} bytes, more than the {rules.max_mb:g} MB that are read; "
            "`max_polygons_mb` in the config allows more"
        )
    nested = text.count(b"[") + text.count(b"{")
    if nested > rules.max_mb * MOST_NESTED_PER_MB:
        raise DataError(
            f"the file has {nested:,} lists and objects, more than the "
            f"{rules.max_mb * MOST_NESTED_PER_MB:,.0f} that are read; `max_polygons_mb` in the "
            "config allows more"
        )
    document = parse_document(text, len(text))
    if not isinstance(document, dict):
        raise DataError(f"the file holds {short(document)}, not an object with imgWidth, objects")
    return document


def image_size(document: dict) -> tuple[int, int]:
    """Return imgWidth and imgHeight of an annotation; raise DataError if they are impossible.

    Some programs write 2048.0 or "2048".
    """
    width, height = (_side(document, key) for key in ("imgWidth", "imgHeight"))
    if width * height > MAX_PIXELS:
        raise DataError(
            f"the image is {width} x {height}: {width * height:,} pixels, at most {MAX_PIXELS:,}"
        )
    return width, height


def _side(document: dict, key: str) -> int:
    side = document.get(key)
    number = side
    if isinstance(side, str) and side.isascii() and side.isdigit() and len(side) < 10:
        number = int(side)
    elif isinstance(side, float) and side.is_integer():
        number = int(side)
    if type(number) is not int or not 1 <= number <= MAX_SIDE:
        raise DataError(f"{key} is {short(side)}, not a whole number from 1 to {MAX_SIDE}")
    return number


def listed_objects(document: dict) -> list:
    """Return the objects of an annotation, unchecked; DataError if not a list, or too many."""
    objects = document.get("objects")
    if not isinstance(objects, list):
        raise DataError(f"objects is {short(objects)}, not a list")
    if len(objects) > MAX_OBJECTS:
        raise DataError(f"{len(objects)} objects, at most {MAX_OBJECTS} can be numbered")
    return objects


def _object(drawn: Any, table: LabelTable) -> list[tuple[Label, bool, np.ndarray]]:
    """Return class, whether it is a group, and points of an object; empty for a deleted one."""
    if not isinstance(drawn, dict):
        raise DataError(f"it is {short(drawn)}, not an object with label and polygon")
    if drawn.get("deleted"):
        return []
    name = drawn.get("label")
    if not isinstance(name, str):
        raise DataError(f"label is {short(name)}, not a text")
    try:
        label, group = table.named(name)
    except KeyError:
        raise DataError(f"label {name!r} is not in the label table") from None
    return [(label, group, polygon_points(drawn.get("polygon"), name))]


def polygon_points(polygon: Any, name: str) -> np.ndarray:
    """float64 (n >= 3, 2): the points of one polygon, x and y; DataError if they are wrong.

    `name` is the object's label, for the message.

    >>> polygon_points([[0, 0], [4, 0], [4, 2]], "car").tolist()
    [[0.0, 0.0], [4.0, 0.0], [4.0, 2.0]]
    >>> polygon_points([[0, 0], [4, 0]], "car")
    Traceback (most recent call last):
    cityscapes.ground_truth.polygons.TooFewPoints: car: polygon has 2 points, at least 3 are needed
    """
    if not isinstance(polygon, list):
        raise DataError(f"{name}: polygon is {short(polygon)}, not a list of points")
    if len(polygon) < 3:
        raise TooFewPoints(f"{name}: polygon has {len(polygon)} points, at least 3 are needed")
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

"""Reading the objects of files of boxes: people (CityPersons) and vehicles (3-D)."""

from typing import Any, NamedTuple

from cityscapes.checks.wording import shown_name
from cityscapes.errors import DataError, short

# Ids from here on name single objects; lower ones are of groups, regions to ignore, or none.
IGNORED = "ignore"
# ASSUME: no number of a box, in pixels or metres, comes near this; beyond it sums overflow.
LARGEST = 1e9


class Box(NamedTuple):
    """One object of a file; boxes are [x, y, width, height] in pixels."""

    label: str
    full: list
    visible: list  # all 0 if nothing of the object is visible
    instance: int = -1
    rotation: list | None = None  # a quaternion


def listed(document: dict, key: str) -> list:
    """Return the list at a key; raise DataError if it is none."""
    # Only regions to ignore may be missing.
    listed = document.get(key, [] if key == IGNORED else None)
    if not isinstance(listed, list):
        raise DataError(f"{key} is {short(listed)}, not a list")
    return listed


def read_person(drawn: Any) -> Box:
    """Read a person of a CityPersons file; raise DataError if it is wrong."""
    return Box(
        _text(drawn, "label"),
        _full(drawn, "bbox"),
        _visible(drawn, "bboxVis"),
        _instance(drawn),
    )


def read_vehicle(drawn: Any) -> Box:
    """Read a vehicle of a 3-D file; raise DataError if it is wrong."""
    flat, solid = value_of(drawn, "2d"), value_of(drawn, "3d")
    full = _full(flat, "amodal")
    numbers(solid, "center", 3)
    lengths = numbers(solid, "dimensions", 3)
    if min(lengths) <= 0:
        raise DataError(f"dimensions is {short(lengths)}: all must be above 0")
    number(drawn, "score")
    return Box(
        _text(drawn, "label"),
        full,
        _visible(flat, "modal") if "modal" in flat else full,
        _instance(drawn),
        numbers(solid, "rotation", 4),
    )


def read_region(drawn: Any) -> Box:
    """Read a region to ignore of a 3-D file; raise DataError if it is wrong."""
    box = _full(drawn, "2d")
    return Box(IGNORED, box, box)


def value_of(drawn: Any, key: str) -> Any:
    """Return the value at a key of an object; raise DataError for other values."""
    if not isinstance(drawn, dict):
        raise DataError(f"it is {short(drawn)}, not an object with {key}")
    return drawn.get(key)


def _text(drawn: Any, key: str) -> str:
    value = value_of(drawn, key)
    if not isinstance(value, str):
        raise DataError(f"{key} is {short(value)}, not a text")
    return shown_name(value)


def _instance(drawn: Any) -> int:
    value = value_of(drawn, "instanceId")
    if value is None:  # UPSTREAM: the reference reads files without it
        return -1
    if type(value) is not int:
        raise DataError(f"instanceId is {short(value)}, not a whole number")
    return value


def number(drawn: Any, key: str) -> float:
    """Return the number at a key; raise DataError if it is none."""
    value = value_of(drawn, key)
    if not _is_number(value):
        raise DataError(f"{key} is {short(value)}, not a number")
    return value


def numbers(drawn: Any, key: str, count: int) -> list:
    """Return the `count` numbers at a key; raise DataError if they are not."""
    value = value_of(drawn, key)
    if not isinstance(value, list) or len(value) != count or not all(map(_is_number, value)):
        raise DataError(f"{key} is {short(value)}, not a list of {count} numbers")
    return value


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= LARGEST


def _full(drawn: Any, key: str) -> list:
    box = numbers(drawn, key, 4)
    # ASSUME: annotated boxes are not empty, as in the released CityPersons files.
    if min(box[2:]) <= 0:
        raise DataError(f"{key} is {short(box)}: its width and height must be above 0")
    return box


def _visible(drawn: Any, key: str) -> list:
    box = numbers(drawn, key, 4)
    # Released groups have [0, 0, 0, 0].
    if min(box[2:]) < 0:
        raise DataError(f"{key} is {short(box)}: its width and height must not be below 0")
    return box

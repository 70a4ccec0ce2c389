"""Finite numbers in JSON files of boxes, or an error message."""

from typing import Any

from cityscapes.errors import DataError, short

# ASSUME: no number of a box, in pixels or metres, comes near this; beyond it squares overflow.
LARGEST = 1e9


def finite_number(value: Any, key: str) -> float:
    """Return a number of a box; DataError if it is missing, a text, NaN, infinite or above 1e9."""
    # Not bool, which is an int to isinstance.
    if type(value) not in (float, int) or not -LARGEST <= value <= LARGEST:
        raise DataError(f"{key} is {short(value)}, not a finite number")
    return float(value)


def finite_numbers(value: Any, key: str, count: int) -> list[float]:
    """Return a list of `count` numbers; DataError as `finite_number`."""
    if type(value) is not list or len(value) != count:
        raise DataError(f"{key} is {short(value)}, not a list of {count} numbers")
    for item in value:
        if type(item) not in (float, int) or not -LARGEST <= item <= LARGEST:
            raise DataError(f"{key} is {short(value)}: {short(item)} is not a finite number")
    return value

"""The list of packages that the site offers to an account."""

import json
import math
import re
from typing import NamedTuple

from cityscapes.errors import DataError
from cityscapes.packages.answers import shown, whole_number

UNITS = {"B": 1.0, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}


class Listed(NamedTuple):
    """A package that the account may download."""

    name: str
    id: str
    size: str  # for people, such as 241MB
    third_party: bool

    @property
    def bytes(self) -> float | None:
        """Return the size as a number, as exact as the site gives it; None if unknown."""
        match = re.fullmatch(r"([0-9.]+) ?([KMGT]?B)", self.size.strip().upper())
        try:
            size = float(match[1]) * UNITS[match[2]] if match else math.inf
        except ValueError:
            return None
        return size if math.isfinite(size) else None


def read_list(document: str, url: str) -> list[Listed]:
    """Parse the site's JSON list of packages; raise DataError if its format is unknown."""
    try:
        return [
            Listed(
                shown(_text_of(entry["name"])),
                str(_number_of(entry["packageID"])),
                shown(_text_of(entry["size"])),
                str(entry["thirdparty"]) == "1",
            )
            for entry in json.loads(document)
        ]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise DataError(f"{url}: its list of packages has an unknown format") from None


def _text_of(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number_of(value: object) -> int:
    # It becomes part of an address.
    if (number := whole_number(str(value))) is None:
        raise ValueError
    return number

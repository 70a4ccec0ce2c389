"""A polygon file parsed without loss: each object keeps its text.

Official files write floats, one number a line, or whatever their program did. An object that
nobody touched is written back byte for byte; what is new or changed stands on one line.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cityscapes.files.json_document import MARK
from cityscapes.ground_truth.polygons import (
    DEFAULT_RULES,
    PolygonRules,
    image_size,
    listed_objects,
    read_document,
)

_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r"[ \t\n\r]*")
# JSON has line breaks between values only, never within a string.
_LINE_BREAK = re.compile(r"[ \t]*[\n\r][ \t\n\r]*")


@dataclass(frozen=True)
class Document:
    """A polygon file: its size, its objects with their texts, and its other content."""

    width: int
    height: int
    objects: tuple[Any, ...]  # the values, as JSON has them
    texts: tuple[str, ...]  # of each object, as it is written
    others: tuple[tuple[str, str], ...]  # key and text of all but `objects`, in their order

    def data(self) -> bytes:
        """Return the bytes of the file: an object per line."""
        heads = [f"{json.dumps(key)}: {text}" for key, text in self.others]
        lines = ",\n".join(self.texts)
        listed = f"[\n{lines}\n]" if lines else "[]"
        return ("{" + ", ".join([*heads, f'"objects": {listed}']) + "}\n").encode()


def empty(width: int, height: int) -> Document:
    """Return the document of a frame on which nothing is drawn yet."""
    sides = (("imgHeight", str(height)), ("imgWidth", str(width)))
    return Document(width, height, (), (), sides)


def parse(data: bytes, rules: PolygonRules = DEFAULT_RULES) -> Document:
    """Parse the bytes of a `*_polygons.json` file; objects are not checked.

    Raises DataError if there is no JSON, no size or no list of objects.
    """
    document = read_document(data, rules)
    width, height = image_size(document)
    objects = listed_objects(document)
    text = data.removeprefix(MARK).decode()
    members = dict(members_of(text))
    found = list(_elements(text, members["objects"][0]))
    return Document(
        width,
        height,
        tuple(objects),
        tuple(text[start:end] for start, end in found),
        tuple((key, text[start:end]) for key, (start, end) in members.items() if key != "objects"),
    )


def members_of(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield key, and start and end of the value, of each member of a valid JSON object."""
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        yield key, (start, end)
        at = _after_comma(text, end)


def on_one_line(text: str) -> str:
    """Return the same JSON value without line breaks."""
    return _LINE_BREAK.sub(" ", text)


def _elements(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each element of the JSON list that begins at an index."""
    at = _skip(text, at + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        yield at, end
        at = _after_comma(text, end)


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    assert found
    return found.end()


def _after_comma(text: str, at: int) -> int:
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at

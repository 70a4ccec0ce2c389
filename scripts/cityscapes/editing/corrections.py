"""Correction boxes of a frame: the XML files of the reference's tool, read and written.

Source: reference, cityscapesLabelTool.py (CorrectionBox, save, loadCorrections). It writes the
height of the image as `ncols`; here that is the width.
"""

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

from cityscapes.errors import DataError, short
from cityscapes.files.json_document import refuse_larger
from cityscapes.ground_truth.polygons import MAX_COORDINATE

# 1 to correct, 2 to review, 3 resolved, 4 question.
TYPES = (1, 2, 3, 4)
LONGEST_TEXT = 10_000
MOST_BOXES = 2_000
# ASSUME: no file is larger, in bytes; a box takes some 200.
MOST_BYTES = 4_000_000
MOST_DEPTH = 8

# Characters that XML 1.0 cannot hold. Source: https://www.w3.org/TR/xml/#charsets.
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Correction(NamedTuple):
    """A box around something to be corrected."""

    type: int
    annotation: str
    bbox: tuple[int, int, int, int]  # x, y, width and height in pixels

    def document(self) -> dict[str, Any]:
        """Return the box as a document for the page."""
        return {"type": self.type, "annotation": self.annotation, "bbox": list(self.bbox)}


def parse(data: bytes) -> list[Correction]:
    """Parse the bytes of a file; raise DataError if it is invalid, or has a DTD or entities."""
    refuse_larger(len(data), MOST_BYTES)
    root = _root(data)
    nodes = root.findall("correction")
    if root.tag != "correction" or len(nodes) > MOST_BOXES:
        raise DataError(f"not a file of at most {MOST_BOXES} corrections: <{root.tag[:60]}>")
    return [_correction(node, index) for index, node in enumerate(nodes)]


def data_of(
    corrections: Sequence[Correction], frame: str, city: str, width: int, height: int
) -> bytes:
    """Return the bytes of a file as the reference writes it: ASCII, no XML declaration."""
    root = _element(None, "correction")
    _element(root, "filename", f"{frame}_leftImg8bit.png")
    _element(root, "folder", f"StereoDataset/{city}")
    source = _element(root, "source")
    _element(source, "sourceImage", "Label Cities")
    _element(source, "sourceAnnotation", "mcLabelTool")
    size = _element(root, "imagesize")
    _element(size, "nrows", str(height))
    _element(size, "ncols", str(width))
    for one in corrections:
        node = _element(root, "correction")
        _element(node, "type", str(one.type))
        _element(node, "annotation", one.annotation)
        box = _element(node, "bbox")
        for name, number in zip(("x", "y", "width", "height"), one.bbox, strict=True):
            _element(box, name, str(number))
    return ElementTree.tostring(root, encoding="us-ascii")


def asked(listed: Any) -> list[Correction]:
    """Return the boxes in the body of a request; raise DataError if they are wrong."""
    if not isinstance(listed, list) or len(listed) > MOST_BOXES:
        raise DataError(f"corrections is {short(listed)}, not a list of at most {MOST_BOXES}")
    return [_asked(one, index) for index, one in enumerate(listed)]


def _asked(one: Any, index: int) -> Correction:
    where = f"correction {index}"
    if not isinstance(one, dict):
        raise DataError(f"{where} is {short(one)}, not an object with type, annotation and bbox")
    kind, text, box = (one.get(key) for key in ("type", "annotation", "bbox"))
    if type(kind) is not int or kind not in TYPES:
        raise DataError(f"{where}: type is {short(kind)}, not 1, 2, 3 or 4")
    if not isinstance(text, str):
        raise DataError(f"{where}: annotation is {short(text)}, not a text")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST_TEXT:
        raise DataError(f"{where}: annotation has {len(text):,} characters, at most 10,000")
    if odd := _NOT_XML.search(text):
        raise DataError(f"{where}: annotation holds {short(odd[0])}, which no XML file can hold")
    if not (isinstance(box, list) and len(box) == 4 and {*map(type, box)} == {int}):
        raise DataError(f"{where}: bbox is {short(box)}, not [x, y, width, height] in pixels")
    if not all(-MAX_COORDINATE <= number <= MAX_COORDINATE for number in box) or min(box[2:]) < 0:
        raise DataError(f"{where}: bbox is {short(box)}: too large, or its size is negative")
    x, y, width, height = box
    return Correction(kind, text, (x, y, width, height))


def _correction(node: ElementTree.Element, index: int) -> Correction:
    kind = _number(node, "type", index)
    if kind not in TYPES:
        raise DataError(f"correction {index}: type is {kind}, not 1, 2, 3 or 4")
    box = [_number(node, f"bbox/{name}", index) for name in ("x", "y", "width", "height")]
    text = node.findtext("annotation") or ""
    return Correction(kind, text[:LONGEST_TEXT], (box[0], box[1], box[2], box[3]))


def _number(node: ElementTree.Element, name: str, index: int) -> int:
    """Return a whole number; the reference reads fractions, and writes whole numbers."""
    text = (node.findtext(name) or "").strip()
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not abs(number) <= MAX_COORDINATE:
        raise DataError(f"correction {index}: {name} is {short(text)}, not a number of pixels")
    return round(number)


def _element(parent: ElementTree.Element | None, tag: str, text: str = "\n") -> Any:
    """Return a new element, followed by a line break; its content begins with one, too."""
    node = ElementTree.Element(tag) if parent is None else ElementTree.SubElement(parent, tag)
    node.text, node.tail = text, "\n"
    return node


def _root(data: bytes) -> ElementTree.Element:
    """Return the root of an XML document without DTD, entities and great depth."""
    builder, depth = ElementTree.TreeBuilder(), 0
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise DataError(f"elements lie in each other more than {MOST_DEPTH} deep")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: Any) -> None:
        raise DataError("the file has a DTD or entities, which are not read")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DataError(f"not XML: {error}") from None
    except (ValueError, LookupError) as error:  # an encoding that Python has not
        raise DataError(f"not XML that can be read: {error}") from None
    return builder.close()

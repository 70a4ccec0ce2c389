"""Annotations converted for editing in CVAT and labelme, and back to polygon files."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from cityscapes.errors import DataError, quoted, short
from cityscapes.exports.split import Split
from cityscapes.files.json_document import parse_document
from cityscapes.files.regular import read_file
from cityscapes.ground_truth.frame_files import FrameFiles
from cityscapes.ground_truth.polygons import (
    MAX_OBJECTS,
    Annotation,
    image_size,
    polygon_points,
)
from cityscapes.labels import LabelTable
from cityscapes.layout import Shard, is_city

LABELME_VERSION = "5.5.0"
# Path of an image: its city and its frame.
IMAGE = re.compile(r"(?:.*/)?([^/]+)/([^/]+)_leftImg8bit\.[a-z]+")
# ASSUME: no file of a city in CVAT's format comes near this.
MOST_BYTES = 1 << 28


@dataclass(frozen=True)
class Edited:
    """The objects of a frame as an editing program stores them, the lowest first."""

    city: str
    frame: str
    width: int
    height: int
    objects: list[tuple[str, list[list[float]]]]  # label, points

    def text(self) -> bytes:
        """Return the text of the polygon file."""
        document = {
            "imgHeight": self.height,
            "imgWidth": self.width,
            "objects": [
                {"label": label, "polygon": [[_number(x) for x in point] for point in points]}
                for label, points in self.objects
            ],
        }
        return json.dumps(document, indent=4).encode() + b"\n"


def objects_of(annotation: Annotation) -> list[tuple[str, list[list[float]]]]:
    """Return label (with "group" for a group) and points of each object, the lowest first."""
    return [
        (f"{label.name}group" if group else label.name, points.tolist())
        for label, group, points in zip(
            annotation.labels, annotation.groups, annotation.polygons, strict=True
        )
    ]


def labelme_file(kind: str, files: FrameFiles) -> bytes:
    """Return the labelme file of a frame; its image is named relative to its folder.

    Raises DataError if the frame has label images in place of polygons.
    """
    if not files.has_polygons:
        raise DataError(
            f"{files.frame.name}: has no polygons for labelme: take it out of `exports`"
        )
    annotation = files.images_of(lambda images: files.annotation)
    shard = Shard(*files.path("polygons").parts[-4:-1])
    shapes: list[dict[str, Any]] = [
        {
            "label": label, "points": points, "group_id": None, "description": "",
            "shape_type": "polygon", "flags": {}, "mask": None,
        }
        for label, points in objects_of(annotation)
    ]  # fmt: skip
    document = {
        "version": LABELME_VERSION,
        "flags": {},
        "shapes": shapes,
        "imagePath": f"../../../../../leftImg8bit/{shard.split}/{shard.city}/"
        f"{files.frame.name}_leftImg8bit.png",
        "imageData": None,
        "imageHeight": annotation.height,
        "imageWidth": annotation.width,
    }
    return json.dumps(document).encode()


def labelme_list(split: Split) -> list[Iterator[str]]:
    """Return the labelme files of a split, a line each, relative to the folder of the list."""
    return [(f"{split.name}/{frame.image.removesuffix('.png')}.json\n" for frame in split.frames)]


def cvat_file(
    name: str, frames: Iterable[tuple[str, str, Annotation]], table: LabelTable
) -> bytes:
    """Return a file in "CVAT for images 1.1"; `frames` are city, name and annotation."""
    root = ElementTree.Element("annotations")
    ElementTree.SubElement(root, "version").text = "1.1"
    task = ElementTree.SubElement(ElementTree.SubElement(root, "meta"), "task")
    listed = list(frames)
    for tag, text in (("name", name), ("size", len(listed)), ("mode", "annotation")):
        ElementTree.SubElement(task, tag).text = str(text)
    labels = ElementTree.SubElement(task, "labels")
    groups = {f"{label.name}group" for label in table if label.has_instances}
    for label in sorted({label.name for label in table} | groups):
        entry = ElementTree.SubElement(labels, "label")
        ElementTree.SubElement(entry, "name").text = label
        ElementTree.SubElement(entry, "attributes")
    for number, (city, frame, annotation) in enumerate(listed):
        image = ElementTree.SubElement(
            root, "image", id=str(number), name=f"{city}/{frame}_leftImg8bit.png",
            width=str(annotation.width), height=str(annotation.height),
        )  # fmt: skip
        for order, (label, points) in enumerate(objects_of(annotation)):
            text = ";".join(f"{_number(x)},{_number(y)}" for x, y in points)
            ElementTree.SubElement(
                image, "polygon", label=label, source="manual", occluded="0", points=text,
                z_order=str(order),
            )  # fmt: skip
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def read_edited(path: Path, table: LabelTable) -> Iterator[Edited]:
    """Read the frames in a file of CVAT (XML) or labelme (JSON); DataError lists all problems."""
    data = read_file(path, MOST_BYTES)
    try:
        yield from (_cvat if path.suffix == ".xml" else _labelme)(data, table)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _cvat(data: bytes, table: LabelTable) -> Iterator[Edited]:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise DataError("it declares entities, which no file of CVAT does")
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError) as error:
        raise DataError(f"not XML: {error}") from None
    images = root.findall("image")
    if root.tag != "annotations" or not images:
        raise DataError('no images: export it from CVAT as "CVAT for images 1.1"')
    problems: list[str] = []
    for image in images:
        city, frame = _city_and_frame(image.get("name", ""), problems)
        others = sorted({child.tag for child in image} - {"polygon", "tag"})
        problems += [f"{frame}: {tag}: only polygons can be annotated" for tag in others]
        drawn = [
            (
                int(_float(one.get("z_order", "0"))),
                one.get("label"),
                _points(one.get("points", "")),
            )
            for one in image.findall("polygon")
        ]
        drawn.sort(key=lambda one: one[0])  # CVAT lists polygons in another order
        size = (image.get("width"), image.get("height"))
        yield _edited(city, frame, *size, [one[1:] for one in drawn], table, problems)
    _refuse(problems)


def _labelme(data: bytes, table: LabelTable) -> Iterator[Edited]:
    document = parse_document(data)
    if not isinstance(document, dict) or not isinstance(document.get("shapes"), list):
        raise DataError(f"found {short(document)}, not a file of labelme with shapes")
    problems: list[str] = []
    city, frame = _city_and_frame(str(document.get("imagePath", "")), problems)
    drawn: list[tuple[Any, Any]] = []
    for number, shape in enumerate(document["shapes"]):
        if not isinstance(shape, dict) or shape.get("shape_type", "polygon") != "polygon":
            problems.append(f"{frame}: shape {number}: only polygons can be annotated")
        else:
            drawn.append((shape.get("label"), shape.get("points")))
    size = (document.get("imageWidth"), document.get("imageHeight"))
    yield _edited(city, frame, *size, drawn, table, problems)
    _refuse(problems)


def _edited(
    city: str, frame: str, width: Any, height: Any, drawn: list, table: LabelTable,
    problems: list[str],
) -> Edited:  # fmt: skip
    """Return a frame with its problems added to the known ones."""
    objects = []
    try:
        sides = [int(_float(side)) for side in (width, height)]
        width, height = image_size({"imgWidth": sides[0], "imgHeight": sides[1]})
        if len(drawn) > MAX_OBJECTS:
            raise DataError(f"{len(drawn)} objects, at most {MAX_OBJECTS} can be numbered")
    except DataError as error:
        problems.append(f"{frame}: {error}")
        width = height = 0
    for number, (label, points) in enumerate(drawn):
        try:
            table.named(label)
            objects.append((label, polygon_points(points, label).tolist()))
        except (KeyError, AttributeError, TypeError):
            what = f"label {quoted(label)} is not in the label table"
            problems.append(f"{frame}: object {number}: {what}")
        except DataError as error:
            problems.append(f"{frame}: object {number}: {error}")
    return Edited(city, frame, width, height, objects)


def _city_and_frame(path: str, problems: list[str]) -> tuple[str, str]:
    found = IMAGE.fullmatch(path.replace("\\", "/"))
    if found and is_city(found[1]) and found[1] not in (".", ".."):
        return found[1], found[2]
    problems.append(f"image {quoted(path)}: not named <city>/<frame>_leftImg8bit.png")
    return "", path


def _points(text: str) -> list[list[float]]:
    return [[_float(x) for x in point.split(",")] for point in text.split(";") if point]


def _float(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError, OverflowError):
        raise DataError(f"{quoted(text)} is not a number") from None


def _number(value: float) -> float | int:
    """Format a whole number without a decimal point, as in annotations."""
    return int(value) if float(value).is_integer() else value


def _refuse(problems: list[str]) -> None:
    if problems:
        raise DataError("cannot be taken over:" + "".join(f"\n  {line}" for line in problems))

"""The annotated objects of a frame, painted as in the workflow, for the page to colour."""

from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from cityscapes.errors import DataError
from cityscapes.files.regular import read_file
from cityscapes.ground_truth.images import instance_ids, label_ids
from cityscapes.ground_truth.paint import FILLS
from cityscapes.ground_truth.polygons import (
    DEFAULT_RULES,
    MB,
    Annotation,
    PolygonRules,
    listed_objects,
    parse_annotation,
    polygon_points,
    read_document,
)
from cityscapes.labels import LabelTable


class FrameObjects(NamedTuple):
    """The objects of a polygon file, and the one that each pixel shows."""

    numbers: np.ndarray  # uint16 (height, width): 1 + place in the file's list; 0: no object
    records: list[dict[str, Any]]  # one per object, in the order of the file


def frame_objects(
    path: Path, table: LabelTable, fill: str, rules: PolygonRules = DEFAULT_RULES
) -> FrameObjects:
    """Read the objects of a `*_polygons.json` file; pixels are those of labelIds.

    Objects of classes with a negative id are listed, and not painted, as in the label images.
    Raises DataError, which names the file.
    """
    annotation, listed, places = _read(path, table, rules)
    try:
        instances = instance_ids(annotation, table).values
        painted = label_ids(annotation, table).painted
        shown = [
            polygon for polygon, seen in zip(annotation.polygons, painted, strict=True) if seen
        ]
        painting = FILLS[fill](shown, annotation.width, annotation.height)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    lookup = np.zeros(np.iinfo(painting.dtype).max + 1, dtype=np.uint16)
    lookup[1 : len(shown) + 1] = np.array(places, dtype=np.int64)[painted] + 1
    pixels = np.bincount(painting.ravel(), minlength=len(shown) + 1)[1:]

    records = [_not_held(drawn) for drawn in listed]
    visible = iter(pixels.tolist())
    for k, place in enumerate(places):
        label = annotation.labels[k]
        records[place] = {
            "label": listed[place]["label"],
            "class": label.name,
            "id": label.id,
            "trainId": label.train_id,
            "instance": int(instances[k]) if painted[k] else label.id,
            "group": annotation.groups[k],
            "deleted": False,
            "pixels": next(visible) if painted[k] else 0,
            "polygon": annotation.polygons[k].tolist(),
        }
    return FrameObjects(cv2.LUT(painting, lookup), records)


def objects_at(
    path: Path, table: LabelTable, fill: str, x: int, y: int, rules: PolygonRules = DEFAULT_RULES
) -> list[int]:
    """Return the places in the file's list of the objects that cover a pixel, topmost first.

    Each is painted alone, so that the answer is exact. Raises DataError.
    """
    annotation, _, places = _read(path, table, rules)
    painted = label_ids(annotation, table).painted
    found = []
    for k, polygon in enumerate(annotation.polygons):
        (left, top), (right, bottom) = polygon.min(axis=0), polygon.max(axis=0)
        if not (painted[k] and left - 1 <= x <= right + 1 and top - 1 <= y <= bottom + 1):
            continue
        # The rows below the point are of no interest: those above decide nothing, but are cheap.
        if FILLS[fill]([polygon], annotation.width, y + 1)[y, x]:
            found.append(places[k])
    return found[::-1]


def _read(
    path: Path, table: LabelTable, rules: PolygonRules
) -> tuple[Annotation, list, list[int]]:
    """Read the annotation, all objects of the file, and those that the annotation contains."""
    data = read_file(path, int(rules.max_mb * MB))
    try:
        annotation = parse_annotation(data, table, rules)
        listed = listed_objects(read_document(data, rules))
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return annotation, listed, [k for k, drawn in enumerate(listed) if _is_held(drawn, rules)]


def _is_held(drawn: dict, rules: PolygonRules) -> bool:
    """Return False for an object that is deleted, or left out as degenerate."""
    few = rules.skip_degenerate and len(drawn["polygon"]) < 3
    return not drawn.get("deleted") and not few


def _not_held(drawn: dict) -> dict[str, Any]:
    """Describe an object that is deleted or left out, which nothing has checked."""
    try:
        polygon = polygon_points(drawn.get("polygon"), "").tolist()
    except DataError:
        polygon = []
    return {
        "label": str(drawn.get("label")),
        "class": None,
        "id": None,
        "trainId": None,
        "instance": None,
        "group": False,
        "deleted": True,
        "pixels": 0,
        "polygon": polygon,
    }

"""Boxes of a frame as the page draws them: CityPersons, and 3-D boxes projected to the image."""

from pathlib import Path
from typing import Any

import numpy as np

from cityscapes.checks.validated import parse_validated
from cityscapes.errors import DataError, short
from cityscapes.evaluation.boxes3d.projection import (
    NEAR,
    Camera3d,
    corners_in_sensor,
    corners_in_vehicle,
    parse_camera,
    project,
)
from cityscapes.files.json_document import MOST_OF_A_FRAME, parse_document
from cityscapes.files.regular import read_file

# The corners of each face, in the order of `projection.CORNERS`. Source: reference,
# helpers/box3dImageTransform.py.
FACES = {
    "left": (3, 0, 4, 7), "right": (1, 5, 6, 2), "front": (3, 2, 6, 7),
    "back": (0, 1, 5, 4), "top": (4, 5, 6, 7), "bottom": (0, 1, 2, 3),
}  # fmt: skip


def city_persons(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a `*_gtBboxCityPersons.json` file: label and two [x, y, w, h].

    The first box is the full one, the second the visible one. An unreadable object has
    `problem` instead. Raises DataError.
    """
    return [_tried(_person, drawn) for drawn in _listed(path, _document(path), "objects")]


def boxes3d(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the `objects` of a `*_gtBbox3d.json` file, projected, and its `ignore` regions.

    Of an object: label, modal and amodal [x, y, w, h], depth in m, faces, and an arrow in the
    driving direction. An unreadable object has `problem`. Raises DataError.
    """
    document = _document(path)
    try:
        camera = parse_camera(document.get("sensor"))
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return {
        "objects": [
            _tried(lambda drawn: _vehicle(drawn, camera), drawn)
            for drawn in _listed(path, document, "objects")
        ],
        "ignore": [_tried(_region, drawn) for drawn in document.get("ignore") or []],
    }


def validated(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a `*_gtBboxValidated.json` file, as most annotators labelled them.

    For each: label, its share of the votes, [x, y, w, h], and whether it was added. Raises
    DataError, which lists all objects that are wrong.
    """
    try:
        found = parse_validated(read_file(path, MOST_OF_A_FRAME))
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return [
        {"label": one.label, "share": one.score, "full": [x1, y1, x2 - x1, y2 - y1],
         "added": one.added}
        for one in found
        for x1, y1, x2, y2 in [one.corners]
    ]  # fmt: skip


def corners_seen(solid: dict, camera: Camera3d) -> np.ndarray:
    """float64 (8, 3): the corners of a box, `3d` of a file, in camera coordinates, z forward, m.

    Raises KeyError, TypeError or ValueError if it is not a box.
    """
    center, size, rotation = (
        np.array([solid[key]], dtype=np.float64) for key in ("center", "dimensions", "rotation")
    )
    if (center.shape, size.shape, rotation.shape) != ((1, 3), (1, 3), (1, 4)):
        raise ValueError("not 3, 3 and 4 numbers for center, dimensions and rotation")
    seen = corners_in_sensor(corners_in_vehicle(center, size, rotation), camera)[0]
    if not np.isfinite(seen).all():
        raise ValueError("not finite")
    return seen


def near_cut(outline: np.ndarray) -> np.ndarray:
    """float64 (n, 3): the part of an outline in front of the camera; it may be empty."""
    kept = []
    for a, b in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if a[2] > NEAR:
            kept.append(a)
        if (a[2] > NEAR) != (b[2] > NEAR):
            kept.append(a + (b - a) * (NEAR - a[2]) / (b[2] - a[2]))
    return np.array(kept).reshape(-1, 3)


def projected(solid: dict, camera: Camera3d) -> dict[str, Any]:
    """Return a box, `3d` of a file, in the image: faces, an arrow of its direction, depth in m.

    Raises KeyError, TypeError or ValueError if it is no box.
    """
    seen = corners_seen(solid, camera)
    middle = seen.mean(axis=0)
    faces = []
    for name, places in FACES.items():
        outline = seen[list(places)]
        cut = near_cut(outline)
        center = outline.mean(axis=0)
        if len(cut):
            # A face is visible if the camera, at 0, is on its outer side.
            in_sight = bool((center - middle) @ center < 0)
            faces.append(
                {"name": name, "visible": in_sight, "outline": _rounded(project(cut, camera))}
            )
    arrow = np.array([seen[[1, 3]].mean(axis=0), seen[[2, 3]].mean(axis=0)])
    ahead = bool((arrow[:, 2] > NEAR).all())
    return {
        "depth": float(np.hypot(*np.array(solid["center"], dtype=np.float64)[:2])),
        "faces": faces,
        "arrow": _rounded(project(arrow, camera)) if ahead else [],
    }


def _vehicle(drawn: dict, camera: Camera3d) -> dict[str, Any]:
    shown = projected(drawn["3d"], camera)
    return {
        "label": str(drawn["label"]),
        "modal": _box(drawn["2d"].get("modal", drawn["2d"].get("amodal"))),
        "amodal": _box(drawn["2d"]["amodal"]),
        "instance": drawn.get("instanceId"),
        "occlusion": drawn.get("occlusion"),
        "truncation": drawn.get("truncation"),
        **shown,
    }


def _person(drawn: dict) -> dict[str, Any]:
    return {
        "label": str(drawn["label"]),
        "full": _box(drawn["bbox"]),
        "visible": _box(drawn["bboxVis"]),
        "instance": drawn.get("instanceId"),
    }


def _region(drawn: dict) -> dict[str, Any]:
    return {"label": str(drawn.get("label", "ignore")), "full": _box(drawn["2d"])}


def _box(value: Any) -> list[float]:
    x, y, width, height = map(float, value)
    if not np.isfinite([x, y, width, height]).all():
        raise ValueError("not finite")
    return [x, y, width, height]


def _rounded(points: np.ndarray) -> list[list[float]]:
    """Round pixels to hundredths; clip those far outside the image, as canvases do."""
    return np.round(np.clip(points, -1e6, 1e6), 2).tolist()


def _tried(read: Any, drawn: Any) -> dict[str, Any]:
    try:
        return read(drawn)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        return {"problem": f"cannot be read: {what}: {short(drawn)}"}


def _document(path: Path) -> dict:
    data = read_file(path, MOST_OF_A_FRAME)
    try:
        document = parse_document(data)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    if not isinstance(document, dict):
        raise DataError(f"{path}: holds {short(document)}, not an object with objects")
    return document


def _listed(path: Path, document: dict, key: str) -> list:
    listed = document.get(key)
    if not isinstance(listed, list):
        raise DataError(f"{path}: {key} is {short(listed)}, not a list")
    return listed

"""Boxes of a frame as the page draws them: CityPersons, and 3-D boxes projected to the image."""

from pathlib import Path
from typing import Any

import numpy as np

from cityscapes.errors import DataError, short
from cityscapes.files.json_document import MOST_OF_A_FRAME, parse_document
from cityscapes.files.regular import read_file

# The corners of a box, and the signs of their offsets from its centre (length, width, height):
# back left, back right, front right, front left; below, then above. Source: reference,
# helpers/box3dImageTransform.py.
CORNERS = np.array([(x, y, z) for z in (-1, 1) for x, y in ((-1, 1), (-1, -1), (1, -1), (1, 1))])
FACES = {
    "left": (3, 0, 4, 7), "right": (1, 5, 6, 2), "front": (3, 2, 6, 7),
    "back": (0, 1, 5, 4), "top": (4, 5, 6, 7), "bottom": (0, 1, 2, 3),
}  # fmt: skip
# From camera axes that point as the vehicle's (x forward, y left) to those of the image.
TO_SENSOR = np.array([[0, -1, 0], [0, 0, -1], [1, 0, 0]])
# What is nearer than this, in metres, or behind the camera, is cut off before it is projected.
NEAR = 0.01


def city_persons(path: Path) -> list[dict[str, Any]]:
    """The objects of a `*_gtBboxCityPersons.json` file: label, full and visible [x, y, w, h].

    An object that cannot be read has `problem` in their place. Raises DataError.
    """
    return [_tried(_person, drawn) for drawn in _listed(path, _document(path), "objects")]


def boxes3d(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The `objects` of a `*_gtBbox3d.json` file, projected, and its `ignore` regions.

    Of an object: label, modal and amodal [x, y, w, h], depth in m, faces, and the arrow that tells
    where it heads. An object that cannot be read has `problem`. Raises DataError.
    """
    document = _document(path)
    try:
        sensor = Sensor(document["sensor"])
    except (KeyError, TypeError, ValueError):
        what = "fx, fy, u0, v0 and the 3 x 4 numbers of sensor_T_ISO_8855"
        raise DataError(f"{path}: sensor does not hold {what}") from None
    return {
        "objects": [
            _tried(lambda drawn: _vehicle(drawn, sensor), drawn)
            for drawn in _listed(path, document, "objects")
        ],
        "ignore": [_tried(_region, drawn) for drawn in document.get("ignore") or []],
    }


class Sensor:
    """The camera of a file of 3-D boxes."""

    def __init__(self, document: dict):
        """Raises KeyError, TypeError or ValueError where it is none."""
        self.fx, self.fy, self.u0, self.v0 = (float(document[k]) for k in ("fx", "fy", "u0", "v0"))
        pose = np.array(document["sensor_T_ISO_8855"], dtype=np.float64)
        if pose.shape != (3, 4) or not np.isfinite([*pose.ravel(), self.fx, self.fy]).all():
            raise ValueError("not 3 x 4 finite numbers")
        self._rotation, self._shift = pose[:, :3], pose[:, 3]

    def see(self, points: np.ndarray) -> np.ndarray:
        """float64 (n, 3): points of the vehicle's system as the camera has them, z forward, m."""
        return (points @ self._rotation.T + self._shift) @ TO_SENSOR.T

    def project(self, points: np.ndarray) -> np.ndarray:
        """float64 (n, 2): x, y in pixels of what `see` gave; z must not be 0."""
        x, y, z = points.T
        return np.stack([self.fx * x / z + self.u0, self.fy * y / z + self.v0], axis=1)


def corners(center: Any, dimensions: Any, rotation: Any) -> np.ndarray:
    """float64 (8, 3): the corners of a box in the vehicle's system, in m, as `CORNERS` has them.

    `rotation` is a quaternion (w, x, y, z), which need not be of length 1.
    """
    half = np.array(dimensions, dtype=np.float64) / 2
    return (CORNERS * half) @ _matrix(rotation).T + np.array(center, dtype=np.float64)


def near_cut(outline: np.ndarray) -> np.ndarray:
    """float64 (n, 3): what of an outline in the camera's system lies before it; maybe nothing."""
    kept = []
    for a, b in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if a[2] > NEAR:
            kept.append(a)
        if (a[2] > NEAR) != (b[2] > NEAR):
            kept.append(a + (b - a) * (NEAR - a[2]) / (b[2] - a[2]))
    return np.array(kept).reshape(-1, 3)


def _vehicle(drawn: dict, sensor: Sensor) -> dict[str, Any]:
    solid = drawn["3d"]
    points = corners(solid["center"], solid["dimensions"], solid["rotation"])
    if points.shape != (8, 3) or not np.isfinite(points).all():
        raise ValueError("not finite")
    seen = sensor.see(points)
    middle = seen.mean(axis=0)
    faces = []
    for name, places in FACES.items():
        outline = seen[list(places)]
        cut = near_cut(outline)
        center = outline.mean(axis=0)
        if len(cut):
            # A face is in sight where the camera, at 0, lies on its outer side.
            in_sight = bool((center - middle) @ center < 0)
            faces.append(
                {"name": name, "visible": in_sight, "outline": _rounded(sensor.project(cut))}
            )
    arrow = np.array([seen[[1, 3]].mean(axis=0), seen[[2, 3]].mean(axis=0)])
    ahead = bool((arrow[:, 2] > NEAR).all())
    return {
        "label": str(drawn["label"]),
        "modal": _box(drawn["2d"].get("modal", drawn["2d"].get("amodal"))),
        "amodal": _box(drawn["2d"]["amodal"]),
        "instance": drawn.get("instanceId"),
        "depth": float(np.hypot(*np.array(solid["center"], dtype=np.float64)[:2])),
        "occlusion": drawn.get("occlusion"),
        "truncation": drawn.get("truncation"),
        "faces": faces,
        "arrow": _rounded(sensor.project(arrow)) if ahead else [],
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
    """Pixels to a hundredth; what leads far out of the image is cut there, as canvases do."""
    return np.round(np.clip(points, -1e6, 1e6), 2).tolist()


def _matrix(quaternion: Any) -> np.ndarray:
    """float64 (3, 3): the rotation of a quaternion (w, x, y, z)."""
    given = np.array(quaternion, dtype=np.float64)
    if given.shape != (4,):
        raise ValueError("not four numbers")
    length = np.linalg.norm(given)
    w, x, y, z = given / (length or 1)
    if not length:
        return np.zeros((3, 3))  # UPSTREAM: a quaternion of zeros turns every offset to 0
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


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

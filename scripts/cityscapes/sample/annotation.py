"""Annotations from a view: labelled polygons in whole pixels."""

import json
from dataclasses import dataclass

import cv2
import numpy as np

from cityscapes.sample import screen
from cityscapes.sample.camera import FULL_WIDTH, Camera
from cityscapes.sample.shapes import UNLABELED, Thing
from cityscapes.sample.view import View

# How far outlines may extend beyond the image, and how closely annotators follow a silhouette, the
# careful and the quick one: in pixels of the full size.
OUTSIDE = 12
EXACT = (0.4, 1.5)
# Annotators know of few of the things that are completely hidden.
KNOWN_OF = 0.08


@dataclass(frozen=True)
class Drawn:
    """An annotated object: its polygon int64 (n >= 3, 2) of x, y, and the thing it shows.

    `extent` is float (2, 2), the first and last x, y of the whole thing, visible or not.
    """

    label: str
    polygon: np.ndarray
    thing: Thing | None = None
    extent: np.ndarray | None = None

    @property
    def deleted(self) -> bool:
        return self.thing is not None and self.thing.deleted


def fine(view: View, rng: np.random.Generator) -> list[Drawn]:
    """Return every visible object, in painting order, after the sky and before the car's parts."""
    camera = view.camera
    exact = rng.uniform(*EXACT) * max(0.5, camera.width / FULL_WIDTH)
    drawn = [Drawn("sky", _whole(screen.sky(camera, rng)))]
    for sight in view.sights:
        if sight.thing.label == UNLABELED:
            continue
        outlines = sight.outlines()
        polygon = _silhouette(outlines, camera, exact)
        if polygon is not None:
            points = np.concatenate(outlines)
            extent = np.stack([points.min(axis=0), points.max(axis=0)])
            drawn.append(Drawn(sight.thing.label, polygon, sight.thing, extent))
    seen = _in_sight(drawn, camera)
    known = rng.random(len(drawn)) < KNOWN_OF
    return [d for d, s, k in zip(drawn, seen, known, strict=True) if s or k] + withheld(camera)


def withheld(camera: Camera) -> list[Drawn]:
    """Return the objects of the annotations of test frames, the same in every frame."""
    return [
        Drawn("ego vehicle", _whole(screen.bonnet(camera))),
        Drawn("rectification border", _whole(screen.rectification_border(camera))),
        Drawn("out of roi", _whole(screen.out_of_roi(camera))),
    ]


def polygon_file(drawn: list[Drawn], camera: Camera) -> bytes:
    """Return the bytes of a `*_polygons.json` file."""
    objects = [
        ({"deleted": 1} if drawing.deleted else {})
        | {"label": drawing.label, "polygon": drawing.polygon.tolist()}
        for drawing in drawn
    ]
    document = {"imgHeight": camera.height, "imgWidth": camera.width, "objects": objects}
    return json.dumps(document, indent=4).encode()


def _in_sight(drawn: list[Drawn], camera: Camera) -> np.ndarray:
    """bool, one per object: a coarse painting shows any of it; True for deleted ones."""
    cell = max(1, round(2 * camera.width / FULL_WIDTH))
    numbers = np.zeros((-(-camera.height // cell), -(-camera.width // cell)), np.uint16)
    seen = np.array([drawing.deleted for drawing in drawn])
    for number, drawing in enumerate(drawn):
        if not drawing.deleted:
            cv2.fillPoly(numbers, [(drawing.polygon // cell).astype(np.int32)], number)
    seen[np.unique(numbers)] = True
    return seen


def _silhouette(outlines: list[np.ndarray], camera: Camera, exact: float) -> np.ndarray | None:
    """int64 (n, 2): the outline of the union of polygons; None if it leaves the image."""
    margin = max(1.0, OUTSIDE * camera.width / FULL_WIDTH)
    low = np.array([-margin, -margin])
    high = np.array([camera.width + margin, camera.height + margin])
    if len(outlines) > 1:
        polygon = _union(outlines, np.floor(low), np.ceil(high))
    else:
        polygon = _whole(_clipped(outlines[0], low, high))
    return _sound(simple(polygon, exact)) if len(polygon) else None


def _union(outlines: list[np.ndarray], low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """int64 (n, 2): the outer contour of the polygons, painted into one mask; n may be 0."""
    points = np.concatenate(outlines)
    low = np.maximum(np.floor(points.min(axis=0)), low).astype(int)
    high = np.minimum(np.ceil(points.max(axis=0)), high).astype(int)
    size = high - low + 1
    if (size < 1).any():
        return np.zeros((0, 2), np.int64)
    mask = np.zeros((size[1], size[0]), np.uint8)
    for polygon in outlines:
        cv2.fillPoly(mask, [np.rint(polygon - low).astype(np.int32)], 1)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return np.zeros((0, 2), np.int64)
    largest = max(contours, key=lambda contour: np.prod(cv2.boundingRect(contour)[2:]))
    return largest[:, 0].astype(np.int64) + low


def _clipped(polygon: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the part of a polygon inside a rectangle, edge by edge of the rectangle."""
    for axis in (0, 1):
        for limit, sign in ((low[axis], 1), (high[axis], -1)):
            inside = sign * (polygon[:, axis] - limit) >= 0
            if inside.all():
                continue
            polygon = _cut(polygon, inside, axis, limit)
            if not len(polygon):
                return polygon
    return polygon


def _cut(polygon: np.ndarray, inside: np.ndarray, axis: int, limit: float) -> np.ndarray:
    kept = []
    for k, point in enumerate(polygon):
        before = polygon[k - 1]
        if inside[k] != inside[k - 1]:
            share = (limit - before[axis]) / (point[axis] - before[axis])
            kept.append(before + share * (point - before))
        if inside[k]:
            kept.append(point)
    return np.array(kept).reshape(-1, 2)


def _whole(polygon: np.ndarray) -> np.ndarray:
    """int64 (n, 2): whole pixels, without points that fall together."""
    rounded = np.rint(polygon).astype(np.int64)
    moves = (rounded != np.roll(rounded, 1, axis=0)).any(axis=1)
    return rounded[moves] if moves.any() else rounded[:1]


def _sound(polygon: np.ndarray) -> np.ndarray:
    """Return the polygon, or the pixels around it if rounding left less than three points."""
    if len(polygon) >= 3:
        return polygon
    x0, y0 = polygon.min(axis=0)
    x1, y1 = np.maximum(polygon.max(axis=0), (x0 + 1, y0 + 1))
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


def simple(polygon: np.ndarray, tolerance: float) -> np.ndarray:
    """int64 (n, 2): the corners that are needed to stay within the tolerance."""
    return cv2.approxPolyDP(polygon.astype(np.int32), tolerance, True)[:, 0].astype(np.int64)

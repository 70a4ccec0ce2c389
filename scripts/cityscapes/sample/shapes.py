"""Building blocks of the scene: flat patches in space, and the things made of them.

A maker builds a thing in its own coordinates (x forward, y left, z up, the origin on the ground)
and `place` moves it into the street. The corners of a patch run counter-clockwise when seen from
outside; `place` drops the patches that show the camera their back.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

Colour = tuple[int, int, int]  # red, green, blue
Bounds = float | np.ndarray  # of one rectangle, or of several: float (k,)

# Rough position of the camera, to tell front from back.
EYE = (1.7, 0.1, 1.22)


@dataclass(frozen=True)
class Patch:
    """Flat polygons on one plane and of one colour: points float (k, n, 3) in metres."""

    points: np.ndarray
    colour: Colour
    # A detail is painted on the patches before it and adds nothing to the thing's outline.
    detail: bool = False
    # A face or a number plate, to be blurred.
    private: bool = False
    normal: tuple[float, float, float] = (0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Box:
    """A 3-D box: centre and size (length, width, height) in metres, yaw in radians."""

    centre: tuple[float, float, float]
    size: tuple[float, float, float]
    yaw: float = 0.0


# The label of things in the picture that are never annotated.
UNLABELED = "unlabeled"


@dataclass(frozen=True)
class Thing:
    """An object with one polygon: its label in the polygon file, its patches from far to near."""

    label: str
    patches: list[Patch] = field(default_factory=list)
    box: Box | None = None
    # For some records: the kind of a person or vehicle ("sitting person").
    kind: str = ""
    deleted: bool = False


def place(things: list[Thing], x: float, y: float, yaw: float = 0.0) -> list[Thing]:
    """Return the things turned by yaw and moved to (x, y), without patches that look away."""
    cos, sin = np.cos(yaw), np.sin(yaw)
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    move = np.array([x, y, 0.0])
    placed = []
    for thing in things:
        patches = (_placed(patch, patch.points @ turn + move) for patch in thing.patches)
        box = thing.box and _turned(thing.box, turn, move, yaw)
        placed.append(replace(thing, patches=[p for p in patches if p is not None], box=box))
    return [thing for thing in placed if thing.patches]


def moved(patches: list[Patch], x: float, y: float, z: float = 0.0) -> list[Patch]:
    """Return the patches moved within the thing that is being made."""
    by = np.array([x, y, z])
    return [replace(patch, points=patch.points + by) for patch in patches]


def _turned(box: Box, turn: np.ndarray, move: np.ndarray, yaw: float) -> Box:
    x, y, z = (np.array(box.centre) @ turn + move).tolist()
    return Box((x, y, z), box.size, box.yaw + yaw)


def billboard(
    outline: ArrayLike,
    colour: Colour,
    x: float = 0.0,
    *,
    detail: bool = False,
    private: bool = False,
) -> Patch:
    """Return an upright patch facing the camera: outline float (n, 2) or (k, n, 2), right, up."""
    corners = np.atleast_3d(np.asarray(outline, float))
    if corners.shape[-1] == 1:
        corners = corners[..., 0][None]
    right, up = corners[..., 0], corners[..., 1]
    points = np.stack([np.full_like(right, x), -right, up], axis=-1)
    return Patch(_counter_clockwise(points, right, up), colour, detail, private)


def facade(x0: Bounds, x1: Bounds, z0: Bounds, z1: Bounds, y: float, side: int) -> np.ndarray:
    """float (k, 4, 3): upright rectangles along x; side +1 stands left of the street, -1 right."""
    start, end, low, high = np.broadcast_arrays(
        *(np.atleast_1d(v).astype(float) for v in (x0, x1, z0, z1))
    )
    across = np.full_like(start, y)
    corners = [(start, low), (end, low), (end, high), (start, high)]
    if side < 0:
        corners.reverse()
    return np.stack([np.stack([x, across, z], axis=-1) for x, z in corners], axis=1)


def flat(
    outline: ArrayLike,
    colour: Colour,
    z: float = 0.0,
    *,
    detail: bool = False,
    private: bool = False,
) -> Patch:
    """A patch on the ground: outline float (n, 2) or (k, n, 2) of x, y."""
    corners = np.asarray(outline, float)
    if corners.ndim == 2:
        corners = corners[None]
    x, y = corners[..., 0], corners[..., 1]
    points = np.stack([x, y, np.full_like(x, z)], axis=-1)
    return Patch(_counter_clockwise(points, x, y), colour, detail, private)


def prism(profile: ArrayLike, half_width: ArrayLike, colour: Colour) -> list[Patch]:
    """A solid from a convex counter-clockwise profile float (n, 2) of x, z, extruded along y.

    half_width is a number, or one number for each corner of the profile.
    """
    x, z = np.asarray(profile, float).T
    half = np.broadcast_to(np.asarray(half_width, float), len(x))
    right, left = np.column_stack([x, -half, z]), np.column_stack([x, half, z])
    after = np.roll(np.arange(len(x)), -1)
    rims = np.stack([right, left, left[after], right[after]], axis=1)
    caps = [Patch(right[None], colour), Patch(left[None, ::-1], colour)]
    return [Patch(rim[None], colour) for rim in rims] + caps


def block(x0: float, x1: float, width: float, z0: float, z1: float, colour: Colour) -> list[Patch]:
    """An upright box from x0 to x1 and z0 to z1, centred on y = 0."""
    return prism([(x0, z0), (x1, z0), (x1, z1), (x0, z1)], width / 2, colour)


def ring(radius: float, count: int, centre: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """float (count, 2): corners of a regular polygon, counter-clockwise."""
    angle = np.arange(count) * (2 * np.pi / count)
    return np.column_stack([np.cos(angle), np.sin(angle)]) * radius + centre


def rectangle(left: float, right: float, bottom: float, top: float) -> np.ndarray:
    """float (4, 2): corners of a rectangle, counter-clockwise."""
    return np.array([(left, bottom), (right, bottom), (right, top), (left, top)], float)


def _counter_clockwise(points: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the points (k, n, 3), counter-clockwise if a is right and b up; all k run alike."""
    a, b = a[0], b[0]
    area = a[-1] * b[0] - a[0] * b[-1] + (a[:-1] * b[1:] - a[1:] * b[:-1]).sum()
    return points if area >= 0 else points[:, ::-1]


def _placed(patch: Patch, points: np.ndarray) -> Patch | None:
    """Return the patch at its place with its normal, or None if the camera sees only its back."""
    normal, point = _normal(points[0].tolist())
    towards = sum(n * (e - p) for n, e, p in zip(normal, EYE, point, strict=True))
    if towards <= 0:
        return None
    return Patch(points, patch.colour, patch.detail, patch.private, normal)


def _normal(polygon: list[list[float]]) -> tuple[tuple[float, float, float], list[float]]:
    """Return unit normal and a point of a flat polygon; plain floats are quickest here."""
    nx = ny = nz = 0.0
    x0, y0, z0 = polygon[-1]
    for x1, y1, z1 in polygon:
        nx += (y0 - y1) * (z0 + z1)
        ny += (z0 - z1) * (x0 + x1)
        nz += (x0 - x1) * (y0 + y1)
        x0, y0, z0 = x1, y1, z1
    length = (nx * nx + ny * ny + nz * nz) ** 0.5 or 1.0
    return (nx / length, ny / length, nz / length), polygon[0]

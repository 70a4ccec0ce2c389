"""Polygons united, cut and simplified: integer points, each polygon one ring without a seam.

The painter fills along rows, with the pixels on both borders; what is computed here is the exact
operation on the areas, its new corners rounded to whole pixels. Painted, it differs from the same
operation on the painted masks by single pixels along the outlines.
"""

from collections.abc import Callable, Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cityscapes.editing.entries import MOST_POINTS
from cityscapes.errors import DataError
from cityscapes.ground_truth.paint import FILLS

Points = list[list[int]]

GRID = 1  # pixels
# Of all polygons of one request.
MOST_OF_ALL_POINTS = 100_000
# Edges whose bounding boxes meet; real outlines have some for each edge. Each may be a crossing.
MOST_MEETINGS = 2_000_000
SAMPLE = 256
# Each hole is cut open once; a cut can meet another hole.
MOST_CUTS = 1_000


def union(polygons: list[np.ndarray]) -> list[Points]:
    """Return the area of all polygons together; separate parts are polygons of their own."""
    return _rings(shapely.union_all(_areas(polygons), grid_size=GRID))


def intersection(polygons: list[np.ndarray]) -> list[Points]:
    """Return the area that all polygons have in common; an empty list if there is none."""
    first, *others = _areas(polygons)
    for other in others:
        first = _areal(shapely.intersection(first, other, grid_size=GRID))
    return _rings(first)


def subtract(polygons: list[np.ndarray]) -> list[Points]:
    """Return the area of the first polygon without the others; an empty list if they cover it."""
    first, *others = _areas(polygons)
    if not others:
        return _rings(first)
    taken = shapely.union_all(others, grid_size=GRID)
    return _rings(shapely.difference(first, taken, grid_size=GRID))


def cut(polygons: list[np.ndarray], line: np.ndarray) -> list[Points]:
    """Return the parts into which a line of points cuts the area of each polygon.

    Raises DataError if it cuts none: it has to cross an area from border to border.
    """
    found: list[Points] = []
    cuts = shapely.LineString(line)
    for area in _areas(polygons):
        edges = shapely.union(shapely.boundary(area), cuts, grid_size=GRID)
        faces = shapely.get_parts(shapely.polygonize([shapely.node(edges)]))
        inside = [one for one in faces if shapely.contains_xy(area, *_point_in(one))]
        found += [ring for face in inside for ring in _rings(face)]
    if len(found) <= sum(len(_rings(area)) for area in _areas(polygons)):
        raise DataError("the line cuts nothing: it has to cross an object from border to border")
    return found


def simplify(polygons: list[np.ndarray], tolerance: float) -> list[Points]:
    """Simplify the polygons: their outlines move by `tolerance` pixels at the most.

    Source: Douglas and Peucker, 1973. A polygon that would become too small is kept.
    """
    return [_simplified(points, tolerance) for points in polygons]


def pixels_that_differ(
    before: list[np.ndarray], now: list[Points], width: int, height: int, fill: str
) -> int:
    """Count the pixels of the image that only one of two lists of polygons paints."""
    painted = [
        FILLS[fill]([np.array(one, dtype=np.float64) for one in polygons], width, height) > 0
        for polygons in (before, now)
    ]
    return int(np.count_nonzero(painted[0] != painted[1]))


OPERATIONS: dict[str, Callable[[list[np.ndarray]], list[Points]]] = {
    "union": union, "intersection": intersection, "subtract": subtract,
}  # fmt: skip


def check_size(polygons: list[np.ndarray]) -> None:
    """Raise DataError if polygons are more work than those of any annotation."""
    count = sum(map(len, polygons))
    if count > MOST_OF_ALL_POINTS:
        raise DataError(f"{count:,} points, at most {MOST_OF_ALL_POINTS:,} at once")
    starts = np.concatenate(polygons)
    ends = np.concatenate([np.roll(points, -1, axis=0) for points in polygons])
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    chosen = np.arange(0, count, max(count // SAMPLE, 1))
    meetings = 0
    for k in chosen.tolist():
        meetings += int(((low <= high[k]) & (high >= low[k])).all(axis=1).sum())
    if meetings / len(chosen) * count / 2 > MOST_MEETINGS:
        raise DataError("the outlines cross each other too often to be computed")


def _areas(polygons: list[np.ndarray]) -> list[BaseGeometry]:
    """Return the areas of polygons, as the painter fills them: even-odd rule, whole pixels."""
    found = []
    for points in polygons:
        # Truncated, as by the painter.
        area = shapely.make_valid(shapely.Polygon(np.trunc(points)))
        found.append(_areal(shapely.set_precision(_areal(area), GRID)))
    return found


def _areal(geometry: BaseGeometry) -> BaseGeometry:
    """Return the areas of a geometry, without the lines and points that may come with them."""
    parts = [one for one in _parts(geometry) if one.geom_type == "Polygon" and not one.is_empty]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _parts(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    if hasattr(geometry, "geoms"):
        for one in geometry.geoms:
            yield from _parts(one)
    else:
        yield geometry


def _rings(geometry: BaseGeometry) -> list[Points]:
    """Return the outlines of all areas; those with holes are cut into parts without any."""
    found = []
    todo = [one for one in _parts(geometry) if one.geom_type == "Polygon"]
    cuts = 0
    while todo:
        area = todo.pop(0)
        if not area.interiors:
            found.append(_points(area))
            continue
        cuts += 1
        if cuts > MOST_CUTS:
            raise DataError(f"the result has more than {MOST_CUTS} holes")
        todo = [*_halves(area), *todo]
    return [points for points in found if len(points) >= 3]


def _halves(area: BaseGeometry) -> list[BaseGeometry]:
    """Cut an area along a row of pixels through its first hole.

    The painter samples rows at half their height: it paints no pixel of two such parts twice.
    """
    left, top, right, bottom = shapely.bounds(area)
    row = _row_through(np.array(area.interiors[0].coords)[:, 1])
    parts: list[BaseGeometry] = []
    for first, last in ((top, row), (row, bottom)):
        half = shapely.box(left - GRID, first, right + GRID, last)
        inside = shapely.intersection(area, half, grid_size=GRID)
        parts += [one for one in _parts(inside) if one.geom_type == "Polygon"]
    return parts


def _row_through(rows: np.ndarray) -> float:
    """Return a row between top and bottom of a hole; for a hole of one row, that of an edge."""
    top, bottom = rows.min(), rows.max()
    if bottom - top >= 2:
        return float(np.floor((top + bottom) / 2))
    same = np.flatnonzero(rows[:-1] == rows[1:])
    return float(rows[same[0]]) if len(same) else float(top)


def _points(area: BaseGeometry) -> Points:
    points = np.array(area.exterior.coords)[:-1]
    if len(points) > MOST_POINTS:
        raise DataError(f"the result has {len(points):,} points, at most {MOST_POINTS:,}")
    return np.round(points).astype(np.int64).tolist()


def _point_in(area: BaseGeometry) -> tuple[float, float]:
    point = shapely.point_on_surface(area)
    return point.x, point.y


def _simplified(points: np.ndarray, tolerance: float) -> Points:
    whole = np.trunc(points).astype(np.int64)
    ring = np.concatenate((whole, whole[:1]))
    kept = shapely.simplify(shapely.LineString(ring), tolerance, preserve_topology=False)
    found = np.array(kept.coords)[:-1].astype(np.int64)
    if len(found) < 3 or shapely.Polygon(found).area == 0:
        return whole.tolist()
    return found.tolist()

"""The route that computes with polygons."""

from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cityscapes.errors import DataError, short
from cityscapes.ground_truth.polygons import polygon_points
from cityscapes.label_tool import geometry
from cityscapes.label_tool.requests import told, whole, with_body
from cityscapes.png.size import MAX_PIXELS, MAX_SIDE

MOST_POLYGONS = 5_000
MOST_TOLERANCE = 100


def geometry_routes(fill: str) -> list[Route]:
    """Return the route of unions, cuts and simpler outlines; it reads and writes no files."""

    def compute(request: Request, body: dict) -> Response:
        operation, polygons = body.get("operation"), _polygons(body.get("polygons"))
        geometry.check_size(polygons)
        if operation == "slice":
            return told({"polygons": geometry.cut(polygons, _line(body.get("line")))})
        if operation == "simplify":
            found = geometry.simplify(polygons, _tolerance(body.get("tolerance")))
            width = whole(body.get("width"), 1, MAX_SIDE, "width")
            height = whole(body.get("height"), 1, MAX_SIDE, "height")
            if width * height > MAX_PIXELS:
                raise DataError(f"the image is {width} x {height}, at most {MAX_PIXELS:,} pixels")
            pixels = geometry.pixels_that_differ(polygons, found, width, height, fill)
            return told({"polygons": found, "pixels": pixels})
        if isinstance(operation, str) and operation in geometry.OPERATIONS:
            return told({"polygons": geometry.OPERATIONS[operation](polygons)})
        names = ", ".join([*geometry.OPERATIONS, "slice", "simplify"])
        raise DataError(f"operation is {short(operation)}, not one of {names}")

    return [Route("/api/geometry", with_body(compute), methods=["POST"])]


def _polygons(value: Any) -> list[np.ndarray]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_POLYGONS:
        raise DataError(f"polygons is {short(value)}, not a list of 1 to {MOST_POLYGONS:,}")
    return [polygon_points(one, f"polygon {k}") for k, one in enumerate(value)]


def _line(value: Any) -> np.ndarray:
    if not isinstance(value, list) or len(value) < 2:
        raise DataError(f"line is {short(value)}, not a list of at least two points")
    # As a polygon, its last point once more where it has two only.
    line = np.trunc(polygon_points([*value, value[-1]], "line")[: len(value)])
    if (line == line[0]).all():
        raise DataError("all points of the line are the same")
    return line


def _tolerance(value: Any) -> float:
    if type(value) not in (int, float) or not 0 < value <= MOST_TOLERANCE:
        raise DataError(f"tolerance is {short(value)}, not above 0 and at most {MOST_TOLERANCE}")
    return float(value)

"""Polygons to an image of object numbers: the only painter of the project.

Every label image is a lookup in one painting (see `images.py`): pixel value k + 1 says that the
k-th polygon of the list is on top there, 0 that no polygon is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from cityscapes.errors import DataError

# ASSUME: no frame comes near these limits, at which painting takes 1 to 5 s. Of 110 released ones
# the largest has 3,600 points, outlines that cut the rows of the image 49,000 times, and bounding
# boxes with 15 million pixels.
MOST_CROSSINGS = 1 << 23
MOST_PIXELS = 1 << 32
# Crossings that are sorted and painted at once, some 100 bytes each.
CROSSINGS_AT_ONCE = 1 << 18

# Pillow looks at each point of a polygon again in each row of it; the largest frame has
# 0.8 million such pairs.
MOST_POINTS_IN_ROWS = 1 << 27
# Rows that are copied from Pillow's canvas at once, since two copies are made on the way.
ROWS_AT_ONCE = 256


def released(polygons: list, width: int, height: int) -> np.ndarray:
    """uint8 or uint16 (height, width): number of the topmost polygon from 1, else 0.

    `polygons` are at most 65,535 float64 arrays (n >= 3, 2) of x, y in pixels, later ones over
    earlier ones; uint8 where 255 numbers are enough. The fill is that of PIL 1.1.7, with which
    the released ground truth was painted: Pillow changed its fill in 2.5.0 and differs in 0.4 %
    of all pixels.
    For each row y the outline is cut at y + 0.5; each consecutive pair of crossings fills from
    ceil(xa - 0.5) to floor(xb + 0.5), both inclusive.
    Raises DataError if `MOST_CROSSINGS` or `MOST_PIXELS` is exceeded.

    A row is filled where the outline is cut at half its height, with both ends; later polygons
    cover earlier ones:

    >>> wide = np.array([[0, 1], [4, 1], [4, 3], [0, 3]], dtype=np.float64)
    >>> high = np.array([[3, 0], [5, 0], [5, 2], [3, 2]], dtype=np.float64)
    >>> released([wide, high], width=6, height=4)
    array([[0, 0, 0, 2, 2, 2],
           [1, 1, 1, 2, 2, 2],
           [1, 1, 1, 1, 1, 0],
           [0, 0, 0, 0, 0, 0]], dtype=uint8)
    """
    edges = _checked(polygons, width, height)
    numbers: np.ndarray = np.zeros(height * width, dtype=_dtype(len(polygons)))
    # Slices of a memoryview are copied in half the time that NumPy takes to assign a number.
    canvas = numbers.data
    ink = np.zeros(width, dtype=numbers.dtype)
    brush, last = ink.data, 0
    for first_row, end_row in _bands(edges, height):
        for number, start, end in zip(*_spans(edges, first_row, end_row, width), strict=True):
            if number != last:
                ink.fill(number)
                last = number
            canvas[start:end] = brush[: end - start]
    return numbers.reshape(height, width)


def pillow(polygons: list, width: int, height: int) -> np.ndarray:
    """uint8 or uint16 (height, width): as `released`, with the fill of current Pillow.

    Raises DataError also where `MOST_POINTS_IN_ROWS` is exceeded.
    Source: `ImageDraw.polygon(points, fill=n)`, by calling it.
    """
    _checked(polygons, width, height)
    looks = sum(
        len(points) * int(np.ptp(np.clip(points[:, 1], 0, height)) + 1) for points in polygons
    )
    if looks > MOST_POINTS_IN_ROWS:
        raise DataError(
            f"the points of all objects, each counted in every row of its object, are {looks:,}, "
            f"at most {MOST_POINTS_IN_ROWS:,} can be painted with the fill of Pillow"
        )
    numbers: np.ndarray = np.zeros((height, width), dtype=_dtype(len(polygons)))
    canvas = Image.new("L" if numbers.dtype == np.uint8 else "I", (width, height), 0)
    draw = ImageDraw.Draw(canvas)
    for number, points in enumerate(polygons, start=1):
        draw.polygon(points.ravel().tolist(), fill=number)
    for row in range(0, height, ROWS_AT_ONCE):
        end = min(row + ROWS_AT_ONCE, height)
        numbers[row:end] = canvas.crop((0, row, width, end))
    return numbers


FILLS = {"released": released, "pillow": pillow}


@dataclass(frozen=True)
class _Edges:
    """The edges of all polygons that cross rows of the image; int64 arrays, one entry per edge."""

    number: np.ndarray  # of the polygon, from 1
    x0: np.ndarray
    y0: np.ndarray
    x1: np.ndarray
    y1: np.ndarray
    first: np.ndarray  # first row that it crosses
    end: np.ndarray  # last one + 1

    def at(self, chosen: np.ndarray) -> "_Edges":
        """Return some of the edges, by a mask or by their indices."""
        return _Edges(*(column[chosen] for column in vars(self).values()))


def _dtype(count: int) -> type:
    return np.uint8 if count <= np.iinfo(np.uint8).max else np.uint16


def _checked(polygons: list, width: int, height: int) -> _Edges:
    """Return the edges of the polygons; raise DataError if they are too much work to paint."""
    if not polygons:
        return _Edges(*np.zeros((7, 0), dtype=np.int64))
    sizes = np.array([len(points) for points in polygons])
    points = np.concatenate(polygons).astype(np.int64)  # truncates towards zero, as PIL 1.1.7
    ends = np.cumsum(sizes)

    inside = np.clip(points, 0, (width, height))
    low, high = (bound.reduceat(inside, ends - sizes) for bound in (np.minimum, np.maximum))
    pixels = int(np.prod(high - low, axis=1).sum())
    if pixels > MOST_PIXELS:
        raise DataError(
            f"the bounding boxes of all objects hold {pixels:,} pixels of the image in total, "
            f"at most {MOST_PIXELS:,} can be painted"
        )

    following = np.arange(1, len(points) + 1)
    following[ends - 1] = ends - sizes
    # An edge crosses the rows y with min(y0, y1) <= y + 0.5 <= max(y0, y1); its ends are integers.
    y = inside[:, 1]
    first, end = np.minimum(y, y[following]), np.maximum(y, y[following])
    crossings = int((end - first).sum())
    if crossings > MOST_CROSSINGS:
        raise DataError(
            f"the outlines of all objects have {len(points):,} points and cut the rows of the "
            f"image {crossings:,} times, at most {MOST_CROSSINGS:,} can be painted"
        )

    number = np.repeat(np.arange(1, len(polygons) + 1), sizes)
    x0, y0 = points.T
    x1, y1 = points[following].T
    return _Edges(number, x0, y0, x1, y1, first, end).at(first < end)


def _bands(edges: _Edges, height: int) -> Iterator[tuple[int, int]]:
    """Yield first row and last row + 1 of bands of rows with a limited number of crossings."""
    begins, ends = (np.bincount(rows, minlength=height) for rows in (edges.first, edges.end))
    crossings = np.cumsum(begins[:height] - ends[:height])
    band = (np.cumsum(crossings) - crossings) // CROSSINGS_AT_ONCE
    starts = np.flatnonzero(np.diff(band, prepend=-1))
    return zip(starts.tolist(), [*starts[1:].tolist(), height], strict=True)


def _spans(edges: _Edges, first_row: int, end_row: int, width: int) -> tuple[list, list, list]:
    """Return three equally long lists: polygon number, first pixel, last pixel + 1, row by row.

    For the rows from `first_row` to `end_row`, exclusive; spans of later polygons come last.
    """
    edges = edges.at((edges.first < end_row) & (edges.end > first_row))
    first = np.maximum(edges.first, first_row)
    count = np.minimum(edges.end, end_row) - first
    edge = np.repeat(np.arange(len(count)), count)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count) + first[edge]

    # float32 and this order of operations, as in PIL 1.1.7: other roundings move pixels.
    x0, y0, x1, y1 = (ends.astype(np.float32) for ends in (edges.x0, edges.y0, edges.x1, edges.y1))
    slope = (x1 - x0) / (y1 - y0)
    sample = row.astype(np.float32) + np.float32(0.5)
    x = (sample - y0[edge]) * slope[edge] + x0[edge]

    height = end_row - first_row
    line = edges.number[edge] * height + row - first_row
    # One key sorts three times faster than line and x do; the bits of floats from 0 on are in
    # the order of the floats, and those of negative ones are so in reverse.
    bits = x.view(np.int32).astype(np.int64)
    order = np.argsort((line << 32) + np.where(bits < 0, -(1 << 31) - bits, bits))
    # A closed outline crosses each row an even number of times, so pairs never mix rows.
    line = line[order[0::2]]
    # These two roundings of PIL 1.1.7 are in double: in float32 0.49999997 would reach pixel 1.
    x = x[order].astype(np.float64)
    start = np.clip(np.ceil(x[0::2] - 0.5), 0, width).astype(np.int64)
    end = np.clip(np.floor(x[1::2] + 0.5) + 1, 0, width).astype(np.int64)
    number, row = np.divmod(line, height)
    begin = (row + first_row) * width
    seen = start < end
    return tuple(column[seen].tolist() for column in (number, begin + start, begin + end))

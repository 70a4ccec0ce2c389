"""Images as runs of equal pixels: some 50,000 runs in place of two million pixels."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

# Pixels of a band of rows: few enough for the processor's cache.
BAND = 1 << 18

# Filling a table of up to so many counts (8 MB) is faster than sorting the runs.
MOST_COUNTED_DENSELY = 1 << 20


def joint_runs(*images: np.ndarray) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Return the runs along the rows, joined in one line, in which no image changes its value.

    `images` are integer (height, width) of one shape. Returns the values of each image in every
    run, the first pixel of every run, and the int64 lengths of the runs in pixels.
    """
    flat = [image.ravel() for image in images]
    begins = np.empty(flat[0].size, dtype=bool)
    np.not_equal(flat[0][1:], flat[0][:-1], out=begins[1:])
    for values in flat[1:]:
        begins[1:] |= values[1:] != values[:-1]
    begins[:1] = True
    start = np.flatnonzero(begins)
    return [values[start] for values in flat], start, np.diff(start, append=flat[0].size)


def joint_counts(*images: np.ndarray) -> np.ndarray:
    """int64 (n, k + 1): the combinations of values that the k images show, and their pixels.

    `images` are integer (height, width) of one shape, with values from 0. The rows are in
    ascending order of the values; the last column counts the pixels.

    >>> truth = np.array([[7, 7, 26], [7, 26, 26]])
    >>> guess = np.array([[7, 7, 7], [7, 26, 26]])
    >>> joint_counts(truth, guess).tolist()  # [true, predicted, pixels]
    [[7, 7, 3], [26, 7, 1], [26, 26, 2]]
    """
    values, _, lengths = joint_runs(*images)
    known, codes = zip(*map(_coded, values), strict=True)
    shape = tuple(map(len, known))
    keys = np.asarray(np.ravel_multi_index(codes, shape))
    if math.prod(shape) <= MOST_COUNTED_DENSELY:
        pixels = np.bincount(keys, weights=lengths)  # exact below 2**53
        keys = np.flatnonzero(pixels)
        pixels = pixels[keys]
    else:
        keys, of_run = np.unique(keys, return_inverse=True)
        pixels = np.bincount(of_run, weights=lengths)
    codes = np.unravel_index(keys, shape)
    columns = [values[code] for values, code in zip(known, codes, strict=True)]
    return np.stack([*columns, pixels], axis=1).astype(np.int64)


@dataclass(frozen=True)
class Changes:
    """The pixels of a band of rows that differ from the row above, row by row."""

    first_row: int
    rows: int
    row: np.ndarray  # int64 (n,): row of the image
    column: np.ndarray  # int64 (n,)
    now: np.ndarray  # int64 (n,): value of the pixel
    above: np.ndarray  # int64 (n,): value of the pixel above; -1 in the first row of the image


def changes(image: np.ndarray) -> Iterator[Changes]:
    """Yield the changes from row to row in a uint8 or uint16 (height, width) image, by band.

    All pixels of the first row are changes. Some 20,000 in a real frame of two million pixels.
    """
    height, width = image.shape
    flat = image.ravel()
    step = max(1, BAND // width)
    for first_row in range(0, height, step):
        rows = min(step, height - first_row)
        begin, end = first_row * width, (first_row + rows) * width
        compared = max(begin, width)
        differs = flat[compared:end] != flat[compared - width : end - width]
        pixel = np.flatnonzero(differs) + compared
        above = flat[pixel - width].astype(np.int64)
        if first_row == 0:
            pixel = np.concatenate((np.arange(width), pixel))
            above = np.concatenate((np.full(width, -1), above))
        row = pixel // width
        now = flat[pixel].astype(np.int64)
        yield Changes(first_row, rows, row, pixel - row * width, now, above)


def _coded(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct values in ascending order, and the index of each entry among them."""
    if values.max(initial=0) >= 1 << 16:
        return np.unique(values, return_inverse=True)
    most = 1 << 8 if values.dtype == np.uint8 else 1 << 16
    there = np.zeros(most, dtype=bool)
    there[values] = True
    known = np.flatnonzero(there)
    place = np.empty(most, dtype=np.int64)
    place[known] = np.arange(len(known))
    return known, place[values]

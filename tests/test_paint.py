"""The painter against reference cases and against a painter that goes row by row."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from cityscapes.paint import FILLS, released

CASES = json.loads(Path(__file__).with_name("reference").joinpath("fill_cases.json").read_text())


@pytest.mark.parametrize("rule", FILLS)
@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_reference_cases(case, rule):
    polygons = [np.array(points, dtype=np.float64) for points in case["polygons"]]
    numbers = FILLS[rule](polygons, case["width"], case["height"]).astype(np.uint8)
    if rule in case:
        expected = [[int(digit, 36) for digit in row] for row in case[rule]]
        np.testing.assert_array_equal(numbers, expected)
    else:
        assert hashlib.sha256(numbers.tobytes()).hexdigest() == case[f"{rule}_sha256"]


def test_random_polygons_as_row_by_row():
    rng = np.random.default_rng(7)
    for _ in range(150):
        width, height = rng.integers(1, 60, size=2)
        polygons = [
            rng.integers(-20, 80, size=(rng.integers(3, 12), 2)).astype(np.float64)
            for _ in range(rng.integers(0, 6))
        ]
        expected = row_by_row(polygons, width, height)
        np.testing.assert_array_equal(released(polygons, width, height), expected)


def test_fractions_are_cut_off():
    whole = [np.array([(2, 3), (9, 3), (9, 8)], dtype=np.float64)]
    np.testing.assert_array_equal(released([whole[0] + 0.9], 12, 12), released(whole, 12, 12))


def test_300_polygons_need_16_bits():
    dot = np.array([(0, 0), (2, 0), (2, 2)], dtype=np.float64)
    numbers = released([dot + index for index in range(300)], 320, 320)
    assert numbers.dtype == np.uint16
    assert numbers.max() == 300


def test_an_empty_frame_is_background():
    assert not released([], 5, 4).any()


def row_by_row(polygons, width, height):
    """The fill rule as it is written down, a row and an edge at a time."""
    image = np.zeros((height, width), dtype=int)
    for number, points in enumerate(polygons, start=1):
        points = np.trunc(points).astype(np.float32)
        for y in range(height):
            sample = np.float32(y + 0.5)
            crossings = []
            for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
                if y0 != y1 and min(y0, y1) <= sample <= max(y0, y1):
                    crossings.append((sample - y0) * ((x1 - x0) / (y1 - y0)) + x0)
            crossings.sort()
            for xa, xb in zip(crossings[::2], crossings[1::2], strict=True):
                first = max(int(np.ceil(xa - np.float32(0.5))), 0)
                last = int(np.floor(xb + np.float32(0.5)))
                image[y, first : max(last + 1, 0)] = number
    return image

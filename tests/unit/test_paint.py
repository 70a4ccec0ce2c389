"""The painter against reference cases and against a painter that goes row by row."""

import hashlib
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cityscapes.errors import DataError
from cityscapes.ground_truth import paint
from cityscapes.ground_truth.paint import FILLS, released

CASES = json.loads(Path(__file__).parents[1].joinpath("reference/fill_cases.json").read_text())


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
        polygons = random_polygons(rng, count=rng.integers(0, 6), most_points=11)
        expected = row_by_row(polygons, width, height)
        np.testing.assert_array_equal(released(polygons, width, height), expected)


@pytest.mark.parametrize("crossings_at_once", [1, 40, 1000])
def test_bands_of_rows_are_painted_as_the_whole(monkeypatch, crossings_at_once):
    rng = np.random.default_rng(8)
    for _ in range(60):
        width, height = rng.integers(1, 90, size=2)
        polygons = random_polygons(rng, count=rng.integers(0, 9), most_points=30)
        whole = released(polygons, width, height)
        monkeypatch.setattr(paint, "CROSSINGS_AT_ONCE", crossings_at_once)
        np.testing.assert_array_equal(released(polygons, width, height), whole)
        monkeypatch.undo()


def test_memory_is_bounded_by_the_crossings_at_once(monkeypatch):
    polygon = zigzag(points=200, width=512, height=1024)
    peaks = {}
    for crossings_at_once in (1 << 13, 1 << 18):
        monkeypatch.setattr(paint, "CROSSINGS_AT_ONCE", crossings_at_once)
        tracemalloc.start()
        released([polygon], 512, 1024)
        peaks[crossings_at_once] = tracemalloc.get_traced_memory()[1] - 512 * 1024
        tracemalloc.stop()
    # 204,800 crossings at once, and 8,192.
    assert peaks[1 << 18] > 100 * 200_000
    assert peaks[1 << 13] < peaks[1 << 18] / 8


@pytest.mark.parametrize("rule", FILLS)
def test_what_is_beyond_reason_is_refused(rule):
    with pytest.raises(DataError, match=r"20,000 points and cut .* 20,480,000 times"):
        FILLS[rule]([zigzag(points=20_000, width=2048, height=1024)], 2048, 1024)
    box = np.array([(0, 0), (2048, 0), (2048, 1024), (0, 1024)], dtype=np.float64)
    with pytest.raises(DataError, match=r"hold 137,436,856,320 pixels .* at most 4,294,967,296"):
        FILLS[rule]([box] * 65_535, 2048, 1024)


def test_points_that_keep_pillow_busy_are_refused():
    flat = np.tile([(0, 0), (9, 1)], (70_000, 1)).astype(np.float64)
    tall = np.concatenate([flat, [(0, 1024)]])
    assert released([tall], 9, 1024).any()
    with pytest.raises(DataError, match="are 143,501,025, at most 134,217,728"):
        FILLS["pillow"]([tall], 9, 1024)


@pytest.mark.parametrize("count", [255, 256])
def test_pillow_draws_in_8_bits_as_in_32(count):
    polygons = random_polygons(np.random.default_rng(count), count, most_points=9, end=700)
    canvas = Image.new("I", (600, 650), 0)
    for number, points in enumerate(polygons, start=1):
        ImageDraw.Draw(canvas).polygon(points.ravel().tolist(), fill=number)
    numbers = FILLS["pillow"](polygons, 600, 650)
    assert numbers.dtype == (np.uint8 if count == 255 else np.uint16)
    np.testing.assert_array_equal(numbers, np.asarray(canvas))


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


def random_polygons(rng, count, most_points, end=80):
    """Polygons of 3 to `most_points` whole points, some of them outside of the image."""
    return [
        rng.integers(-20, end, size=(rng.integers(3, most_points + 1), 2)).astype(np.float64)
        for _ in range(count)
    ]


def zigzag(points, width, height):
    """A polygon whose every edge crosses all rows."""
    x = np.linspace(0, width, points).round()
    return np.stack([x, np.arange(points) % 2 * height], axis=1)


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
                first = max(int(np.ceil(float(xa) - 0.5)), 0)
                last = int(np.floor(float(xb) + 0.5))
                image[y, first : max(last + 1, 0)] = number
    return image

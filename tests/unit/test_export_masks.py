"""Masks of instances from changes of a painting, against pycocotools and OpenCV on whole masks."""

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco

from cityscapes.exports.frame_values import count_pixels
from cityscapes.exports.masks import instances
from cityscapes.exports.outlines import Outline
from cityscapes.pixel_runs import changes
from exported import TABLE

LOOKUP = np.array([0, 24, 24000, 24001, 26003, 29000, 7, 33999, 26], dtype=np.uint16)


def painting(seed, height, width):
    """Rectangles of random numbers over each other, with single pixels strewn in."""
    random = np.random.default_rng(seed)
    numbers = np.zeros((height, width), dtype=np.uint8)
    for _ in range(12):
        y, x = random.integers(0, height), random.integers(0, width)
        h, w = random.integers(1, height + 1), random.integers(1, width + 1)
        numbers[y : y + h, x : x + w] = random.integers(0, len(LOOKUP))
    strewn = random.random((height, width)) < 0.1
    numbers[strewn] = random.integers(0, len(LOOKUP), strewn.sum())
    return numbers


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (16, 24), (33, 17)])
@pytest.mark.parametrize("seed", range(8))
def test_masks_are_those_of_the_whole_image(seed, shape):
    numbers = painting(seed, *shape)
    image = LOOKUP[numbers]
    found = instances(LOOKUP, numbers, changes(numbers), TABLE)
    shown = [v for v in np.unique(image).tolist() if v in (24, 26, 24000, 24001, 26003, 33999)]
    assert [one.value for one in found] == shown  # a caravan (29) is ignored in evaluation
    for one in found:
        mask = (image == one.value).astype(np.uint8)
        rle = coco.encode(np.asfortranarray(mask))
        assert one.counts == rle["counts"].decode()
        assert one.area == mask.sum()
        assert list(one.box) == coco.toBbox(rle).tolist()
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        contours = contours if one.value >= 1000 else ()
        assert [o.points().tolist() for o in one.outlines] == [c[:, 0].tolist() for c in contours]
        assert [len(o) for o in one.outlines] == [len(c) for c in contours]


@pytest.mark.parametrize("seed", range(8))
def test_pixels_of_classes_are_counted(seed):
    numbers = painting(seed, 16, 24)
    lookup = np.array([0, 7, 7, 26, 255, 0, 3, 3, 11], dtype=np.uint8)
    values, pixels = np.unique(lookup[numbers], return_counts=True)
    made = count_pixels(lookup, numbers, changes(numbers))
    assert made == [list(pair) for pair in zip(values.tolist(), pixels.tolist(), strict=True)]


def test_an_outline_goes_in_all_directions():
    steps = [(1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1)]
    points = np.cumsum([(5, 6), *steps], axis=0)
    outline = Outline.of_points(points)
    assert (outline.x, outline.y, outline.chain) == (5, 6, "01234567")
    np.testing.assert_array_equal(outline.points(), points)

"""Disparity from the geometry: every patch is a plane, and disparity on a plane is affine."""

import cv2
import numpy as np

from cityscapes.sample import screen
from cityscapes.sample.view import View

# Subpixel bits of cv2's drawing functions.
SHIFT = 4
LARGEST = (2**16 - 1 - 1) / 256


def disparity(view: View) -> np.ndarray:
    """float32 (height, width): disparity in pixels at every pixel, 0 where the sky is."""
    camera = view.camera
    planes = [(0.0, 0.0, 0.0)]
    numbers = np.zeros((camera.height, camera.width), np.uint16)
    for sight in view.sights:
        for patch, pixels in sight.patches():
            if patch.detail:
                continue
            for polygon, corners in zip(pixels, patch.points, strict=True):
                cv2.fillPoly(numbers, [fixed(polygon)], len(planes), cv2.LINE_8, SHIFT)
                planes.append(camera.disparity_plane(corners))
    a, b, c = np.array(planes, np.float32).T
    x = np.arange(camera.width, dtype=np.float32)
    y = np.arange(camera.height, dtype=np.float32)[:, None]
    found = a[numbers] * x
    found += b[numbers] * y
    found += c[numbers]
    return np.clip(found, 0, LARGEST, out=found)


def fixed(polygon: np.ndarray) -> np.ndarray:
    """int32 (n, 2): pixels with `SHIFT` binary places, as cv2's drawing functions take them."""
    return np.rint(polygon * (1 << SHIFT)).astype(np.int32)


def encoded(true: np.ndarray, view: View, rng: np.random.Generator) -> np.ndarray:
    """uint16 (height, width): 256 * disparity + 1 where a matcher would succeed, else 0.

    Left out are pixels hidden from the right camera, the bonnet, the image border, and holes.
    Part of the sky is matched, at disparity 0.
    """
    height, width = true.shape
    value = np.rint(true * 256).astype(np.uint16) + np.uint16(1)
    holes = _noise(rng, height, width, 48)
    sky = true == 0
    value[sky & (_noise(rng, height, width, 12) < 0.75)] = 0
    value[~sky & (holes > 0.86)] = 0
    value[_hidden_from_the_right(true)] = 0
    outside = [screen.bonnet(view.camera), screen.rectification_border(view.camera)]
    for polygon in outside:
        cv2.fillPoly(value, [np.rint(polygon).astype(np.int32)], 0)
    return value


def _hidden_from_the_right(true: np.ndarray) -> np.ndarray:
    """bool (height, width): pixels that something nearer covers in the right image."""
    there = np.arange(true.shape[1], dtype=np.float32) - true
    nearest = np.minimum.accumulate(there[:, ::-1], axis=1)[:, ::-1]
    hidden = there < 0
    hidden[:, :-1] |= there[:, :-1] > nearest[:, 1:]
    return hidden


def _noise(rng: np.random.Generator, height: int, width: int, cells: int) -> np.ndarray:
    """float32 (height, width) within 0..1: smooth noise of so many cells across."""
    coarse = rng.random((max(2, cells // 2), cells), dtype=np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)

"""Coarse annotations, made from the fine ones."""

import cv2
import numpy as np

from cityscapes.ground_truth.paint import released
from cityscapes.sample.annotation import Drawn, simple
from cityscapes.sample.camera import FULL_WIDTH, Camera

# Coarse annotations use cells of so many pixels of the full size.
CELL = 4


def coarse(drawn: list[Drawn], camera: Camera, rng: np.random.Generator) -> list[Drawn]:
    """Return a coarse annotation of a fine one: larger objects, few corners.

    Outlines keep a distance from the borders of the visible parts, so that much stays unlabeled.
    """
    things, fixed = [d for d in drawn[:-3] if not d.deleted], drawn[-3:]
    numbers = released([d.polygon.astype(float) for d in things], camera.width, camera.height)
    cell = max(1, round(CELL * camera.width / FULL_WIDTH))
    numbers = np.ascontiguousarray(numbers[::cell, ::cell])
    rough = []
    for number, drawing in enumerate(things, start=1):
        passed_over = rng.random() < 0.2 and drawing.label != "road"
        if passed_over or not _worth_it(drawing, camera):
            continue
        polygon = _inner_outline(numbers, number, drawing.polygon // cell)
        if len(polygon) >= 3:
            rough.append(Drawn(drawing.label, polygon * cell, drawing.thing))
    return rough + fixed


def _worth_it(drawing: Drawn, camera: Camera) -> bool:
    """Return False for groups, plates, poles and small objects, which coarse annotations lack."""
    if drawing.label.endswith("group") or drawing.label in ("license plate", "pole"):
        return False
    x, y, width, height = cv2.boundingRect(drawing.polygon.astype(np.int32))
    across = min(x + width, camera.width) - max(x, 0)
    down = min(y + height, camera.height) - max(y, 0)
    return across * down > 0.002 * camera.width * camera.height


def _inner_outline(numbers: np.ndarray, number: int, polygon: np.ndarray) -> np.ndarray:
    """int64 (n, 2): a rough outline in cells of the largest visible part, within its borders."""
    last = np.array(numbers.shape[::-1])
    x0, y0 = np.clip(polygon.min(axis=0) - 2, 0, last)
    x1, y1 = np.clip(polygon.max(axis=0) + 3, 0, last)
    if x0 >= x1 or y0 >= y1:
        return np.zeros((0, 2), np.int64)
    mask = (numbers[y0:y1, x0:x1] == number).astype(np.uint8)
    mask = cv2.erode(mask, np.ones((5, 5), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return np.zeros((0, 2), np.int64)
    largest = max(contours, key=cv2.contourArea)
    return simple(largest[:, 0], 1.5) + np.array([x0, y0])

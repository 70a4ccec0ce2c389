"""A blurred image against its original: what changed, where, and whether that is plausible."""

import math
from typing import NamedTuple

import cv2
import numpy as np

from cityscapes.checks.problem import Problem

# ASSUME: changed pixels with no more than this many equal ones between them are one face or plate.
GAP = 8
# ASSUME: what is blurred reaches over the outline of a person or vehicle by up to so many pixels.
MARGIN = 10
LISTED_BOXES = 20

# ASSUME: a face near the camera takes less than 1 % of an image and a crowd of a hundred people
# 3 %, while another frame of the same street differs in most of its pixels.
# ASSUME: outside of the blurred regions the images are copies; one level off in every value gives
# 48 dB. (All differences there are within the tolerance: with one below 2, this always holds.)
# ASSUME: automatic blurring also takes posters, mirror images and round signs for faces, so some
# frames are changed there and nowhere else; but most of what it finds is on people and vehicles.
LIMITS = {"max_share": 0.10, "min_psnr_outside": 45.0, "min_on_objects": 0.25}
# With this share of changed pixels or more, it looks like another picture.
NOT_THE_SAME = 0.5


class Change(NamedTuple):
    """How a blurred image differs from its original."""

    pixels: int  # changed by more than the tolerance, in any channel
    share: float  # of all pixels, 0 to 1
    regions: int  # of changed pixels, small gaps bridged
    boxes: list  # [x, y, width, height] of the largest regions, in descending area
    psnr_inside: float  # in dB, over the boxes of all regions; inf where all is equal
    psnr_outside: float  # in dB, over the rest; inf where all is equal
    on_objects: float | None  # share of the changed pixels that is on or close to objects


def change(
    left: np.ndarray, blurred: np.ndarray, objects: np.ndarray | None, tolerance: int
) -> Change:
    """Compare an image with its blurred twin, both uint8 (height, width, 3).

    `objects` is uint8 or bool (height, width), not 0 on people, vehicles and licence plates;
    None if these are not known. `tolerance` is in levels of grey.
    """
    difference = cv2.absdiff(left, blurred)
    changed = cv2.bitwise_not(cv2.inRange(difference, (0, 0, 0), (tolerance,) * 3))
    pixels = cv2.countNonZero(changed)
    boxes = _boxes(changed) if pixels else []
    inside, outside = _psnr(difference, boxes)
    return Change(
        pixels,
        pixels / changed.size,
        len(boxes),
        boxes[:LISTED_BOXES],
        inside,
        outside,
        _share_on(objects, changed) / pixels if pixels and objects is not None else None,
    )


def verdict(change: Change, limits: dict) -> str:
    """Return the verdict on a change, by limits as in `LIMITS`.

    "ok", "identical", "too different" or "blurred outside people and vehicles".
    """
    if change.share > limits["max_share"] or change.psnr_outside < limits["min_psnr_outside"]:
        return "too different"
    if not change.pixels:
        return "identical"
    if change.on_objects is not None and change.on_objects < limits["min_on_objects"]:
        return "blurred outside people and vehicles"
    return "ok"


def problem(verdict: str, change: Change, people_or_vehicles: bool | None) -> Problem | None:
    """Return the problem of a verdict; None if there is none.

    `people_or_vehicles` says whether the frame's polygons show any, None if these are not
    known. A frame without a face or plate that could be read is rightly left as it is, even with
    people in it, and one with a face on a poster is changed there. So these two are notes: one
    means nothing, thousands in a dataset do.
    """
    if verdict == "identical" and people_or_vehicles is not False:
        what = (
            "equal to the original: nothing is blurred, which is right only if no face or plate "
            "is visible"
        )
        return Problem("note", "nothing blurred", what)
    if verdict == "too different":
        little = ", others a little" if change.psnr_outside < math.inf else ""
        meaning = "this is not the same picture"
        if change.share < NOT_THE_SAME:
            meaning = "more than faces and plates was changed"
        what = (
            f"{change.share:.1%} of the pixels differ clearly from leftImg8bit{little}: {meaning}"
            "; either of the two files may be the wrong one"
        )
        return Problem("error", "too different", what)
    if verdict == "blurred outside people and vehicles":
        x, y, width, height = change.boxes[0]
        what = (
            f"only {change.on_objects:.0%} of the blurred pixels are on people or vehicles; the "
            f"largest blurred region is {width} x {height} pixels at x {x}, y {y}"
        )
        return Problem("note", verdict, what)
    return None


def _boxes(changed: np.ndarray) -> list[list[int]]:
    """Return [x, y, width, height] of each region of a mask, the largest box first."""
    joined = cv2.morphologyEx(changed, cv2.MORPH_CLOSE, np.ones((GAP + 1, GAP + 1), np.uint8))
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [list(cv2.boundingRect(outline)) for outline in outlines]
    return sorted(boxes, key=lambda box: (-box[2] * box[3], box))


def _psnr(difference: np.ndarray, boxes: list) -> tuple[float, float]:
    """Return the peak signal-to-noise ratio within boxes and outside of them, in dB."""
    covered = np.zeros(difference.shape[:2], np.uint8)
    for x, y, width, height in boxes:
        covered[y : y + height, x : x + width] = 1
    _, top, _, height = cv2.boundingRect(covered)
    rows = slice(top, top + height)  # a norm under a mask is slow: not over the whole image
    # OpenCV squares a root, which is a whole number only after rounding.
    inside = round(cv2.norm(difference[rows], cv2.NORM_L2SQR, covered[rows])) if boxes else 0
    total = round(cv2.norm(difference, cv2.NORM_L2SQR))
    pixels = cv2.countNonZero(covered)
    return _ratio(inside, pixels), _ratio(total - inside, covered.size - pixels)


def _ratio(squares: int, pixels: int) -> float:
    """Return the PSNR in dB of 8-bit pixels in three channels, from their squared differences."""
    return 10 * math.log10(255**2 * 3 * pixels / squares) if squares else math.inf


def _share_on(objects: np.ndarray, changed: np.ndarray) -> int:
    """Count the changed pixels that are not further than `MARGIN` from an object."""
    reach = np.ones((2 * MARGIN + 1, 2 * MARGIN + 1), np.uint8)
    near = cv2.dilate(objects.astype(np.uint8, copy=False), reach)
    return cv2.countNonZero(cv2.bitwise_and(changed, changed, mask=near))

"""The boundary of masks and segments: their pixels within some distance of the outside.

Source: Cheng et al., Boundary IoU, CVPR 2021, and their boundary-iou-api.
"""

import math

import cv2
import numpy as np

RATIO = 0.005  # of the image diagonal; the authors' for Cityscapes


def boundary_distance(shape: tuple[int, int], ratio: float = RATIO) -> int:
    """Return the width of boundaries in pixels, at least 1, for `shape` (height, width)."""
    # Python rounds halves to even numbers, as the authors' code.
    return max(1, round(ratio * math.hypot(*shape)))


def mask_boundary(mask: np.ndarray, distance: int) -> np.ndarray:
    """bool (height, width): the pixels of a mask that erosion by `distance` pixels removes.

    `mask` is bool or uint8 (height, width), 1 inside; distances are those of the chess board, and
    outside of the image is outside of the mask. So `mask` may be the box around it alone.

    >>> mask = np.ones((4, 5), dtype=bool)
    >>> mask_boundary(mask, distance=1).astype(int)
    array([[1, 1, 1, 1, 1],
           [1, 0, 0, 0, 1],
           [1, 0, 0, 0, 1],
           [1, 1, 1, 1, 1]])
    """
    inside = mask.view(np.uint8)
    side = 2 * distance + 1
    inner = cv2.erode(
        inside, np.ones((side, side), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    return (inside != 0) & (inner == 0)


def segment_boundaries(ids: np.ndarray, distance: int) -> np.ndarray:
    """bool (height, width): the boundaries of all segments of an image of ids at once.

    `ids` are whole numbers (height, width); pixels of one number are a segment, all of them.
    """
    # A pixel is in a boundary of width d if a pixel of a boundary of width 1 lies within d - 1:
    # then a small window tells where values change, and bytes are dilated in place of ids.
    edges = np.zeros((ids.shape[0] + 2, ids.shape[1] + 2), np.uint8)
    edges[0] = edges[-1] = 1
    edges[:, 0] = edges[:, -1] = 1
    inner = edges[1:-1, 1:-1]
    across, down = ids[:, 1:] != ids[:, :-1], ids[1:] != ids[:-1]
    falling, rising = ids[1:, 1:] != ids[:-1, :-1], ids[1:, :-1] != ids[:-1, 1:]
    for differs, first, second in (
        (across, np.s_[:, 1:], np.s_[:, :-1]),
        (down, np.s_[1:], np.s_[:-1]),
        (falling, np.s_[1:, 1:], np.s_[:-1, :-1]),
        (rising, np.s_[1:, :-1], np.s_[:-1, 1:]),
    ):
        inner[first] |= differs.view(np.uint8)
        inner[second] |= differs.view(np.uint8)
    # The frame around the image is outside: its neighbours are boundary.
    inner[0] = inner[-1] = 1
    inner[:, 0] = inner[:, -1] = 1
    if distance == 1:
        return inner != 0
    side = 2 * distance - 1
    return cv2.dilate(np.ascontiguousarray(inner), np.ones((side, side), np.uint8)) != 0

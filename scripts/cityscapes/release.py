"""A label image that was made against the one that came with the packages."""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from cityscapes.errors import DataError


class Difference(NamedTuple):
    """How a made image compares with the released one; `pixels` differ of `of`."""

    status: str  # same, differs, size differs, type differs, not released, unreadable
    pixels: int | None = None
    of: int | None = None


def compare(made: Path, released: Path) -> Difference:
    """Compare two label images pixel by pixel: value, size, bit depth and channels."""
    if not released.exists():
        return Difference("not released")
    try:
        ours, theirs = _read(made), _read(released)
    except DataError:
        return Difference("unreadable")
    if ours.shape[:2] != theirs.shape[:2]:
        return Difference("size differs")
    if ours.dtype != theirs.dtype or ours.shape != theirs.shape:
        return Difference("type differs")
    differs = (ours != theirs).reshape(*ours.shape[:2], -1).any(axis=2)
    pixels = int(np.count_nonzero(differs))
    return Difference("differs" if pixels else "same", pixels, differs.size)


def _read(path: Path) -> np.ndarray:
    image = cv2.imdecode(np.fromfile(path, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise DataError(f"{path}: cannot be decoded")
    return image

"""Comparison of a made label image with the released one."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from cityscapes.errors import DataError
from cityscapes.files.regular import read_file
from cityscapes.png.decode import UNCHANGED, decode
from cityscapes.png.header import MOST_BYTES, PngHeader, parse_header, refuse_too_large


class Difference(NamedTuple):
    """Result of comparing a made image with the released one; `pixels` of `total` differ."""

    status: str  # same, differs, size differs, type differs, not released, unreadable
    pixels: int | None = None
    total: int | None = None


def compare(made: Path, released: Path) -> Difference:
    """Compare two label images pixel by pixel: value, size, bit depth and channels."""
    if not released.exists():
        return Difference("not released")
    try:
        files = [_read(made), _read(released)]
        sizes = [(header.width, header.height) for _, _, header in files]
        if sizes[0] != sizes[1]:  # decided without decoding them: a wrong file may be vast
            return Difference("size differs")
        ours, theirs = (_pixels(*file) for file in files)
    except DataError:
        return Difference("unreadable")
    if ours.dtype != theirs.dtype or ours.shape != theirs.shape:
        return Difference("type differs")
    differs = (ours != theirs).reshape(*ours.shape[:2], -1).any(axis=2)
    pixels = int(np.count_nonzero(differs))
    return Difference("differs" if pixels else "same", pixels, differs.size)


def _read(path: Path) -> tuple[Path, bytes, PngHeader]:
    data = read_file(path, MOST_BYTES)
    header = parse_header(data)
    if header is None or not header.intact:
        raise DataError(f"{path}: is not a PNG file, or a damaged one")
    return path, data, header


def _pixels(path: Path, data: bytes, header: PngHeader) -> np.ndarray:
    refuse_too_large(path, header)
    image = decode(data, header, UNCHANGED)
    if image is None:
        raise DataError(f"{path}: cannot be decoded")
    return image

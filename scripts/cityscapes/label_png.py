"""Reading label images: PNG files of one channel, exact in value and bit depth."""

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from cityscapes.errors import DataError

# PNG specification, table 11.1
GREY, PALETTE = 0, 3
COLOR_TYPES = {GREY: "grey", 2: "RGB", PALETTE: "palette", 4: "grey with alpha", 6: "RGBA"}
PNG_START = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def read_prediction(path: Path) -> np.ndarray:
    """uint8 (height, width): the predicted values, ids or trainIds, of a grey or palette PNG.

    Of a palette the indices are meant, as in the reference; the colours are decoration.
    """
    return read_grey(path, bits=8)


def read_label_ids(path: Path) -> np.ndarray:
    """uint8 (height, width): the ids of the true classes, from `*_labelIds.png`."""
    return read_grey(path, bits=8)


def read_instance_ids(path: Path) -> np.ndarray:
    """uint16 (height, width): id * 1000 + n, or the id alone, from `*_instanceIds.png`."""
    return read_grey(path, bits=16)


def read_grey(path: Path, bits: int) -> np.ndarray:
    """uint8 or uint16 (height, width): the values of a PNG of one channel and 8 or 16 bits.

    Raises DataError for any other kind of file, and for one that is truncated or damaged.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    if not data.startswith(PNG_START) or len(data) < 26:
        raise DataError(f"{path}: is not a PNG file")
    found_bits, color_type = data[24:26]
    palette = color_type == PALETTE and bits == 8
    if not palette and (found_bits, color_type) != (bits, GREY):
        found = COLOR_TYPES.get(color_type, f"colour type {color_type}")
        raise DataError(f"{path}: is {found_bits}-bit {found}, not {bits}-bit grey")
    image = _palette_indices(data) if palette else _grey(data)
    if image is None:
        raise DataError(f"{path}: cannot be decoded: the PNG is truncated or damaged")
    return image


def _grey(data: bytes) -> np.ndarray | None:
    # Not IMREAD_UNCHANGED: it would add a channel where a grey value is declared transparent.
    flags = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
    return cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)


def _palette_indices(data: bytes) -> np.ndarray | None:
    # OpenCV gives the colours of a palette and Pillow the indices, but it decodes damaged data:
    # only verify() looks at the checksums.
    try:
        Image.open(BytesIO(data)).verify()
        return np.array(Image.open(BytesIO(data)))
    except (OSError, SyntaxError, ValueError):
        return None

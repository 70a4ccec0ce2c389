"""Reading label images: PNG files of one channel, exact in value and bit depth."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from cityscapes.errors import DataError
from cityscapes.files.regular import read_file
from cityscapes.png.decode import AS_GREY, decode
from cityscapes.png.header import GREY, MOST_BYTES, PALETTE, parse_header, refuse_too_large


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

    Raises DataError for any other kind of file, for one that is truncated or damaged, and for an
    image that is too large.
    """
    return parse_grey(path, read_file(path, MOST_BYTES), bits)


def parse_grey(path: Path, data: bytes, bits: int) -> np.ndarray:
    """The same of the bytes of a file; the path is for messages."""
    header = parse_header(data)
    if header is None:
        raise DataError(f"{path}: is not a PNG file")
    palette = header.color_type == PALETTE and bits == 8
    if not palette and (header.bits, header.color_type) != (bits, GREY):
        raise DataError(f"{path}: is {header.bits}-bit {header.color}, not {bits}-bit grey")
    refuse_too_large(path, header)
    image = _palette_indices(data) if palette else decode(data, header, AS_GREY)
    if image is None:
        raise DataError(f"{path}: cannot be decoded: the PNG is truncated or damaged")
    return image


def _palette_indices(data: bytes) -> np.ndarray | None:
    # OpenCV gives the colours of a palette and Pillow the indices, but it decodes damaged data:
    # only verify() looks at the checksums.
    try:
        Image.open(BytesIO(data)).verify()
        return np.array(Image.open(BytesIO(data)))
    except (OSError, SyntaxError, ValueError):
        return None

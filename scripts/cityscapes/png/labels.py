"""Reading label images: PNG files of one channel, exact in value and bit depth."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from cityscapes.errors import DataError
from cityscapes.files.regular import read_file
from cityscapes.png.decode import AS_GREY, AS_RGB, decode
from cityscapes.png.header import (
    GREY,
    MOST_BYTES,
    PALETTE,
    RGB,
    RGBA,
    parse_header,
    refuse_too_large,
)


def read_colors(path: Path) -> np.ndarray:
    """uint8 (height, width, 3): the colours of an 8-bit RGB, RGBA or palette PNG; no alpha.

    Raises DataError as `read_grey`.
    """
    data = read_file(path, MOST_BYTES)
    header = parse_header(data)
    if header is None:
        raise DataError(f"{path}: is not a PNG file")
    if header.color_type not in (RGB, RGBA, PALETTE) or header.bits > 8:
        raise DataError(
            f"{path}: is {header.bits}-bit {header.color}, not an 8-bit image of colours"
        )
    refuse_too_large(path, header)
    if header.color_type == PALETTE and _palette_indices(data) is None:
        image = None  # OpenCV decodes some that are damaged
    else:
        image = decode(data, header, AS_RGB)
    if image is None:
        raise DataError(f"{path}: cannot be decoded: the PNG is truncated or damaged")
    return image


def kind_of_image(path: Path) -> str:
    """Return the kind of PNG image in a file, in words: "8-bit grey"; "" if it is none."""
    try:
        with open(path, "rb") as file:
            header = parse_header(file.read(33))
    except OSError:
        return ""
    return f"{header.bits}-bit {header.color}" if header else ""


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
    """Parse the bytes of such a file; the path is for messages."""
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

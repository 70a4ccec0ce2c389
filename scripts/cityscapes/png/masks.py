"""Decoding PNG masks that are mostly black, without decoding the black part.

Inflating such a file is quick; undoing the filters of its rows and copying them is not. But where
the filtered bytes are 0, and the pixels to the left and above are black, every filter gives black.
So the box around all other bytes is cut out before OpenCV decodes it. Source: PNG specification
(W3C), 9.
"""

import struct
from itertools import compress

import cv2
import numpy as np
from zlib_ng import zlib_ng

from cityscapes.png.decode import FILTER_SUB, chunks
from cityscapes.png.header import GREY, GREY_ALPHA, RGB, RGBA, parse_header
from cityscapes.png.write import assemble

# Black may have any index in a palette.
CHANNELS = {GREY: 1, RGB: 3, GREY_ALPHA: 2, RGBA: 4}


def decode_box(data: bytes, shape: tuple[int, int]) -> tuple[np.ndarray, int, int] | None:
    """Return part of an image as `cv2.imread` reads it, and its left and top in the image.

    Outside of the part, the image is black: 0 in all channels. None if the file is not a PNG of
    this `shape` (height, width), or one that cannot be cut: with a palette, interlaced, damaged.
    """
    header = parse_header(data)
    if header is None or (header.height, header.width) != tuple(shape):
        return None
    height, width = shape
    try:
        names, bodies = zip(*chunks(data), strict=True)
        packed = b"".join(compress(bodies, (name == b"IDAT" for name in names)))
        depth = header.bits * CHANNELS[header.color_type]
        stride = 1 + -(-width * depth // 8)
        if header.interlaced or not depth or names.count(b"IHDR") > 1:
            return None
        # One byte more than is right: a stream that goes on is damaged, or a bomb.
        inflater = zlib_ng.decompressobj()
        bytes_of_rows = inflater.decompress(packed, height * stride + 1)
        rows = np.frombuffer(bytes_of_rows, dtype=np.uint8).reshape(height, stride)
    except (ValueError, KeyError, zlib_ng.error):
        return None
    if not inflater.eof:
        return None

    unit, pixels = max(depth // 8, 1), max(8 // depth, 1)  # bytes that a filter looks back
    filled = np.flatnonzero(rows[:, 1:].any(axis=1))
    top, bottom = (filled[0].item(), filled[-1].item() + 1) if filled.size else (0, 0)
    filled = np.flatnonzero(np.bitwise_or.reduce(rows[top:bottom, 1:], axis=0)) // unit
    left, right = (filled[0].item(), filled[-1].item() + 1) if filled.size else (0, 0)

    def decode(bottom: int, right: int) -> np.ndarray | None:
        part = rows[top:bottom, 1 + left * unit : 1 + right * unit]
        width_of_part = min(right * pixels, width) - left * pixels
        return _decode(data[24:29], rows[top:bottom, :1], part, width_of_part)

    # One more row and column: where these come out black, so does all that follows.
    bottom, right = bottom + 1, right + 1
    image = decode(bottom, right)
    if image is not None:
        goes_down, goes_right = image[-1].any(), image[:, -1].any()
        if goes_down:
            ends = np.flatnonzero(rows[bottom:, 0] <= FILTER_SUB)
            bottom = bottom + ends[0].item() if ends.size else height
        if goes_right:
            right = width
        if goes_down or goes_right:
            image = decode(bottom, right)
    return None if image is None else (image, left * pixels, top)


def _decode(kind: bytes, filters: np.ndarray, rows: np.ndarray, width: int) -> np.ndarray | None:
    """Decode filtered rows; None if they are wrong. `kind` is the end of the header: bits etc."""
    size = struct.pack(">II", width, len(rows))
    packed = zlib_ng.compress(np.hstack([filters, rows]), 0)
    data = assemble(size + kind, packed)
    return cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)

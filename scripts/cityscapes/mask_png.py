"""Decoding masks in PNG files, of which most is black, without decoding what is black.

Inflating such a file is quick; undoing the filters of its rows and copying them is not. But where
the filtered bytes are 0, and the pixels to the left and above are black, every filter gives black.
So the box around all other bytes is cut out before OpenCV decodes it. Source: PNG specification
(W3C), 9.
"""

import struct

import cv2
import numpy as np
from zlib_ng import zlib_ng

from cityscapes.png import SIGNATURE, assemble

CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by colour type; black of a palette (3) may be any number
FILTER_SUB = 1  # the last filter that does not look at the row above


def decode_box(data: bytes, shape: tuple[int, int]) -> tuple[np.ndarray, int, int] | None:
    """Part of an image as `cv2.imread` gives it, and its left and top in the image.

    Beside the part, the image is black: 0 in all channels. None where the file is not a PNG of
    this `shape` (height, width), or one that cannot be cut: with a palette, interlaced, damaged.
    """
    try:
        header, packed = _chunks(data)
        width, height, bits, color, _, _, interlaced = struct.unpack(">IIBBBBB", header)
        depth = bits * CHANNELS[color]
        stride = 1 + -(-width * depth // 8)
        if (height, width) != tuple(shape) or interlaced or not depth:
            return None
        # One byte more than is right: a stream that goes on is damaged, or a bomb.
        inflater = zlib_ng.decompressobj()
        rows = inflater.decompress(packed, height * stride + 1)
        rows = np.frombuffer(rows, dtype=np.uint8).reshape(height, stride)
    except (ValueError, KeyError, struct.error, zlib_ng.error):
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
        return _decode(header, rows[top:bottom, :1], part, width_of_part)

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


def _chunks(data: bytes) -> tuple[bytes, bytes]:
    """The header of a PNG file and its packed rows; ValueError where it is damaged."""
    if not data.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    header, packed = b"", []
    start, name = len(SIGNATURE), b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, start)
        end = start + 8 + length
        body = data[start + 8 : end]
        (checksum,) = struct.unpack_from(">I", data, end)
        if checksum != zlib_ng.crc32(body, zlib_ng.crc32(name)):
            raise ValueError("damaged")
        if name == b"IHDR":
            header = body
        elif name == b"IDAT":
            packed.append(body)
        start = end + 4
    return header, b"".join(packed)


def _decode(header: bytes, filters: np.ndarray, rows: np.ndarray, width: int) -> np.ndarray | None:
    """The image of filtered rows; None where they are wrong."""
    size = struct.pack(">II", width, len(rows))
    packed = zlib_ng.compress(np.hstack([filters, rows]), 0)
    data = assemble(size + header[8:], packed)
    return cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)

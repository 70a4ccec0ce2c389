"""PNG files to arrays, as OpenCV decodes them, and three times as fast where that is simple.

Of a row with the filter UP, as `write.py` writes all, each byte is that of the row above plus the
inflated one: one addition. Without a filter, as Pillow writes colours, the inflated bytes are the
row, and with SUB it is their running sum. zlib-ng inflates faster than OpenCV does. Files with
other filters are left to OpenCV. Source: PNG specification (W3C), 9.
"""

import struct

import cv2
import numpy as np
from zlib_ng import zlib_ng

from cityscapes.png.header import GREY, RGB, PngHeader
from cityscapes.png.signature import SIGNATURE
from cityscapes.png.write import FILTER_UP

# How OpenCV is to decode. An orientation in the file's metadata turns nothing in the reference.
# Not IMREAD_UNCHANGED for grey: it adds a channel where a grey value is declared transparent.
AS_GREY = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
AS_RGB = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
UNCHANGED = cv2.IMREAD_UNCHANGED

# (bits, colour type) of the images that are decoded here, and the flags for which they are.
DECODED_HERE = {
    (8, GREY): (AS_GREY, UNCHANGED),
    (16, GREY): (AS_GREY, UNCHANGED),
    (8, RGB): (AS_RGB,),
}
FILTER_SUB = 1  # the last filter that does not look at the row above
# Rows that are inflated at a time: so many that stay in the processor's cache, and of a high image
# so many that what is still packed, which is copied each time, is copied 16 times at most.
ROWS, PIECES = 64, 16


def decode(data: bytes, header: PngHeader, flags: int) -> np.ndarray | None:
    """uint8 or uint16 (height, width[, channels]): the result of `cv2.imdecode(data, flags)`.

    None if the file is truncated or damaged. `flags` is one of `AS_GREY`, `AS_RGB`,
    `UNCHANGED`. The size in the `header` of the file must have been accepted.
    """
    if flags in DECODED_HERE.get((header.bits, header.color_type), ()):
        image = _decode_simple(data, header)
        if image is not None:
            return image
    return decode_with_opencv(data, flags)


def decode_with_opencv(data: bytes, flags: int) -> np.ndarray | None:
    """Decode a file of any format with `cv2.imdecode(data, flags)`.

    None if the file is damaged. The size that its header names must have been accepted.
    """
    if not chunks_fit(data):
        return None
    try:
        return cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    except cv2.error:  # an empty file, or a size that no image has
        return None


def chunks_fit(data: bytes) -> bool:
    """Return False if a chunk of a PNG file claims more bytes than the file still has.

    OpenCV takes memory for a chunk before it reads it: 4 GB, of a file of 100 bytes.
    """
    start = len(SIGNATURE)
    if not data.startswith(SIGNATURE):
        return True
    while start + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, start)
        if length > len(data) - start - 8:
            return False
        if name == b"IEND":
            break
        start += 12 + length
    return True


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return name and body of each chunk of a PNG file to its end, IEND; ValueError if damaged.

    Their checksums are right. Bytes after the end are not read.
    """
    if not data.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    found = []
    start, name = len(SIGNATURE), b""
    while name != b"IEND":
        try:
            length, name = struct.unpack_from(">I4s", data, start)
            end = start + 8 + length
            (checksum,) = struct.unpack_from(">I", data, end)
        except struct.error:
            raise ValueError("truncated") from None
        body = data[start + 8 : end]
        if checksum != zlib_ng.crc32(body, zlib_ng.crc32(name)):
            raise ValueError("damaged")
        found.append((name, body))
        start = end + 4
    return found


def _decode_simple(data: bytes, header: PngHeader) -> np.ndarray | None:
    """Return the image of a file that has only pixels and simple filters; else None."""
    try:
        (first, fields), *packed, (_, end) = chunks(data)
    except ValueError:
        return None
    # The one compression, the one filter method, and not interlaced.
    plain = first == b"IHDR" and fields[10:] == bytes(3) and not end
    if not plain or not packed or {name for name, _ in packed} != {b"IDAT"}:
        return None
    try:
        rows = _unfilter(b"".join(body for _, body in packed), header)
    except zlib_ng.error:
        return None
    if rows is None:
        return None
    if header.color_type == RGB:
        return rows.reshape(header.height, header.width, 3)
    return rows.view(">u2").astype(np.uint16) if header.bits == 16 else rows


def _unfilter(packed: bytes, header: PngHeader) -> np.ndarray | None:
    """uint8 (height, bytes of a row) of packed rows; None for filters that are not simple."""
    height = header.height
    unit = header.bits // 8 * (3 if header.color_type == RGB else 1)  # bytes of a pixel
    length = header.width * unit
    image = np.empty((height, length), dtype=np.uint8)
    above = np.zeros(length, dtype=np.uint8)
    inflater = zlib_ng.decompressobj()
    step = max(ROWS, -(-height // PIECES))
    for top in range(0, height, step):
        part = image[top : top + step]
        inflated = inflater.decompress(packed, len(part) * (length + 1))
        if len(inflated) != len(part) * (length + 1):
            return None
        packed = inflater.unconsumed_tail
        filtered = np.frombuffer(inflated, dtype=np.uint8).reshape(len(part), length + 1)
        filters = filtered[:, 0]
        if filters.max() > FILTER_UP:
            return None
        if not filters.any():
            part[:] = filtered[:, 1:]
            above = part[-1]
            continue
        for row, kind, difference in zip(part, filters.tolist(), filtered[:, 1:], strict=True):
            if kind == FILTER_UP:
                np.add(above, difference, out=row)
            elif kind == FILTER_SUB:
                pixels = difference.reshape(-1, unit)
                np.cumsum(pixels, axis=0, dtype=np.uint8, out=row.reshape(-1, unit))
            else:
                row[:] = difference
            above = row
    # The stream must end here, with its checksum; `eof` may need one more look at what is left.
    rest = inflater.decompress(packed, 1)
    return image if inflater.eof and not rest and not inflater.unused_data else None

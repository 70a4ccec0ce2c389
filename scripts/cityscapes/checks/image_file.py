"""Checks of one PNG file: completeness, and the format of its type."""

import struct
from dataclasses import dataclass

import numpy as np
from zlib_ng import zlib_ng

from cityscapes.checks.formats import ImageFormat
from cityscapes.checks.problem import Problem
from cityscapes.files.whole import digest
from cityscapes.png.decode import UNCHANGED, decode
from cityscapes.png.header import COLOR_TYPES, RGB, RGBA, PngHeader, parse_header
from cityscapes.png.signature import SIGNATURE

CHANNELS = {RGB: 3, RGBA: 4}  # of the types with more than one
# One pixel in this many, in each direction, is enough to see for nearly all images that they are
# not constant, or that their values need 16 bits.
STEP = 64


@dataclass(frozen=True)
class ImageFile:
    """The results for a PNG file.

    `pixels` are uint8 or uint16 (height, width[, channels]), channels in OpenCV's order, and None
    where the file cannot be used as the image that it should be.
    """

    content: str  # the same for files of the same content
    pixels: np.ndarray | None
    problems: list[Problem]


def inspect_image(data: bytes, expected: ImageFormat, size: tuple[int, int]) -> ImageFile:
    """Check a PNG file against the format of its type and the (width, height) it should have.

    The checksum of every chunk is verified, and the pixels are decoded. Source: PNG specification.
    """
    content, problems = _check_chunks(data)
    if any(problem.severity == "error" for problem in problems):
        return ImageFile(content, None, problems)
    header = parse_header(data)
    if header is None:
        length = int.from_bytes(data[8:12])
        what = f"the first chunk is {_shown(data[12:16])} of {length} bytes, not 'IHDR' of 13"
        return ImageFile(content, None, [*problems, Problem("error", "damaged", what)])
    problems += _check_header(header, expected, size)
    if any(problem.severity == "error" for problem in problems):
        return ImageFile(content, None, problems)
    pixels = decode(data, header, UNCHANGED)
    if pixels is None:
        problems.append(
            Problem("error", "damaged", "the PNG cannot be decoded: its data is wrong")
        )
    else:
        problems += _check_pixels(pixels, expected)
        if pixels.ndim == 3 and pixels.shape[2] != CHANNELS[expected.color_type]:
            what = "one colour of the image is marked as transparent (tRNS chunk)"
            problems.append(Problem("error", "wrong mode", what))
            pixels = None
    return ImageFile(content, pixels, problems)


def _check_chunks(data: bytes) -> tuple[str, list[Problem]]:
    """Return the digest of the chunks, and what is wrong with them."""
    if not data.startswith(SIGNATURE):
        return "", [Problem("error", "not a PNG", f"the file starts with {_shown(data[:8])}")]
    checksums = []
    position = len(SIGNATURE)
    while True:
        if position + 12 > len(data):
            return "", [_truncated(data)]
        (length,) = struct.unpack_from(">I", data, position)
        end = position + 12 + length
        if end > len(data):
            return "", [_truncated(data)]
        body = memoryview(data)[position + 4 : end - 4]
        if zlib_ng.crc32(body) != int.from_bytes(data[end - 4 : end]):
            name = _shown(bytes(body[:4]))
            what = f"the checksum of the {name} chunk at byte {position} does not match its data"
            return "", [Problem("error", "damaged", what)]
        checksums.append(data[end - 4 : end])
        position = end
        if body[:4] == b"IEND":
            break
    problems = []
    if position < len(data):
        what = f"{len(data) - position} bytes follow the end of the PNG"
        problems.append(Problem("warning", "trailing data", what))
    return digest(str(position), *checksums), problems


def _truncated(data: bytes) -> Problem:
    what = f"the PNG ends after {len(data)} bytes, before its IEND chunk"
    return Problem("error", "truncated", what)


def _check_header(
    header: PngHeader, expected: ImageFormat, size: tuple[int, int]
) -> list[Problem]:
    problems = []
    if (header.width, header.height) != size:
        what = f"the image is {header.width} x {header.height}, not {size[0]} x {size[1]}"
        problems.append(Problem("error", "wrong size", what))
    if header.color_type != expected.color_type:
        what = f"the image is {header.color}, not {COLOR_TYPES[expected.color_type]}"
        problems.append(Problem("error", "wrong mode", what))
    elif header.bits != expected.bits:
        what = f"the image has {header.bits} bits a channel, not {expected.bits}"
        problems.append(Problem("error", "wrong bit depth", what))
    return problems


def _check_pixels(pixels: np.ndarray, expected: ImageFormat) -> list[Problem]:
    sample = pixels[::STEP, ::STEP]
    if np.ptp(sample) == 0:
        if not pixels.any():
            return [Problem("warning", "all black", "every pixel is 0")]
        if (pixels == pixels[0, 0]).all():
            return [
                Problem("warning", "constant image", f"every pixel is {pixels[0, 0].tolist()}")
            ]
    if expected.wide and sample.max() <= 255 and pixels.max() <= 255:
        what = "no value is above 255: 8-bit values in a 16-bit file"
        return [Problem("error", "8-bit values", what)]
    return []


def _shown(data: bytes) -> str:
    return repr(data)[1:]

"""The properties of an image from the first 33 bytes of its PNG file."""

import struct
from dataclasses import dataclass
from pathlib import Path

from zlib_ng import zlib_ng

from cityscapes.errors import DataError
from cityscapes.png.signature import SIGNATURE
from cityscapes.png.size import MAX_PIXELS, MAX_SIDE

# PNG specification, table 11.1
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
COLOR_TYPES = {
    GREY: "grey",
    RGB: "RGB",
    PALETTE: "palette",
    GREY_ALPHA: "grey with alpha",
    RGBA: "RGBA",
}
START = SIGNATURE + b"\0\0\0\rIHDR"
# Of an image file: one of MAX_PIXELS with 16 bits, without any compression.
MOST_BYTES = 2 * MAX_PIXELS + (1 << 20)


@dataclass(frozen=True)
class PngHeader:
    """The IHDR chunk of a PNG file, unchecked: if damaged, it may hold anything."""

    width: int  # pixels
    height: int
    bits: int  # of a channel; of a palette image, of an index
    color_type: int
    interlaced: bool
    intact: bool  # the checksum of the chunk holds

    @property
    def color(self) -> str:
        """Return the colour type in words."""
        return COLOR_TYPES.get(self.color_type, f"colour type {self.color_type}")


def parse_header(data: bytes) -> PngHeader | None:
    """Parse the header of a PNG file from its bytes; None if there is none.

    Source: PNG specification (W3C), 5.2 and 11.2.1.
    """
    # The fields that are always checked; without the rest, it is not intact.
    if not data.startswith(START) or len(data) < 26:
        return None
    width, height, bits, color_type = struct.unpack_from(">IIBB", data, 16)
    intact = data[29:33] == struct.pack(">I", zlib_ng.crc32(data[12:29]))
    return PngHeader(width, height, bits, color_type, data[28:29] != b"\0", intact)


def refuse_too_large(path: Path, header: PngHeader) -> None:
    """Raise DataError for an image of more than `MAX_PIXELS` pixels or `MAX_SIDE` a side.

    Not for a header that is damaged: no decoder takes memory for it, and its size is not real.
    """
    width, height = header.width, header.height
    if header.intact and (max(width, height) > MAX_SIDE or width * height > MAX_PIXELS):
        raise DataError(
            f"{path}: is {width} x {height} pixels; an image has at most {MAX_PIXELS:,} "
            f"and {MAX_SIDE:,} a side"
        )

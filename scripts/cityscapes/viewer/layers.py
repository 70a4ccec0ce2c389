"""What the page shows of a frame besides its polygons: camera images, disparity, records."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from cityscapes.errors import DataError
from cityscapes.files.json_document import MOST_OF_A_FRAME, parse_document
from cityscapes.files.regular import read_file
from cityscapes.ground_truth.depth import parse_camera
from cityscapes.png.decode import AS_RGB, decode
from cityscapes.png.header import (
    COLOR_TYPES,
    MOST_BYTES,
    RGB,
    PngHeader,
    parse_header,
    refuse_too_large,
)
from cityscapes.png.labels import read_grey
from cityscapes.png.write import encode


def camera_image(path: Path) -> bytes:
    """Return a PNG file with 8 bits a channel for the browser; raise DataError if it is damaged.

    One with 16 bits gets the upper 8, between its darkest and brightest percent.
    """
    data, header = png_file(path)
    if header.bits <= 8:
        return data  # the browser says whether its pixels can be decoded
    image = decode_rgb(path, data)
    darkest, brightest = np.percentile(image[::8, ::8], (1, 99))
    scale = 255 / max(brightest - darkest, 1)
    grey = np.clip((np.arange(1 << 16) - darkest) * scale, 0, 255).astype(np.uint8)
    shown = cv2.LUT(image, grey)
    return encode(shown)


def values_of_image(path: Path) -> np.ndarray:
    """uint16 (height, width, 3): red, green, blue of the file; DataError if it is damaged."""
    data, _ = png_file(path)
    return decode_rgb(path, data).astype(np.uint16)


def png_file(path: Path) -> tuple[bytes, PngHeader]:
    """Read a PNG file and its header; raise DataError if it is not one, or too large."""
    data = read_file(path, MOST_BYTES)
    header = parse_header(data)
    if header is None:
        raise DataError(f"{path}: is not a PNG file ({len(data)} bytes)")
    if header.color_type not in COLOR_TYPES:
        raise DataError(f"{path}: {header.color}: no PNG has that; the file is damaged")
    refuse_too_large(path, header)
    return data, header


def decode_rgb(path: Path, data: bytes) -> np.ndarray:
    """uint8 or uint16 (height, width, 3): red, green, blue; DataError if it is damaged."""
    header = parse_header(data)
    assert header
    if (header.bits, header.color_type) == (8, RGB):
        image = decode(data, header, AS_RGB)
    else:
        flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
        image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    if image is None:
        raise DataError(f"{path}: cannot be decoded: the PNG is truncated or damaged")
    return image


def disparity(path: Path, camera: Path) -> tuple[np.ndarray, dict[str, Any]]:
    """uint16 (height, width) as released, and what turns it into depth: baseline in m, fx in px.

    p > 0 stands for a disparity of (p - 1) / 256 px, which is baseline * fx / disparity metres
    away. Without a usable camera file, `problem` says why there is no depth. Raises DataError.
    """
    values = read_grey(path, bits=16)
    try:
        stereo = parse_camera(read_file(camera, MOST_OF_A_FRAME))
    except DataError as error:
        return values, {"problem": f"{camera.name}: {error}"}
    return values, {"fx": stereo.fx, "baseline": stereo.baseline}


def record(path: Path) -> Any:
    """Return the content of a small JSON or text file of a frame, or its error message."""
    try:
        data = read_file(path, MOST_OF_A_FRAME)
        if path.suffix != ".json":
            return data.decode(errors="replace")[:1000].strip()
        return parse_document(data)
    except DataError as error:
        return {"problem": f"{error}"}

"""Reading the pictures of the COCO panoptic format: RGB images of segment ids."""

import os
from pathlib import Path

import cv2
import numpy as np

from cityscapes.errors import DataError, quoted
from cityscapes.evaluation.panoptic.records import MAX_SEGMENT_ID, PanopticFrame
from cityscapes.files.regular import read_file
from cityscapes.labels import VOID_TRAIN_ID, LabelTable
from cityscapes.png.decode import AS_RGB, decode
from cityscapes.png.header import MOST_BYTES, RGB, parse_header, refuse_too_large

KITTI_STEP = (
    "the pictures seem to be in the two-channel format of KITTI-STEP and DeepLab2 (red is the "
    "class, 256 * green + blue the object), which has no JSON file; wanted is the COCO panoptic "
    "format: pictures of segment ids, and a JSON file with the category of each segment"
)


def kitti_step(picture: Path, table: LabelTable) -> str:
    """Return a note on pictures in the format of KITTI-STEP; "" if they are of another.

    Red is the class, 256 * green + blue the object. DeepLab2 writes such pictures, too.
    """
    try:
        red = _read_rgb(picture)[..., 0]
    except DataError:
        return ""
    classes = set(np.unique(red).tolist()) - {VOID_TRAIN_ID}
    labels = [label for label in table if label.id >= 0]
    fits = classes <= {label.id for label in labels} or classes <= {
        label.train_id for label in labels
    }
    return KITTI_STEP if fits and classes else ""


def read_panoptic_png(path: Path) -> np.ndarray:
    """int32 (height, width): segment ids R + 256 G + 65536 B of an 8-bit RGB picture, 0 is void.

    Raises DataError when the file cannot be read, is damaged, too large, or another kind of image.
    """
    # With a fourth byte, a pixel is a little-endian number: seven times faster than arithmetic.
    ids = cv2.cvtColor(_read_rgb(path), cv2.COLOR_RGB2RGBA).view("<i4")[..., 0]
    ids &= MAX_SEGMENT_ID
    return ids


def leads_out(folder: Path, frame: PanopticFrame) -> str:
    """Return the error if links lead a picture out of the pictures' folder, or ""."""
    picture = Path(os.path.realpath(folder / frame.file_name))
    if picture.is_relative_to(os.path.realpath(folder)):
        return ""
    return f"picture {quoted(frame.file_name)} is {picture}, outside of the pictures {folder}"


def _read_rgb(path: Path) -> np.ndarray:
    data = read_file(path, MOST_BYTES)
    header = parse_header(data)
    if header is None:
        raise DataError(f"{path}: not a PNG file ({len(data)} bytes)")
    if (header.bits, header.color_type) != (8, RGB):
        raise DataError(
            f"{path}: a {header.bits}-bit {header.color} image; a panoptic picture is 8-bit RGB, "
            "with R + 256 G + 65536 B the segment id"
        )
    refuse_too_large(path, header)
    rgb = decode(data, header, AS_RGB)
    if rgb is None:
        raise DataError(f"{path}: damaged PNG ({len(data)} bytes; is the file truncated?)")
    return rgb

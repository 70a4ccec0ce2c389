"""Reading instance predictions in the benchmark's format: a text file per frame, mask images."""

import io
import math
import os
import warnings
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

from cityscapes.errors import DataError, quoted, short
from cityscapes.evaluation.classes import ClassNumbers
from cityscapes.files.regular import open_regular, read_regular
from cityscapes.png.decode import UNCHANGED, decode_with_opencv
from cityscapes.png.header import MOST_BYTES, parse_header
from cityscapes.png.masks import decode_box

# Mistakes of a file that a message lists; the others are counted.
MAX_LISTED = 100
# ASSUME: no text file of one frame is larger, in bytes; a line has some 50.
MOST_OF_A_TEXT = 16_000_000


class Prediction(NamedTuple):
    """One predicted mask, cut to the box around its pixels."""

    label_id: int
    confidence: float
    left: int
    top: int
    mask: np.ndarray  # uint8 (height, width) of the box: 1 in the mask, 0 around it
    own_box: Any = None  # `bbox` of a COCO entry, unchecked: a network may predict it, too


def text_predictions(
    path: Path, root: Path, shape: tuple[int, int], numbers: ClassNumbers
) -> Iterator[Prediction]:
    """Yield the predictions for one frame in a text file of lines `mask labelId confidence`.

    `mask` is the path of an image, relative to the text file and somewhere below `root`; all its
    pixels that are not zero belong to it. `shape` is (height, width) of the ground truth, and
    `numbers` say what a labelId means. One mask at a time is in memory. Raises DataError at the
    end, with a list of every line that is wrong.
    """
    try:
        with open_regular(path) as file:
            data = file.read(MOST_OF_A_TEXT + 1)
        lines = io.StringIO(data.decode(), newline=None).readlines()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: not a text file of lines `mask labelId confidence`") from None
    if len(data) > MOST_OF_A_TEXT:
        raise DataError(f"{path}: larger than {MOST_OF_A_TEXT:,} bytes: no predictions of a frame")
    # UPSTREAM: a mask that is named twice counts once, as its last line says.
    found: dict[Path, tuple[int, int, float]] = {}
    problems = []
    inside = Path(os.path.realpath(root))
    for number, line in enumerate(lines, start=1):
        try:
            text = line.removesuffix("\n")
            mask, label_id, confidence = _parse_line(text, path.parent, inside, numbers)
            found[mask] = (number, label_id, confidence)
        except DataError as error:
            problems.append((number, error))

    for mask, (number, label_id, confidence) in found.items():
        try:
            yield Prediction(label_id, confidence, *_read_mask(mask, shape))
        except DataError as error:
            problems.append((number, error))
    refuse(path, "line", problems)


def _parse_line(
    line: str, folder: Path, root: Path, numbers: ClassNumbers
) -> tuple[Path, int, float]:
    fields = line.split(" ")
    if len(fields) != 3:
        raise DataError(
            f"{quoted(line)} is not `mask labelId confidence`, with one space between each"
        )
    name, label_id, confidence = fields
    return (
        _mask_path(name, folder, root),
        known_label_id(label_id, numbers),
        finite_confidence(confidence),
    )


def _mask_path(name: str, folder: Path, root: Path) -> Path:
    if os.path.isabs(name):
        raise DataError(f"mask {quoted(name)} is an absolute path, not relative to the text file")
    path = Path(os.path.normpath(folder / name))
    try:
        real = Path(os.path.realpath(path))
    except ValueError:
        raise DataError(f"mask {quoted(name)} is no path") from None
    # UPSTREAM: the reference compares letters, so that results_other lies below results for it.
    if not real.is_relative_to(root):
        raise DataError(f"mask {quoted(name)} is {real}, outside of the results {root}")
    return path


def known_label_id(value: str | float, numbers: ClassNumbers) -> int:
    """Return the label id of a class number; raise DataError if it has none."""
    try:
        number = float(value)  # UPSTREAM: 26.0 is fine
    except (ValueError, OverflowError):
        number = math.nan
    if number not in numbers.ids:
        raise DataError(f"label id {quoted(value)} is not {numbers.what}")
    return numbers.ids[int(number)]


def finite_confidence(value: str | float) -> float:
    """Parse a confidence; raise DataError if it is not a finite number."""
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise DataError(f"confidence {quoted(value)} is not a finite number")
    return number


def _read_mask(path: Path, shape: tuple[int, int]) -> tuple[int, int, np.ndarray]:
    """Return left, top and mask of a `Prediction`, from an image file."""
    try:
        data = read_regular(path, MOST_BYTES)
    except OSError as error:
        raise DataError(f"mask {path} cannot be read: {error.strerror}") from None
    image, x, y = decode_box(data, shape) or (_decode(path, data, shape), 0, 0)
    if image.ndim == 3:
        image = _grey(image)
    if image.dtype != np.uint8:
        image = (image != 0).view(np.uint8)
    left, top, mask = cut(image, cv2.boundingRect(image))
    return x + left, y + top, mask


def _decode(path: Path, data: bytes, shape: tuple[int, int]) -> np.ndarray:
    what = f"mask {path}"
    found = _shape(data)
    if found is not None:
        check_size(what, found, shape)  # before it is decoded: a small file may hold a vast image
        image = decode_with_opencv(data, UNCHANGED)
        if image is not None:
            check_size(what, image.shape[:2], shape)
            return image
    raise DataError(f"{what} is not an image, or a damaged one")


def _shape(data: bytes) -> tuple[int, int] | None:
    """Return (height, width) in the header of an image of any format; None if there is none."""
    header = parse_header(data)
    if header is not None:
        return (header.height, header.width) if header.intact else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data)) as image:
                return image.height, image.width
    # Pillow raises various exceptions for damaged headers.
    except Exception:
        return None


def _grey(image: np.ndarray) -> np.ndarray:
    """uint8 (height, width) of a blue, green, red[, alpha] image of 8 or 16 bits."""
    # UPSTREAM: Pillow's grey of the upper 8 bits; the darkest colours, as (0, 0, 4), become zero.
    if image.dtype == np.uint16:
        image = image >> 8
    weighted = image[..., :3] @ np.array([7471, 38470, 19595], dtype=np.uint32)
    return ((weighted + (1 << 15)) >> 16).astype(np.uint8)


def cut(image: np.ndarray, box: Iterable[int]) -> tuple[int, int, np.ndarray]:
    """Return left, top and uint8 (height, width) mask of an image's part: 1 where it is not 0."""
    left, top, width, height = box
    part = image[top : top + height, left : left + width]
    return left, top, (part != 0).view(np.uint8)


def check_size(what: str, found: Any, shape: tuple[int, int]) -> None:
    """Raise DataError if a size is not (height, width) of the ground truth."""
    if not isinstance(found, (list, tuple)) or tuple(found) != tuple(shape):
        raise DataError(
            f"{what} is {size_text(found)} pixels, the ground truth {size_text(shape)}"
        )


def size_text(shape: Any) -> str:
    """Format a shape as width x height."""
    if isinstance(shape, (list, tuple)) and len(shape) == 2:
        return f"{shape[1]} x {shape[0]}"
    return short(shape)


def refuse(path: Path, place: str, problems: list[tuple[int, DataError]]) -> None:
    """Raise DataError, which lists the problems of a file by line or entry."""
    if problems:
        listed = [f"{place} {number}: {error}" for number, error in sorted(problems, key=_first)]
        more = len(listed) - MAX_LISTED
        listed[MAX_LISTED:] = [f"and {more} more"] if more > 0 else []
        raise DataError(f"{path}: the predictions are wrong:\n  " + "\n  ".join(listed))


def _first(problem: tuple[int, DataError]) -> int:
    return problem[0]

"""Reading pixel predictions: grey, palette or colour PNG images, and label maps of NumPy."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np

from cityscapes.errors import DataError, quoted
from cityscapes.files.regular import read_file
from cityscapes.labels import Label, LabelTable
from cityscapes.png.header import MOST_BYTES, PngHeader, parse_header, refuse_too_large
from cityscapes.png.labels import parse_grey, read_colors
from cityscapes.png.size import MAX_PIXELS

COLORS = "colors"
# Unknown colours that a message lists.
MOST_LISTED = 10
_UNKNOWN = -1
# Rows to look up at a time: a few MB, however large the image.
_ROWS = 128
# Numbers of 64 bits, which networks like to save.
_MOST_OF_AN_ARRAY = 8 * MAX_PIXELS + (1 << 20)


@dataclass(frozen=True)
class Reading:
    """How the predictions of a set are read."""

    colors: tuple[tuple[int, int, int, int], ...] = ()  # red, green, blue, id: of colour images
    resize: bool = False  # resize predictions to the size of the truth


# Ids or trainIds, of the size of the ground truth.
PLAIN = Reading()


def reading_of(encoding: str, resize: str, table: LabelTable) -> Reading:
    """Return how predictions are read with these settings; DataError for ambiguous colours."""
    colors = colors_of_classes(table) if encoding == COLORS else ()
    return Reading(colors, resize == "nearest")


def colors_of_classes(table: LabelTable) -> tuple[tuple[int, int, int, int], ...]:
    """Return (red, green, blue, id) of each colour in the table, for classes with an id from 0.

    Several may have one colour, as those that are ignored have black; it then is the one that is
    evaluated, else the first. Raises DataError if several evaluated classes have one colour.
    """
    classes: dict[tuple[int, int, int], list[Label]] = {}
    for label in table:
        if label.id >= 0:
            classes.setdefault(label.color, []).append(label)
    ids, problems = {}, []
    for color, labels in classes.items():
        evaluated = [label for label in labels if not label.ignore_in_eval]
        if len(evaluated) > 1:
            names = ", ".join(label.name for label in evaluated)
            problems.append(f"\n  {color} is the colour of {names}")
        ids[color] = (evaluated or labels)[0].id
    if problems:
        raise DataError(
            "predictions in colours need a colour of its own for every class that is "
            f"evaluated:{''.join(problems)}"
        )
    return tuple((*color, id_) for color, id_ in ids.items())


def read_prediction(path: Path, reading: Reading = PLAIN) -> np.ndarray:
    """uint8 (height, width): the predicted values of a PNG or .npy file; ids of colour images.

    Of a palette the indices are meant, as in the reference, where colours are not what is read.
    Raises DataError, which names the file, for any other image and for colours of no class.
    """
    if path.suffix == ".npy":
        return _read_array(path)
    if reading.colors:
        return _ids_of_colors(path, read_colors(path), reading.colors)
    data = read_file(path, MOST_BYTES)
    header = parse_header(data)
    try:
        return parse_grey(path, data, bits=8)
    except DataError as error:
        if header and header.bits == 8 and header.color.startswith("RGB"):
            advice = "colours of the label table are read with `encoding: colors`"
            raise DataError(f"{error}; {advice}") from None
        raise


def resized(image: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Resize the image to (height, width) `shape`: each pixel is the one nearest to its centre."""
    rows, columns = (
        ((np.arange(wanted) + 0.5) * (have / wanted)).astype(np.int64).clip(max=have - 1)
        for wanted, have in zip(shape, image.shape, strict=True)
    )
    return np.ascontiguousarray(image[rows][:, columns])


def _ids_of_colors(path: Path, rgb: np.ndarray, colors: tuple) -> np.ndarray:
    table = _table_of(colors)
    ids = np.empty(rgb.shape[:2], dtype=np.uint8)
    others: Counter[int] = Counter()
    for top in range(0, len(rgb), _ROWS):
        # With a fourth byte a pixel is one number, which is its index in the table.
        rgba = cv2.cvtColor(rgb[top : top + _ROWS], cv2.COLOR_RGB2RGBA)
        pixels = rgba.view("<i4")[..., 0] & 0xFFFFFF
        found = table[pixels]
        unknown = found == _UNKNOWN
        if unknown.any():
            values, counts = np.unique(pixels[unknown], return_counts=True)
            others.update(dict(zip(values.tolist(), counts.tolist(), strict=True)))
        ids[top : top + _ROWS] = found
    if others:
        listed = ", ".join(
            f"({value & 255}, {value >> 8 & 255}, {value >> 16}) ({count} pixels)"
            for value, count in others.most_common(MOST_LISTED)
        )
        more = len(others) - MOST_LISTED
        raise DataError(
            f"{path}: colours that are of no class in the label table: {listed}"
            + (f" and {more} more colours" if more > 0 else "")
        )
    return ids


@lru_cache(maxsize=1)
def _table_of(colors: tuple[tuple[int, int, int, int], ...]) -> np.ndarray:
    """int16 (2**24,): the id of each colour red + 256 green + 65536 blue, or `_UNKNOWN`."""
    ids = np.full(1 << 24, _UNKNOWN, dtype=np.int16)
    for red, green, blue, id_ in colors:
        ids[red | green << 8 | blue << 16] = id_
    return ids


def _read_array(path: Path) -> np.ndarray:
    data = read_file(path, _MOST_OF_AN_ARRAY)
    try:
        file = BytesIO(data)
        major, _ = np.lib.format.read_magic(file)
        formats = np.lib.format
        shape, by_column, dtype = (
            formats.read_array_header_1_0 if major == 1 else formats.read_array_header_2_0
        )(file)
    # For a damaged header NumPy raises as many exceptions as Python has for wrong syntax.
    except Exception as error:
        raise DataError(f"{path}: is not a .npy file: {quoted(str(error))}") from None
    # An axis of length one, before or after height and width, is dropped.
    size = shape[1:] if len(shape) == 3 and shape[0] == 1 else shape
    size = size[:2] if len(size) == 3 and size[2] == 1 else size
    if dtype.kind not in "iub" or len(size) != 2 or min(size) < 1:
        raise DataError(
            f"{path}: holds {dtype} of shape {shape}, not whole numbers of (height, width)"
        )
    height, width = size
    refuse_too_large(path, PngHeader(width, height, 8, 0, False, True))
    try:
        array = np.frombuffer(data, dtype, count=height * width, offset=file.tell())
    except ValueError as error:
        raise DataError(f"{path}: is a damaged .npy file: {error}") from None
    array = array.reshape((width, height)).T if by_column else array.reshape((height, width))
    if array.size and (array.min() < 0 or array.max() > 255):
        raise DataError(f"{path}: holds {array.min()} to {array.max()}, not values from 0 to 255")
    return np.ascontiguousarray(array, dtype=np.uint8)

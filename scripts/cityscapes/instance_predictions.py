"""Reading instance predictions: a text file and mask images a frame, or one COCO results file."""

import json
import math
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from pycocotools import mask as coco

from cityscapes.errors import DataError, short
from cityscapes.labels import LabelTable
from cityscapes.mask_png import decode_box

# What a message lists of the mistakes in one file; of the others it tells the number.
MAX_LISTED = 100


class Prediction(NamedTuple):
    """One predicted mask, cut to the box around its pixels."""

    label_id: int
    confidence: float
    left: int
    top: int
    mask: np.ndarray  # uint8 (height, width) of the box: 1 in the mask, 0 beside it


class CocoEntry(NamedTuple):
    """One entry of a COCO results file, its mask still packed."""

    index: int  # from 0, in the file's list
    label_id: int
    confidence: float
    rle: dict


def read_text_predictions(
    path: Path, root: Path, shape: tuple[int, int], table: LabelTable
) -> list[Prediction]:
    """The predictions for one frame in a text file with a line `mask labelId confidence` each.

    `mask` is the path of an image, relative to the text file and somewhere below `root`; all its
    pixels that are not zero belong to it. `shape` is (height, width) of the ground truth. Raises
    DataError that lists every line that is wrong.
    """
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.removesuffix("\n") for line in file]
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: not a text file of lines `mask labelId confidence`") from None
    # UPSTREAM: a mask that is named twice counts once, as its last line says.
    found, problems = {}, []
    inside = Path(os.path.realpath(root))
    for number, line in enumerate(lines, start=1):
        try:
            mask, *said = _parse_line(line, path.parent, inside, table)
            found[mask] = (number, *said)
        except DataError as error:
            problems.append((number, error))

    predictions = []
    for mask, (number, label_id, confidence) in found.items():
        try:
            predictions.append(Prediction(label_id, confidence, *_read_mask(mask, shape)))
        except DataError as error:
            problems.append((number, error))
    _raise(path, "line", problems)
    return predictions


def read_coco_results(
    path: Path, frames: Collection[str], table: LabelTable
) -> dict[str, list[CocoEntry]]:
    """The entries of a COCO results file by frame, `<city>_<sequence>_<frame>`; one list for each
    of `frames`, the frames that there are.

    An entry is {image_id: frame, category_id: labelId, score, segmentation: RLE}. Raises
    DataError that lists every entry that is wrong; masks are checked by `unpack`.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: not JSON: {error}") from None
    if not isinstance(document, list):
        raise DataError(f"{path}: not COCO results: a list of entries is wanted at the top")
    of_frame = {frame: [] for frame in frames}
    problems = []
    for index, entry in enumerate(document):
        try:
            frame, *said = _parse_entry(entry, of_frame, table)
            of_frame[frame].append(CocoEntry(index, *said))
        except DataError as error:
            problems.append((index, error))
    _raise(path, "entry", problems)
    return of_frame


def unpack(path: Path, entries: list[CocoEntry], shape: tuple[int, int]) -> list[Prediction]:
    """The predictions for one frame in its entries of the COCO results file `path`.

    `shape` is (height, width) of the ground truth. Raises DataError that lists every mask that is
    damaged or of another size.
    """
    predictions, problems = [], []
    for index, label_id, confidence, rle in entries:
        try:
            predictions.append(Prediction(label_id, confidence, *_decode_rle(rle, shape)))
        except DataError as error:
            problems.append((index, error))
    _raise(path, "entry", problems)
    return predictions


def _parse_line(line: str, folder: Path, root: Path, table: LabelTable) -> tuple[Path, int, float]:
    fields = line.split(" ")
    if len(fields) != 3:
        raise DataError(f"{line!r} is not `mask labelId confidence`, with one space between each")
    name, label_id, confidence = fields
    return _mask_path(name, folder, root), _label_id(label_id, table), _confidence(confidence)


def _mask_path(name: str, folder: Path, root: Path) -> Path:
    if os.path.isabs(name):
        raise DataError(f"mask {name!r} is an absolute path, not relative to the text file")
    path = Path(os.path.normpath(folder / name))
    try:
        real = Path(os.path.realpath(path))
    except ValueError:
        raise DataError(f"mask {name!r} is no path") from None
    # UPSTREAM: the reference compares letters, so that results_other lies below results for it.
    if not real.is_relative_to(root):
        raise DataError(f"mask {name!r} is {real}, outside of the results {root}")
    return path


def _label_id(value: str | float, table: LabelTable) -> int:
    try:
        number = float(value)  # UPSTREAM: 26.0 is fine
    except (ValueError, OverflowError):
        number = math.nan
    if number not in table.by_id:
        raise DataError(f"label id {value!r} is not an id of the label table")
    return int(number)


def _confidence(value: str | float) -> float:
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise DataError(f"confidence {value!r} is not a finite number")
    return number


def _read_mask(path: Path, shape: tuple[int, int]) -> tuple[int, int, np.ndarray]:
    """left, top and mask of a `Prediction`, from an image file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"mask {path} cannot be read: {error.strerror}") from None
    image, beside, above = decode_box(data, shape) or (_decode(path, data, shape), 0, 0)
    if image.ndim == 3:
        image = _grey(image)
    if image.dtype != np.uint8:
        image = (image != 0).view(np.uint8)
    left, top, mask = _cut(image, cv2.boundingRect(image))
    return beside + left, above + top, mask


def _decode(path: Path, data: bytes, shape: tuple[int, int]) -> np.ndarray:
    try:
        image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:  # an empty file, or an image too large for OpenCV
        image = None
    if image is None:
        raise DataError(f"mask {path} is not an image, or a damaged one")
    _check_size(f"mask {path}", image.shape[:2], shape)
    return image


def _grey(image: np.ndarray) -> np.ndarray:
    """uint8 (height, width) of a blue, green, red[, alpha] image of 8 or 16 bits."""
    # UPSTREAM: Pillow's grey of the upper 8 bits; the darkest colours, as (0, 0, 4), become zero.
    if image.dtype == np.uint16:
        image = image >> 8
    weighted = image[..., :3] @ np.array([7471, 38470, 19595], dtype=np.uint32)
    return ((weighted + (1 << 15)) >> 16).astype(np.uint8)


def _parse_entry(
    entry: Any, frames: Collection[str], table: LabelTable
) -> tuple[str, int, float, dict]:
    if not isinstance(entry, dict):
        raise DataError(f"{short(entry)} is not an object")
    missing = {"image_id", "category_id", "score", "segmentation"} - entry.keys()
    if missing:
        raise DataError(f"no {', '.join(sorted(missing))}")
    frame, rle = entry["image_id"], entry["segmentation"]
    if not isinstance(frame, str) or frame not in frames:
        raise DataError(
            f"image_id {short(frame)} is not a frame that is evaluated; "
            "<city>_<sequence>_<frame> is wanted"
        )
    for key in ("category_id", "score"):
        if type(entry[key]) not in (int, float):
            raise DataError(f"{key} {short(entry[key])} is not a number")
    if not isinstance(rle, dict) or not rle.keys() >= {"size", "counts"}:
        raise DataError(f"segmentation {short(rle)} is not an RLE with size and counts")
    return frame, _label_id(entry["category_id"], table), _confidence(entry["score"]), rle


def _decode_rle(rle: dict, shape: tuple[int, int]) -> tuple[int, int, np.ndarray]:
    """left, top and mask of a `Prediction`, from an RLE."""
    _check_size("RLE", rle["size"], shape)
    packed = rle["counts"]
    counts = _run_lengths(packed) if isinstance(packed, str) else packed
    # pycocotools reads beyond its input and leaves pixels undefined where an RLE is damaged.
    if (
        not isinstance(counts, list)
        or not {*map(type, counts)} <= {int}
        or min(counts, default=-1) < 0
        or sum(counts) != math.prod(shape)
    ):
        raise DataError(f"RLE counts {short(packed)} do not fill {_size(shape)} pixels")
    rle = {"size": list(shape), "counts": packed}
    if packed is counts:
        rle = coco.frPyObjects(rle, *shape)
    return _cut(coco.decode(rle), coco.toBbox(rle).astype(int).tolist())


def _run_lengths(packed: str) -> list[int] | None:
    """The lengths of the runs in the text of a packed RLE; None where it is damaged.

    Source: rleFrString of the COCO API. Five bits a character, low ones first, with a flag that
    more follow; signed, and from the fourth on as the difference to the last but one.
    """
    codes = np.array([*map(ord, packed)], dtype=np.int64) - 48
    if not codes.size or codes.min() < 0 or codes.max() > 63 or codes[-1] & 32:
        return None
    last = np.flatnonzero(codes & 32 == 0)
    first = np.append(0, last[:-1] + 1)
    if (last - first).max() > 6:  # beyond 35 bits
        return None
    place = 5 * (np.arange(len(codes)) - np.repeat(first, last - first + 1))
    lengths = np.add.reduceat((codes & 31) << place, first)
    lengths -= (codes[last] & 16 > 0) * (np.int64(32) << place[last])
    for start in (1, 2):
        lengths[start::2] = np.cumsum(lengths[start::2])
    return lengths.tolist()


def _cut(image: np.ndarray, box: Iterable[int]) -> tuple[int, int, np.ndarray]:
    left, top, width, height = box
    part = image[top : top + height, left : left + width]
    return left, top, (part != 0).view(np.uint8)


def _check_size(what: str, found: Any, shape: tuple[int, int]) -> None:
    if not isinstance(found, (list, tuple)) or tuple(found) != tuple(shape):
        raise DataError(f"{what} is {_size(found)} pixels, the ground truth {_size(shape)}")


def _size(shape: Any) -> str:
    if isinstance(shape, (list, tuple)) and len(shape) == 2:
        return f"{shape[1]} x {shape[0]}"
    return short(shape)


def _raise(path: Path, place: str, problems: list[tuple[int, DataError]]) -> None:
    if problems:
        listed = [f"{place} {number}: {error}" for number, error in sorted(problems, key=_first)]
        more = len(listed) - MAX_LISTED
        listed[MAX_LISTED:] = [f"and {more} more"] if more > 0 else []
        raise DataError(f"{path}: the predictions are wrong:\n  " + "\n  ".join(listed))


def _first(problem: tuple[int, DataError]) -> int:
    return problem[0]

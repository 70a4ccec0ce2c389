"""Reading instance predictions from one COCO results file, without loading all of it.

The file is a JSON list of {image_id, category_id, score, segmentation}, by itself or as
`annotations` or `results` of an object. Images are named by frame, or by their ids in a COCO JSON
file, and so are categories; masks are RLEs or polygons. It is read once to find the entries of
each frame; their masks are then decoded frame by frame.
"""

import io
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco

from cityscapes.errors import DataError, short
from cityscapes.evaluation.classes import IDS, ClassNumbers, class_numbers
from cityscapes.evaluation.coco_images import CocoImages, category_numbers, frame_of_image
from cityscapes.evaluation.instance.predictions import (
    MAX_LISTED,
    Prediction,
    check_size,
    cut,
    finite_confidence,
    known_label_id,
    refuse,
    size_text,
)
from cityscapes.files.json_document import parse_document
from cityscapes.files.json_stream import MOST_OF_A_VALUE, JsonStream, Value
from cityscapes.files.regular import open_regular
from cityscapes.files.whole import digest
from cityscapes.labels import LabelTable

# Names of the list in an object that holds it.
LISTS = ("annotations", "results")
# A file with more wrong entries than this is of another kind: no message lists them all.
MOST_WRONG = 10_000
# Polygons that are longer than the image has pixels, or reach farther beyond it than its size, are
# no outlines of objects: pycocotools would take gigabytes to fill them.
MOST_BEYOND = 1


@dataclass(frozen=True)
class CocoEntry:
    """The place of an entry in its file, and a digest of its content."""

    index: int  # from 0, in the file's list
    begin: int  # first byte
    end: int  # past the last byte
    content: str


@dataclass(frozen=True)
class CocoIndex:
    """The entries of a COCO results file."""

    of_frame: dict[str, list[CocoEntry]]
    problems: list[str]  # a line for each entry that is wrong
    numbers: ClassNumbers  # the meaning of the category ids
    note: str = ""  # how they were read, if that is not obvious


def index_coco_results(
    path: Path, frames: Collection[str], table: LabelTable, encoding: str = IDS,
    images: CocoImages | None = None,
) -> CocoIndex:  # fmt: skip
    """Return the entries of a COCO results file by frame, and the errors of others.

    There is a list for each of `frames`, all there are. Image and category ids are those of
    `images`; without it, images are frames and categories as the `encoding` says. Masks are
    checked by `coco_predictions`. Raises DataError if the file is no such list, holds anything
    behind it, or more than 10,000 wrong entries.
    """
    found: list[tuple[str, float, CocoEntry]] = []  # frame, category and entry
    wrong: dict[int, str] = {}
    try:
        # In Latin-1 a character is a byte, so that places in the text are places in the file.
        with io.TextIOWrapper(open_regular(path), encoding="latin-1", newline="") as file:
            for index, entry in enumerate(_entries(JsonStream(file))):
                try:
                    image_id, category, *_ = _parse_entry(entry.value)
                    frame = frame_of_image(image_id, frames, images)
                except DataError as error:
                    _add(wrong, index, f"{path}: entry {index}: {error}")
                else:
                    content = digest(entry.text)
                    place = CocoEntry(index, entry.begin, entry.end, content)
                    found.append((frame, category, place))
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    except DataError as error:
        raise DataError(f"{path}: {error}") from None

    numbers, note = class_numbers(table, encoding), ""
    if images:
        numbers, note = category_numbers({category for _, category, _ in found}, images, table)
    of_frame: dict[str, list[CocoEntry]] = {frame: [] for frame in frames}
    for frame, category, place in found:
        try:
            known_label_id(category, numbers)
            of_frame[frame].append(place)
        except DataError as error:
            _add(wrong, place.index, f"{path}: entry {place.index}: {error}")
    return CocoIndex(of_frame, [wrong[index] for index in sorted(wrong)], numbers, note)


def _add(wrong: dict[int, str], index: int, problem: str) -> None:
    wrong[index] = problem
    if len(wrong) > MOST_WRONG:
        raise DataError(_too_many([wrong[number] for number in sorted(wrong)]))


def _too_many(problems: list[str]) -> str:
    listed = "\n  ".join(problems[:MAX_LISTED])
    return f"more than {MOST_WRONG:,} entries are wrong, the first ones:\n  {listed}"


def coco_predictions(
    path: Path, entries: list[CocoEntry], shape: tuple[int, int], numbers: ClassNumbers
) -> Iterator[Prediction]:
    """Yield the predictions for one frame, from its entries in the COCO results file `path`.

    `shape` is (height, width) of the ground truth. One mask at a time is in memory. Raises
    DataError at the end, with a list of every mask that is damaged or of another size.
    """
    problems = []
    try:
        with open_regular(path) as file:
            for at in entries:
                file.seek(at.begin)
                text = file.read(at.end - at.begin)
                try:
                    entry = parse_document(text, MOST_OF_A_VALUE)
                    _, category, confidence, segmentation = _parse_entry(entry)
                    label_id = known_label_id(category, numbers)
                    mask = _decode(segmentation, shape)
                    yield Prediction(label_id, confidence, *mask, entry.get("bbox"))
                except DataError as error:
                    problems.append((at.index, error))
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    refuse(path, "entry", problems)


def _entries(stream: JsonStream) -> Iterator[Value]:
    """Yield the entries of COCO results in turn; raise DataError for any other document."""
    wanted = (
        "a list of entries is wanted at the top, or an object that holds it as "
        f"{' or '.join(LISTS)}"
    )
    first = stream.upcoming()
    if first == "[":
        yield from stream.elements()
    elif first == "{":
        found = []
        for key in stream.keys():
            if key in LISTS and stream.upcoming() == "[":
                found.append(key)
                if len(found) > 1:
                    raise DataError(f"not COCO results: the file holds {' and '.join(found)}")
                yield from stream.elements()
            else:
                stream.value()
        if not found:
            raise DataError(f"not COCO results: {wanted}")
    else:
        stream.value()  # if it is no JSON at all, say so
        raise DataError(f"not COCO results: {wanted}")
    stream.end()


def _parse_entry(entry: Any) -> tuple[Any, float, float, dict | list]:
    """Return image id, category id, confidence and segmentation of an entry."""
    if not isinstance(entry, dict):
        raise DataError(f"{short(entry)} is not an object")
    missing = {"image_id", "category_id", "score", "segmentation"} - entry.keys()
    if missing:
        raise DataError(f"no {', '.join(sorted(missing))}")
    for key in ("category_id", "score"):
        if type(entry[key]) not in (int, float):
            raise DataError(f"{key} {short(entry[key])} is not a number")
    shape = entry["segmentation"]
    if isinstance(shape, dict) and not shape.keys() >= {"size", "counts"}:
        raise DataError(f"segmentation {short(shape)} is not an RLE with size and counts")
    if not isinstance(shape, (dict, list)):
        raise DataError(f"segmentation {short(shape)} is neither an RLE nor a list of polygons")
    return entry["image_id"], entry["category_id"], finite_confidence(entry["score"]), shape


def _decode(segmentation: dict | list, shape: tuple[int, int]) -> tuple[int, int, np.ndarray]:
    """left, top and mask of a `Prediction`."""
    if isinstance(segmentation, list):
        return _fill_polygons(segmentation, shape)
    return _decode_rle(segmentation, shape)


def _fill_polygons(polygons: list, shape: tuple[int, int]) -> tuple[int, int, np.ndarray]:
    """left, top and mask of a `Prediction`, from polygons as pycocotools fills them."""
    height, width = shape
    length = 0.0
    for number, polygon in enumerate(polygons):
        if not isinstance(polygon, list) or not {*map(type, polygon)} <= {int, float}:
            raise DataError(f"polygon {number} {short(polygon)} is not a list of numbers")
        if len(polygon) < 6 or len(polygon) % 2:
            raise DataError(
                f"polygon {number} has {len(polygon)} numbers; x and y of three points or more "
                "are wanted"
            )
        try:
            points = np.array(polygon, dtype=np.float64).reshape(-1, 2)
        except OverflowError:
            points = np.full((1, 2), np.inf)
        least, most = (-MOST_BEYOND * side for side in (width, height)), (width, height)
        beyond = (points < [*least]) | (points > (1 + MOST_BEYOND) * np.array(most))
        if not np.isfinite(points).all() or beyond.any():
            raise DataError(
                f"polygon {number} {short(polygon)} does not lie in the image of "
                f"{size_text(shape)} pixels"
            )
        length += np.abs(np.diff(points, axis=0, append=points[:1])).sum()
    if length > height * width:
        raise DataError(f"polygons of {length:.0f} pixels' length are no outlines of an object")
    if not polygons:
        return 0, 0, np.zeros((0, 0), dtype=np.uint8)
    mask = coco.merge(coco.frPyObjects(polygons, height, width))
    return cut(coco.decode(mask), coco.toBbox(mask).astype(int).tolist())


def _decode_rle(rle: dict, shape: tuple[int, int]) -> tuple[int, int, np.ndarray]:
    """left, top and mask of a `Prediction`, from an RLE."""
    check_size("RLE", rle["size"], shape)
    packed = rle["counts"]
    counts = packed
    if isinstance(packed, str):
        # No valid text is longer: a run of length n takes at most 1 + n / 4 characters.
        counts = _run_lengths(packed) if len(packed) <= 2 * math.prod(shape) + 2 else None
    # pycocotools reads beyond its input and leaves pixels undefined where an RLE is damaged.
    if (
        not isinstance(counts, list)
        or not {*map(type, counts)} <= {int}
        or min(counts, default=-1) < 0
        or sum(counts) != math.prod(shape)
    ):
        raise DataError(f"RLE counts {short(packed)} do not fill {size_text(shape)} pixels")
    height, width = shape
    mask: coco.Rle | coco.PackedRle = {"size": [height, width], "counts": packed}
    if packed is counts:
        mask = coco.frPyObjects({"size": [height, width], "counts": counts}, height, width)
    return cut(coco.decode(mask), coco.toBbox(mask).astype(int).tolist())


def _run_lengths(packed: str) -> list[int] | None:
    """Return the run lengths in the text of a packed RLE; None if it is damaged.

    Source: rleFrString of the COCO API. Five bits a character, low ones first, with a flag that
    more follow; signed, and from the fourth on as the difference to the last but one.
    """
    if not packed or not packed.isascii():
        return None
    codes = np.frombuffer(packed.encode(), dtype=np.uint8).astype(np.int64) - 48
    if codes.min() < 0 or codes.max() > 63 or codes[-1] & 32:
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

"""Reading instance predictions from one COCO results file, without ever holding all of it.

The file is a JSON list of {image_id: "<city>_<sequence>_<frame>", category_id: labelId, score,
segmentation: RLE}. It is read once for where the entries of each frame lie; the masks are unpacked
from there, frame by frame.
"""

import json
import math
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np
from pycocotools import mask as coco

from cityscapes.errors import DataError, short
from cityscapes.files import digest
from cityscapes.instance_predictions import (
    Prediction,
    check_size,
    cut,
    finite_confidence,
    known_label_id,
    refuse,
    size_text,
)
from cityscapes.labels import LabelTable

CHUNK = 1 << 20


class CocoEntry(NamedTuple):
    """Where an entry lies in its file, and a digest of what it says."""

    index: int  # from 0, in the file's list
    begin: int  # first byte
    end: int  # past the last byte
    content: str


def index_coco_results(
    path: Path, frames: Collection[str], table: LabelTable
) -> tuple[dict[str, list[CocoEntry]], list[str]]:
    """The entries of a COCO results file by frame, and a line for each entry that is wrong.

    There is a list for each of `frames`, all there are. Masks are checked by `coco_predictions`.
    Raises DataError where the file is no JSON list.
    """
    of_frame = {frame: [] for frame in frames}
    problems = []
    try:
        with _open(path) as file:
            for index, (begin, end, text, entry) in enumerate(_entries(path, file)):
                try:
                    frame, *_ = _parse_entry(entry, of_frame, table)
                    of_frame[frame].append(CocoEntry(index, begin, end, digest(text)))
                except DataError as error:
                    problems.append(f"{path}: entry {index}: {error}")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    return of_frame, problems


def coco_predictions(
    path: Path, entries: list[CocoEntry], shape: tuple[int, int], table: LabelTable
) -> Iterator[Prediction]:
    """The predictions for one frame, from its entries in the COCO results file `path`.

    `shape` is (height, width) of the ground truth. One mask at a time is in memory. Raises
    DataError at the end, with a list of every mask that is damaged or of another size.
    """
    problems = []
    with _open(path) as file:
        for index, begin, end, _ in entries:
            file.seek(begin)
            entry = json.loads(file.read(end - begin))
            try:
                _, label_id, confidence, rle = _parse_entry(entry, [entry["image_id"]], table)
                yield Prediction(label_id, confidence, *_decode_rle(rle, shape))
            except DataError as error:
                problems.append((index, error))
    refuse(path, "entry", problems)


def _open(path: Path) -> TextIO:
    # In Latin-1 a character is a byte, so that places in the text are places in the file. The
    # JSON syntax and all that is read here is ASCII.
    return open(path, encoding="latin-1", newline="")


def _entries(path: Path, file: TextIO) -> Iterator[tuple[int, int, str, Any]]:
    """First byte, past the last byte, text and value of each entry of a JSON list, in turn."""
    decoder = json.JSONDecoder()
    text, begin, at = file.read(CHUNK), 0, 0  # `begin` is the place of the text in the file

    def more() -> bool:
        nonlocal text, begin, at
        following = file.read(CHUNK)
        text, begin, at = text[at:] + following, begin + at, 0
        return bool(following)

    def upcoming() -> str:
        nonlocal at
        while True:
            while at < len(text) and text[at] in " \t\r\n":
                at += 1
            if at < len(text) or not more():
                return text[at : at + 1]

    def value() -> tuple[Any, int]:
        while True:
            try:
                return decoder.raw_decode(text, at)
            except (json.JSONDecodeError, RecursionError) as error:
                if isinstance(error, RecursionError) or not more():
                    place = begin + getattr(error, "pos", at)
                    raise DataError(f"{path}: not JSON at byte {place}; truncated?") from None

    if upcoming() != "[":
        value()  # if it is no JSON at all, say so
        raise DataError(f"{path}: not COCO results: a list of entries is wanted at the top")
    at += 1
    if upcoming() == "]":
        return
    while True:
        upcoming()
        entry, end = value()
        yield begin + at, begin + end, text[at:end], entry
        at = end
        separator = upcoming()
        at += 1
        if separator == "]":
            return
        if separator != ",":
            raise DataError(f"{path}: not JSON at byte {begin + at - 1}; truncated?")


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
    return (
        frame,
        known_label_id(entry["category_id"], table),
        finite_confidence(entry["score"]),
        rle,
    )


def _decode_rle(rle: dict, shape: tuple[int, int]) -> tuple[int, int, np.ndarray]:
    """left, top and mask of a `Prediction`, from an RLE."""
    check_size("RLE", rle["size"], shape)
    packed = rle["counts"]
    counts = _run_lengths(packed) if isinstance(packed, str) else packed
    # pycocotools reads beyond its input and leaves pixels undefined where an RLE is damaged.
    if (
        not isinstance(counts, list)
        or not {*map(type, counts)} <= {int}
        or min(counts, default=-1) < 0
        or sum(counts) != math.prod(shape)
    ):
        raise DataError(f"RLE counts {short(packed)} do not fill {size_text(shape)} pixels")
    rle = {"size": list(shape), "counts": packed}
    if packed is counts:
        rle = coco.frPyObjects(rle, *shape)
    return cut(coco.decode(rle), coco.toBbox(rle).astype(int).tolist())


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

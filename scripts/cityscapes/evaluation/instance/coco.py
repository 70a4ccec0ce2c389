"""Reading instance predictions from one COCO results file, without ever holding all of it.

The file is a JSON list of {image_id: "<city>_<sequence>_<frame>", category_id: labelId, score,
segmentation: RLE}, by itself or as `annotations` or `results` of an object. It is read once for
where the entries of each frame lie; the masks are unpacked from there, frame by frame.
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
# A file with more wrong entries than this is of another kind: nobody wants to read of them all.
MOST_WRONG = 10_000


@dataclass(frozen=True)
class CocoEntry:
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
    Raises DataError where the file is no such list, holds anything behind it, or more than 10,000
    wrong entries.
    """
    of_frame: dict[str, list[CocoEntry]] = {frame: [] for frame in frames}
    problems: list[str] = []
    try:
        # In Latin-1 a character is a byte, so that places in the text are places in the file.
        with io.TextIOWrapper(open_regular(path), encoding="latin-1", newline="") as file:
            for index, entry in enumerate(_entries(JsonStream(file))):
                try:
                    frame, *_ = _parse_entry(entry.value, of_frame, table)
                except DataError as error:
                    problems.append(f"{path}: entry {index}: {error}")
                    if len(problems) > MOST_WRONG:
                        raise DataError(_too_many(problems)) from None
                else:
                    content = digest(entry.text)
                    of_frame[frame].append(CocoEntry(index, entry.begin, entry.end, content))
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return of_frame, problems


def _too_many(problems: list[str]) -> str:
    listed = "\n  ".join(problems[:MAX_LISTED])
    return f"more than {MOST_WRONG:,} entries are wrong, the first ones:\n  {listed}"


def coco_predictions(
    path: Path, entries: list[CocoEntry], shape: tuple[int, int], table: LabelTable
) -> Iterator[Prediction]:
    """The predictions for one frame, from its entries in the COCO results file `path`.

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
                    _, label_id, confidence, rle = _parse_entry(entry, None, table)
                    yield Prediction(label_id, confidence, *_decode_rle(rle, shape))
                except DataError as error:
                    problems.append((at.index, error))
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    refuse(path, "entry", problems)


def _entries(stream: JsonStream) -> Iterator[Value]:
    """The entries of COCO results, in turn; DataError where the document is none."""
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


def _parse_entry(
    entry: Any, frames: Collection[str] | None, table: LabelTable
) -> tuple[str, int, float, dict]:
    """Frame, label id, confidence and RLE of an entry; `frames` are those that may be named."""
    if not isinstance(entry, dict):
        raise DataError(f"{short(entry)} is not an object")
    missing = {"image_id", "category_id", "score", "segmentation"} - entry.keys()
    if missing:
        raise DataError(f"no {', '.join(sorted(missing))}")
    frame, rle = entry["image_id"], entry["segmentation"]
    if not isinstance(frame, str) or (frames is not None and frame not in frames):
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
    counts = packed
    if isinstance(packed, str):
        # No packing is longer: a run of length n takes at most 1 + n / 4 characters.
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
    """The lengths of the runs in the text of a packed RLE; None where it is damaged.

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

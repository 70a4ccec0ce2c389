"""Detected pedestrians: in one COCO results file for all frames, or in a text file for each.

The COCO file is the benchmark's: a list of {image_id, category_id: 1, bbox: [x, y, width, height],
score}. An image id is the place of a frame, from 1, in the sorted frames of the split, as in
val_gt.json, or the frame's name. A text file has a line `x y width height score` a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cityscapes.errors import DataError, nearest, quoted, short
from cityscapes.evaluation.boxes3d.values import finite_number, finite_numbers
from cityscapes.files.json_document import parse_document
from cityscapes.files.regular import read_file

PEDESTRIAN_CATEGORY = 1
# ASSUME: no results file of a split is larger, in bytes; 30,000 detections have some 3 MB.
MOST_OF_RESULTS = 1_000_000_000
MOST_OF_A_FRAME = 16_000_000
# A file with more wrong entries than this is of another kind: not all are listed.
MOST_WRONG = 10_000


@dataclass(frozen=True)
class Detections:
    """The detections of a frame, in the order of their file."""

    box: np.ndarray  # float64 (n, 4): [x, y, width, height], pixels
    score: np.ndarray  # float64 (n,)

    def __len__(self) -> int:
        return len(self.score)


def detections(rows: Sequence[Sequence[float]]) -> Detections:
    """Return detections from rows of x, y, width, height, score."""
    table = np.array(rows, dtype=float).reshape(-1, 5)
    return Detections(table[:, :4], table[:, 4])


def read_text(path: Path) -> Detections:
    """Read the detections of a frame in a text file; DataError lists all wrong lines."""
    try:
        return parse_text(read_file(path, MOST_OF_A_FRAME))
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def parse_text(data: bytes) -> Detections:
    """Parse the bytes of such a file; empty lines are ignored."""
    try:
        lines = data.decode().splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"not a text file in UTF-8: {error.reason}") from None
    rows, wrong = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(_checked([float(part) for part in line.split()]))
        except (ValueError, DataError) as error:
            why = f": {error}" if isinstance(error, DataError) else ""
            wrong.append(f"line {number}: {quoted(line)} is not `x y width height score`{why}")
    _refuse(wrong)
    return detections(rows)


def read_results(
    path: Path, frames: Sequence[str]
) -> tuple[dict[str, list[list[float]]], list[str]]:
    """Map frames to rows of x, y, width, height, score in a COCO results file; a line per error.

    `frames` are all frames of the split, sorted; each has a list. Entries of other categories are
    left out, as in the reference. Raises DataError if the file is no such list.
    """
    try:
        document = parse_document(read_file(path, MOST_OF_RESULTS), MOST_OF_RESULTS)
        if not isinstance(document, list):
            raise DataError(f"the file holds {short(document)}, not a list of detections")
    except DataError as error:
        name = "" if str(error).startswith(str(path)) else f"{path}: "
        raise DataError(f"{name}{error}") from None
    found: dict[str, list[list[float]]] = {frame: [] for frame in frames}
    wrong = []
    for index, entry in enumerate(document):
        try:
            frame, row = _entry(entry, frames, found)
            if row:
                found[frame].append(row)
        except DataError as error:
            wrong.append(f"{path}: entry {index}: {error}")
            if len(wrong) > MOST_WRONG:
                raise DataError(
                    f"{path}: more than {MOST_WRONG} entries are wrong; the first: {wrong[0]}"
                ) from None
    return found, wrong


def _entry(
    entry: Any, frames: Sequence[str], known: dict[str, list]
) -> tuple[str, list[float] | None]:
    if not isinstance(entry, dict):
        raise DataError(f"{short(entry)} is not an object with image_id, bbox and score")
    frame = _frame(entry.get("image_id"), frames, known)
    category = entry.get("category_id")
    if type(category) is not int:
        raise DataError(f"category_id is {short(category)}, not 1 for a pedestrian")
    if category != PEDESTRIAN_CATEGORY:
        return frame, None
    box = finite_numbers(entry.get("bbox"), "bbox", 4)
    return frame, _checked([*box, finite_number(entry.get("score"), "score")])


def _frame(image: Any, frames: Sequence[str], known: dict[str, list]) -> str:
    if type(image) is int and 1 <= image <= len(frames):
        return frames[image - 1]
    if isinstance(image, str):
        name = image.removesuffix(".png").removesuffix("_leftImg8bit")
        if name in known:
            return name
        raise DataError(f"image_id {short(image)} is no frame of the split{nearest(name, known)}")
    raise DataError(
        f"image_id is {short(image)}, not from 1 to {len(frames)}, nor the name of a frame"
    )


def _checked(row: list[float]) -> list[float]:
    finite_numbers(row, "the line", 5)
    if min(row[2:4]) <= 0:
        raise DataError(f"width and height are {row[2]} and {row[3]}: they must be above 0")
    return row


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise DataError("; ".join(wrong[:20] + [f"{len(wrong) - 20} more"] * (len(wrong) > 20)))

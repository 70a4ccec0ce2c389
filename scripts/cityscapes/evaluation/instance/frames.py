"""Instance-level predictions: the masks of each frame, and their counting."""

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import ClassNumbers, class_numbers
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.counting import City, Truth, Work, state_of
from cityscapes.evaluation.instance.coco import (
    CocoEntry,
    CocoIndex,
    coco_predictions,
    index_coco_results,
)
from cityscapes.evaluation.instance.counts import FrameCounts, count_frame
from cityscapes.evaluation.instance.predictions import (
    MOST_OF_A_TEXT,
    Prediction,
    text_predictions,
)
from cityscapes.evaluation.sets import Found, PredictionSet, files_of_frames
from cityscapes.files.regular import read_file
from cityscapes.files.whole import digest
from cityscapes.ground_truth.depth import depth_map, read_camera
from cityscapes.labels import LabelTable
from cityscapes.png.labels import read_grey


def find(asked: PredictionSet, frames: list[str], table: LabelTable) -> Found:
    """Return the text file of each frame, or the one JSON file for all, and a line per problem."""
    if asked.path.is_dir() or asked.path.suffix != ".json":
        return files_of_frames(asked, frames)
    results = _index(asked.path, frames, table, asked.encoding, asked.images)
    # A frame in which nothing was found has no entry: none is missing.
    predicted = [frame for frame in frames if results.of_frame[frame]]
    found = predicted if asked.allow_missing or not predicted else frames
    return Found(dict.fromkeys(found, asked.path), results.problems, results.note)


def work(city: City) -> list[Work]:
    """Return the counting of each frame's masks, compared with instanceIds and, if any, depth."""
    if city.predictions.suffix != ".json":
        numbers = class_numbers(city.table, city.encoding)
        return text_work(city.of_city, city.predictions, city.truth, numbers)
    results = _index(city.predictions, city.files, city.table, city.encoding, city.images)
    of_city = {frame: results.of_frame[frame] for frame in city.of_city}
    return coco_work(city.predictions, of_city, city.truth, results.numbers)


def _index(
    path: Path, frames: Collection[str], table: LabelTable, encoding: str, images: Path | None
) -> CocoIndex:
    """Index a COCO results file, with the ids of the file `images` if there is one."""
    known = read_coco_images(images) if images else None
    return index_coco_results(path, frames, table, encoding, known)


def text_work(
    files: dict[str, Path], root: Path, truth: Truth, numbers: ClassNumbers
) -> list[Work]:
    """Return the counting of text files, frame -> file; the masks are below `root`."""
    found = []
    for frame, path in files.items():
        true = _truth_files(truth, frame)
        state = state_of(truth.written, *true, path, *_masks_of(path))
        state = digest(state, numbers.digest)
        found.append(Work(frame, state, count_text, (path, root, numbers, *true), true[:1]))
    return found


def count_text(path: Path, root: Path, numbers: ClassNumbers, *truth: Path) -> FrameCounts:
    """Count one frame's text file and masks."""
    instance_ids, depth = _read_truth(*truth)
    predictions: Iterator[Prediction] = text_predictions(path, root, instance_ids.shape, numbers)
    return count_frame(instance_ids, predictions, depth)


def coco_work(
    path: Path, entries: dict[str, list[CocoEntry]], truth: Truth, numbers: ClassNumbers
) -> list[Work]:
    """Return the counting of a COCO results file, frame -> its entries."""
    found = []
    for frame, listed in entries.items():
        true = _truth_files(truth, frame)
        contents = (entry.content for entry in listed)
        state = digest(state_of(truth.written, *true), numbers.digest, *contents)
        found.append(Work(frame, state, count_coco, (path, listed, numbers, *true), true[:1]))
    return found


def count_coco(
    path: Path, entries: list[CocoEntry], numbers: ClassNumbers, *truth: Path
) -> FrameCounts:
    """Count one frame's entries in a COCO results file."""
    instance_ids, depth = _read_truth(*truth)
    predictions = coco_predictions(path, entries, instance_ids.shape, numbers)
    return count_frame(instance_ids, predictions, depth)


def _truth_files(truth: Truth, frame: str) -> tuple[Path, Path, Path]:
    """Return instanceIds image, disparity image and camera file; the last two may be missing."""
    return (
        truth.image(frame, "instanceIds"),
        truth.raw(frame, "disparity"),
        truth.raw(frame, "camera"),
    )


def _read_truth(
    instance_ids: Path, disparity: Path, camera: Path
) -> tuple[np.ndarray, np.ndarray | None]:
    """Read the image of instance ids, and the depth map if the dataset has its files."""
    depth = None
    if disparity.exists() and camera.exists():
        depth = depth_map(read_grey(disparity, 16), read_camera(camera))
    return read_grey(instance_ids, 16), depth


def _masks_of(path: Path) -> list[Path]:
    """Return the mask files that a text file names; the reader reports wrong lines."""
    try:
        lines = read_file(path, MOST_OF_A_TEXT).decode().splitlines()
    except (DataError, UnicodeDecodeError):
        return []
    return [path.parent / line.split(" ")[0] for line in lines if line.strip()]

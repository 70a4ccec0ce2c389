"""Predicted 3-D vehicles: the JSON file of each frame, and its counting."""

from pathlib import Path
from typing import Any

from cityscapes.errors import DataError
from cityscapes.evaluation.boxes3d.boxes import (
    Predictions3d,
    Truth3d,
    parse_predictions,
    parse_truth,
)
from cityscapes.evaluation.boxes3d.counts import FrameCounts3d, counts_of
from cityscapes.evaluation.boxes3d.settings import Settings3d, settings_of
from cityscapes.evaluation.counting import City, Work, state_of
from cityscapes.evaluation.sets import Found, PredictionSet, files_of_frames, raw_shards
from cityscapes.files.json_document import MOST_OF_A_FRAME
from cityscapes.files.regular import read_file
from cityscapes.files.whole import digest
from cityscapes.labels import LabelTable
from cityscapes.layout import Shard

TRUTH = "gtBbox3d"


def find(asked: PredictionSet, frames: list[str], table: LabelTable) -> Found:
    """Return the JSON file of each frame, and a line for each missing, doubled or unexpected one.

    With `allow_missing`, frames without a file have no predictions, as in the reference.
    """
    return files_of_frames(asked, frames)


def work(city: City) -> list[Work]:
    """Return the counting of each frame's vehicles: gtBbox3d is the ground truth."""
    truth, settings = city.truth, settings_of(city.settings)
    shard = Shard(TRUTH, truth.split, truth.city)
    found = []
    for frame in raw_shards(truth.dataset, TRUTH, truth.split).get(shard, []):
        paths = truth.raw(frame, TRUTH), city.files.get(frame)
        there = [path for path in paths if path]
        state = digest(state_of(truth.written, *there), *map(repr, settings.of_counts))
        found.append(Work(frame, state, count_files, (*paths, settings), ()))
    return found


def count_files(truth: Path, predictions: Path | None, settings: Settings3d) -> FrameCounts3d:
    """Count one frame; without a file there are no predictions."""
    problems: list[str] = []
    true, guess = (
        _tried(problems, read_truth, truth, settings),
        _tried(problems, read_predictions, predictions, settings),
    )
    if problems:
        raise DataError("; ".join(problems))
    return counts_of(true, guess, settings)


def read_truth(path: Path, settings: Settings3d) -> Truth3d:
    """Read the ground truth in a file; raise DataError, which names it."""
    return _named(path, parse_truth, read_file(path, MOST_OF_A_FRAME), settings.labels)


def read_predictions(path: Path | None, settings: Settings3d) -> Predictions3d:
    """Read the predictions in a file, none without a file; raise DataError, which names it."""
    data = read_file(path, MOST_OF_A_FRAME) if path else b'{"objects": []}'
    return _named(path, parse_predictions, data, settings.labels, settings.skip_incomplete)


def _named(path: Path | None, parse: Any, *arguments: Any) -> Any:
    try:
        return parse(*arguments)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _tried(problems: list[str], read: Any, *arguments: Any) -> Any:
    try:
        return read(*arguments)
    except DataError as error:
        problems.append(str(error))

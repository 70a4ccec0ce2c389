"""Detected pedestrians: the text file of each frame or one JSON file, and their counting."""

from collections.abc import Sequence
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.evaluation.counting import City, Work, state_of
from cityscapes.evaluation.pedestrians.counts import FrameCounts, count_frame
from cityscapes.evaluation.pedestrians.detections import detections, read_results, read_text
from cityscapes.evaluation.pedestrians.subsets import Subset, subsets_of
from cityscapes.evaluation.pedestrians.truth import People, parse_truth
from cityscapes.evaluation.sets import Found, PredictionSet, files_of_frames, raw_shards
from cityscapes.files.json_document import MOST_OF_A_FRAME
from cityscapes.files.regular import read_file
from cityscapes.files.whole import digest
from cityscapes.labels import LabelTable
from cityscapes.layout import Shard
from cityscapes.person_labels import PersonTable, read_person_labels

TRUTH = "gtBboxCityPersons"


def find(asked: PredictionSet, frames: list[str], table: LabelTable) -> Found:
    """Return the text file of each frame, or the one JSON file for all, and a line per problem.

    With `allow_missing`, frames without a text file have no detections.
    """
    if asked.path.is_dir() or asked.path.suffix != ".json":
        return files_of_frames(asked, frames)
    _, problems = read_results(asked.path, sorted(frames))
    return Found(dict.fromkeys(frames, asked.path), problems)


def work(city: City) -> list[Work]:
    """Return the counting of each frame's detections: gtBboxCityPersons is the ground truth."""
    truth, subsets = city.truth, subsets_of(city.settings)
    assert city.person_labels
    table = read_person_labels(city.person_labels)
    shards = raw_shards(truth.dataset, TRUTH, truth.split)
    in_json = city.predictions.suffix == ".json"
    if in_json:
        frames = sorted(frame for names in shards.values() for frame in names)
        entries, _ = read_results(city.predictions, frames)
    found = []
    for frame in shards.get(Shard(TRUTH, truth.split, truth.city), []):
        path = truth.raw(frame, TRUTH)
        file = None if in_json else city.files.get(frame)
        rows = entries[frame] if in_json else []
        there = [one for one in (path, file) if one]
        state = digest(state_of({}, *there), repr(rows), repr(subsets), repr(table.labels))
        found.append(Work(frame, state, count_files, (path, table, file, rows, subsets), ()))
    return found


def count_files(
    truth: Path, table: PersonTable, file: Path | None, rows: list[list[float]],
    subsets: Sequence[Subset],
) -> FrameCounts:  # fmt: skip
    """Count one frame: detections are those of a text file, else `rows`."""
    problems: list[str] = []
    try:
        people = read_truth(truth, table)
    except DataError as error:
        problems.append(str(error))
    try:
        found = read_text(file) if file else detections(rows)
    except DataError as error:
        problems.append(str(error))
    if problems:
        raise DataError("; ".join(problems))
    return count_frame(people, found, subsets)


def read_truth(path: Path, table: PersonTable) -> People:
    """Read the people in a file; raise DataError, which names it."""
    data = read_file(path, MOST_OF_A_FRAME)
    try:
        return parse_truth(data, table)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None

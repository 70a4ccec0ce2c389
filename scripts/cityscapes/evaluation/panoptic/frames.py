"""Panoptic predictions: the JSON entry and picture of each frame, and their counting."""

from dataclasses import replace
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import IDS, TRAIN_IDS
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.counting import City, Work, state_of
from cityscapes.evaluation.panoptic.json_file import MAX_PROBLEMS, read_panoptic_truth
from cityscapes.evaluation.panoptic.pictures import kitti_step, leads_out, read_panoptic_png
from cityscapes.evaluation.panoptic.predictions import (
    Reading,
    mixed_up,
    pair_frames,
    read_panoptic_predictions,
)
from cityscapes.evaluation.panoptic.quality import FrameCounts, count_frame
from cityscapes.evaluation.panoptic.records import PanopticFrame
from cityscapes.evaluation.sets import Found, PredictionSet, one_json
from cityscapes.files.whole import digest
from cityscapes.labels import LabelTable


def find(asked: PredictionSet, frames: list[str], table: LabelTable) -> Found:
    """Return the JSON file for each frame it has, and a line per missing or unexpected frame."""
    path = _json_of(asked.path, table)
    known_images = read_coco_images(asked.images) if asked.images else None
    file = read_panoptic_predictions(path, Reading(frames, table, asked.encoding, known_images))
    predicted = file.frames
    evaluated = [label for label in table if not label.ignore_in_eval]
    as_train_ids = asked.encoding == TRAIN_IDS
    known = {label.train_id if as_train_ids else label.id for label in evaluated}
    used = {segment.category for frame in predicted.values() for segment in frame.segments}
    problems = [] if used <= known else mixed_up(known, used, table)
    if problems:
        raise DataError(f"{path}: {problems[0]}")
    if not used <= known and not asked.images:
        listed = ", ".join(map(str, sorted(used - known)[:MAX_PROBLEMS]))
        what = TRAIN_IDS if as_train_ids else IDS
        problems.append(
            f"{path}: category_id {listed}: no {what} of evaluated classes; a COCO JSON "
            "file whose categories they are may be named as `images`"
        )
    found = {frame: path for frame in frames if frame in predicted}
    if not (found and asked.allow_missing):
        problems += [
            f"{path}: missing: image {frame}" for frame in frames if frame not in predicted
        ]
        problems += [
            f"{path}: unexpected: image {image} is no frame of {asked.split}"
            for image in sorted(predicted.keys() - set(frames))
        ]
    return Found(found, problems, file.note)


def _json_of(path: Path, table: LabelTable) -> Path:
    """Return the JSON file of a set; DataError names the format if there are only pictures."""
    if path.suffix != ".json" and not any(path.glob("*.json")):
        pictures = sorted(path.rglob("*.png"))
        if pictures and (said := kitti_step(pictures[0], table)):
            raise DataError(f"{path}: no JSON file, but pictures: {said}")
    return one_json(path)


def work(city: City) -> list[Work]:
    """Return the counting of each frame's picture, compared with the split's panoptic files."""
    truth_json, predicted_json = city.truth.split_json, next(iter(city.files.values()))
    assert truth_json
    images = read_coco_images(city.images) if city.images else None
    reading = Reading(city.files, city.table, city.encoding, images)
    return panoptic_work(
        set(city.of_city), truth_json, predicted_json, reading, city.truth.written
    )


def panoptic_work(
    frames: set[str], truth_json: Path, predicted_json: Path, reading: Reading,
    written: dict[Path, str],
) -> list[Work]:  # fmt: skip
    """Return the counting of those frames of a COCO panoptic file that are among `frames`."""
    truth = read_panoptic_truth(truth_json)
    kept = {image: frame for image, frame in truth.frames.items() if image in frames}
    predicted = read_panoptic_predictions(predicted_json, reading)
    found = []
    for image, true in kept.items():
        guess, problem = predicted.frames[image], ""
        try:
            pair_frames(replace(truth, frames={image: true}), predicted, reading.table)
        except DataError as error:
            problem = str(error)
        paths = (
            truth.pictures / true.file_name,
            predicted.pictures / guess.file_name,
        )
        problem = "; ".join(filter(None, [problem, leads_out(predicted.pictures, guess)]))
        state = digest(state_of(written, *paths), repr(true), repr(guess), problem)
        arguments = (*paths, true, guess, problem)
        found.append(Work(image, state, count_panoptic, arguments, paths[:1]))
    return found


def count_panoptic(
    truth_path: Path,
    predicted_path: Path,
    truth: PanopticFrame,
    predicted: PanopticFrame,
    problem: str,
) -> FrameCounts:
    """Count one frame's two pictures; `problem` is the error of its JSON entry."""
    try:
        pictures = read_panoptic_png(truth_path), read_panoptic_png(predicted_path)
        counts = count_frame(pictures[0], truth, pictures[1], predicted)
    except DataError as error:
        raise DataError(f"{problem}; {error}" if problem else str(error)) from None
    if problem:
        raise DataError(problem)
    return counts

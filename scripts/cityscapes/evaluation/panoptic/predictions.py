"""Panoptic predictions: their frames and categories as the ground truth has them."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import TRAIN_IDS
from cityscapes.evaluation.coco_images import CocoImages, category_numbers, frame_of_image
from cityscapes.evaluation.frame_names import frame_in
from cityscapes.evaluation.panoptic.json_file import (
    PREDICTED_ANNOTATION,
    PREDICTED_SEGMENT,
    PREDICTION_FILE,
    frames_of,
    panoptic_document,
    refuse,
)
from cityscapes.evaluation.panoptic.records import PanopticFile, PanopticFrame
from cityscapes.labels import LabelTable


class Reading(NamedTuple):
    """The meaning of ids in predictions."""

    frames: Collection[str]  # those of the split
    table: LabelTable
    encoding: str  # trainIds: so are the categories of the ground truth
    images: CocoImages | None = None  # what image and category ids are those of


def read_panoptic_predictions(path: Path, reading: Reading | None = None) -> PanopticFile:
    """Read the predictions for a split; of the JSON file only `annotations` is needed.

    With a `reading`, images are named by frame, whatever stands around its name, or by a number,
    and categories have the ids of the ground truth. Raises DataError that lists what is wrong with
    the file.
    """
    document = panoptic_document(path, PREDICTION_FILE)
    frames, problems = frames_of(document["annotations"], PREDICTED_ANNOTATION, PREDICTED_SEGMENT)
    refuse(path, problems)
    names = (frame.file_name for frame in frames.values())
    found = PanopticFile(path, _picture_folder(path, next(names, "")), [], frames)
    return found if reading is None else _resolved(found, reading)


def _resolved(file: PanopticFile, reading: Reading) -> PanopticFile:
    """Return the same with frames and categories as the ground truth has them."""
    frames: dict[str, PanopticFrame] = {}
    problems = []
    for frame in file.frames.values():
        name = _frame_of(frame, reading)
        if name in frames:
            problems.append(f"image {frame.image_id}: {name} has a prediction already")
        frames[name] = frame._replace(image_id=name)
    refuse(file.path, problems)
    if not reading.images:
        return replace(file, frames=frames)
    found = {segment.category for frame in frames.values() for segment in frame.segments}
    numbers, note = category_numbers(found, reading.images, reading.table)
    if unknown := sorted(found - numbers.ids.keys()):
        listed = ", ".join(map(str, unknown))
        refuse(file.path, [f"category_id {listed}: not {numbers.what}"])
    classes = reading.table.by_id
    as_train_ids = reading.encoding == TRAIN_IDS
    category = {
        number: classes[id_].train_id if as_train_ids else id_
        for number, id_ in numbers.ids.items()
    }
    frames = {
        name: frame._replace(
            segments=[one._replace(category=category[one.category]) for one in frame.segments]
        )
        for name, frame in frames.items()
    }
    return replace(file, frames=frames, note=note)


def _frame_of(frame: PanopticFrame, reading: Reading) -> str:
    """Return the frame of the split that is predicted, by image id, else by the picture's name.

    An image id that is none of the split is returned unchanged.
    """
    try:
        return frame_of_image(frame.image_id, reading.frames, reading.images)
    except DataError:
        return frame_in(frame.file_name, reading.frames) or str(frame.image_id)


def _picture_folder(path: Path, picture: str) -> Path:
    """Return the folder of the pictures of a JSON file, one of which is `picture`.

    It is named like the file; else it is the file's own folder or one in it.
    """
    named = path.with_suffix("")
    if named.is_dir() or not picture:
        return named
    beside = (folder for folder in sorted(path.parent.glob("*/")) if folder.is_dir())
    return next((one for one in (path.parent, *beside) if (one / picture).is_file()), named)


def pair_frames(
    truth: PanopticFile, predicted: PanopticFile, table: LabelTable
) -> list[tuple[PanopticFrame, PanopticFrame]]:
    """Pair each frame of the ground truth with its prediction; other predictions are left out.

    Raises DataError that lists frames without prediction, and segments of categories that the
    ground truth does not have.
    """
    pairs = [
        (frame, predicted.frames[image])
        for image, frame in truth.frames.items()
        if image in predicted.frames
    ]
    problems = _missing_frames(truth, predicted)
    problems += _unknown_categories(truth, [guess for _, guess in pairs], table)
    refuse(predicted.path, problems)
    return pairs


def _missing_frames(truth: PanopticFile, predicted: PanopticFile) -> list[str]:
    missing = [image for image in truth.frames if image not in predicted.frames]
    if missing and predicted.frames and len(missing) == len(truth.frames):
        first = next(iter(predicted.frames))
        return [
            f"no image_id is that of the ground truth: the first is {first}, right would be "
            f"{missing[0]}"
        ]
    return [f"no prediction for image {image}" for image in missing]


def mixed_up(known: set[int], found: set[int], table: LabelTable) -> list[str]:
    """Return the one problem that explains unknown categories, ids taken for trainIds, if any."""
    evaluated = [label for label in table if not label.ignore_in_eval]
    ids = {label.id for label in evaluated}
    train_ids = {label.train_id for label in evaluated}
    if known <= ids and found <= train_ids:
        return [
            "the category ids are trainIds, but those of the ground truth are ids: write ids, or "
            "compare with the ground truth cityscapes_panoptic_<split>_trainId.json"
        ]
    if known <= train_ids and found <= ids:
        return [
            "the category ids are ids, but those of the ground truth are trainIds: write "
            "trainIds, or compare with the ground truth cityscapes_panoptic_<split>.json"
        ]
    return []


def _unknown_categories(
    truth: PanopticFile, frames: list[PanopticFrame], table: LabelTable
) -> list[str]:
    known = {category.id for category in truth.categories}
    found = {segment.category for frame in frames for segment in frame.segments}
    if found <= known:
        return []
    return mixed_up(known, found, table) or [
        f"image {frame.image_id}: segment {segment.id}: category_id {segment.category} is none of "
        f"the ground truth's ({', '.join(map(str, sorted(known)))})"
        for frame in frames
        for segment in frame.segments
        if segment.category not in known
    ]

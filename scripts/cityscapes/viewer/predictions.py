"""The predictions for a frame, for the page to colour: an image of numbers, a record for each.

The evaluation's code reads them: what is shown is what is scored.
"""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import IDS, TRAIN_IDS, class_numbers
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.instance.coco import CocoIndex, coco_predictions, index_coco_results
from cityscapes.evaluation.instance.predictions import Prediction, text_predictions
from cityscapes.evaluation.panoptic.pictures import leads_out, read_panoptic_png
from cityscapes.evaluation.panoptic.predictions import Reading, read_panoptic_predictions
from cityscapes.evaluation.panoptic.records import MAX_SEGMENT_ID, VOID, PanopticFile
from cityscapes.evaluation.pixel.encoding import (
    ENCODINGS,
    UNKNOWN,
    decide_encoding,
    ids_of_values,
    void_values,
)
from cityscapes.evaluation.pixel.reading import read_prediction, reading_of, resized
from cityscapes.evaluation.sets import PredictionSet, files_of_frames, one_json
from cityscapes.labels import LabelTable
from cityscapes.viewer.project import Project
from cityscapes.viewer.tables import csv_rows

NO_SEGMENT = (1 << 16) - 1


class Predicted(NamedTuple):
    """The predictions for a frame."""

    numbers: np.ndarray  # uint8 or uint16 (height, width)
    records: list[dict[str, Any]]  # one per possible number: number, id (None: no class), ...
    document: dict[str, Any]  # properties of all of them


class Predictions:
    """The files of one prediction set, listed on first use."""

    def __init__(self, project: Project, one: PredictionSet, frames: list[str]):
        """`frames` are those of the set's split that have annotations."""
        self.set = one
        self._project = project
        self._frames = frames

    @property
    def _table(self) -> LabelTable:
        return self._project.table

    @cached_property
    def _files(self) -> dict[str, Path]:
        """Map frames to files, for sets with a file per frame."""
        return files_of_frames(self.set, self._frames).files

    @property
    def _is_coco(self) -> bool:
        return self.set.task == "instance" and self.set.path.suffix == ".json"

    def file(self, frame: str) -> Path:
        """Return the file of the predictions for a frame; raise DataError if there is none."""
        if self.set.task == "panoptic":
            return one_json(self.set.path)
        if self._is_coco:
            return self.set.path
        if frame not in self._files:
            raise DataError(f"{self.set.path}: there is no prediction for {frame}, or several")
        return self._files[frame]

    def frame(self, frame: str, shape: tuple[int, int]) -> Predicted:
        """Return the predictions for a frame of (height, width); DataError if they are wrong."""
        made = {"pixel": self._pixels, "instance": self._masks, "panoptic": self._segments}
        predicted = made[self.set.task](frame, shape)
        if predicted.numbers.shape != shape:
            (high, wide), (height, width) = predicted.numbers.shape, shape
            raise DataError(
                f"{self.file(frame)}: is {wide} x {high} pixels, the frame {width} x {height}"
            )
        return predicted

    def masks_at(self, frame: str, shape: tuple[int, int], x: int, y: int) -> list[int]:
        """Return the numbers of the masks that cover a pixel, the most confident first."""
        found = []
        for number, mask in enumerate(self._sorted(frame, shape)[0], start=1):
            row, column = y - mask.top, x - mask.left
            height, width = mask.mask.shape
            if 0 <= row < height and 0 <= column < width and mask.mask[row, column]:
                found.append(number)
        return found[::-1]

    def _pixels(self, frame: str, shape: tuple[int, int]) -> Predicted:
        path = self._project.checked(self.file(frame))
        reading = reading_of(self.set.encoding, self.set.resize, self._table)
        values = read_prediction(path, reading)
        if reading.resize and values.shape != shape:
            values = resized(values, shape)
        encoding, decided = self._encoding(values)
        nothing = {*self.set.void, *void_values(encoding, self._table)}
        ids = ids_of_values(encoding, self._table, nothing).tolist()
        records = [
            {"number": value, "id": None if id == UNKNOWN else id} for value, id in enumerate(ids)
        ]
        return Predicted(values, records, {"encoding": encoding, "decided": decided})

    def _encoding(self, values: np.ndarray) -> tuple[str, str]:
        """Return the encoding, ids or trainIds, and what decided it; colours are ids by now."""
        if self.set.encoding != "auto":
            return (TRAIN_IDS if self.set.encoding == TRAIN_IDS else IDS), "the config"
        scored = csv_rows(self._project.results / "evaluation" / self.set.name / "summary.csv")
        if scored and scored[0].get("encoding") in ENCODINGS:
            return scored[0]["encoding"], "the evaluation of the whole set"
        pixels = np.bincount(values.ravel(), minlength=256)
        return decide_encoding(pixels, self._table, self.set.void), "this frame alone"

    def _masks(self, frame: str, shape: tuple[int, int]) -> Predicted:
        masks, problem = self._sorted(frame, shape)
        numbers = np.zeros(shape, dtype=np.uint16)
        for number, mask in enumerate(masks, start=1):
            height, width = mask.mask.shape
            part = numbers[mask.top : mask.top + height, mask.left : mask.left + width]
            part[mask.mask.view(bool)] = number
        seen = np.bincount(numbers.ravel(), minlength=len(masks) + 1).tolist()
        records = [
            {
                "number": number,
                "id": mask.label_id,
                "confidence": mask.confidence,
                "box": [mask.left, mask.top, *mask.mask.shape[::-1]],
                "pixels": int(mask.mask.sum()),
                "visible": seen[number],
            }
            for number, mask in enumerate(masks, start=1)
        ]
        return Predicted(numbers, [{"number": 0, "id": None}, *records], {"problem": problem})

    def _sorted(self, frame: str, shape: tuple[int, int]) -> tuple[list[Prediction], str]:
        """Return the masks of a frame, the least confident first, and the errors of others."""
        path = self._project.checked(self.file(frame))
        masks: list[Prediction] = []
        problem = ""
        try:
            for mask in self._all_masks(path, frame, shape):
                masks.append(mask)
        except DataError as error:
            if not masks:
                raise
            problem = str(error)
        masks.sort(key=lambda mask: mask.confidence)
        return masks, problem

    def _all_masks(self, path: Path, frame: str, shape: tuple[int, int]) -> Iterator[Prediction]:
        if not self._is_coco:
            numbers = class_numbers(self._table, self.set.encoding)
            return text_predictions(path, self.set.path, shape, numbers)
        index = _coco_index(self.set, path.stat().st_mtime_ns, tuple(self._frames), self._table)
        return coco_predictions(path, index.of_frame.get(frame, []), shape, index.numbers)

    def _segments(self, frame: str, shape: tuple[int, int]) -> Predicted:
        path = self._project.checked(self.file(frame))
        time = path.stat().st_mtime_ns
        file = _panoptic_file(self.set, path, time, tuple(self._frames), self._table)
        predicted = file.frames.get(frame)
        if predicted is None:
            raise DataError(f"{path}: there is no prediction for {frame}")
        if problem := leads_out(file.pictures, predicted):
            raise DataError(f"{path}: {problem}")
        picture = file.pictures / predicted.file_name
        segment_ids = read_panoptic_png(self._project.checked(picture))
        segments = sorted(predicted.segments)
        # Number 0 is void, and what the JSON file does not list has a number of its own.
        number_of = np.zeros(MAX_SEGMENT_ID + 1, dtype=np.uint16)
        number_of[[segment.id for segment in segments]] = np.arange(1, len(segments) + 1)
        numbers = number_of[segment_ids]
        numbers[(numbers == 0) & (segment_ids != VOID)] = NO_SEGMENT
        ids = ids_of_values(self.set.encoding, self._table)
        pixels = np.bincount(numbers.ravel(), minlength=len(segments) + 1).tolist()
        records = [
            {
                "number": number,
                "id": _id_of(ids, segment.category),
                "category": segment.category,
                "segment": segment.id,
                "visible": pixels[number],
            }
            for number, segment in enumerate(segments, start=1)
        ]
        ends = [{"number": number, "id": None} for number in (0, NO_SEGMENT)]
        return Predicted(numbers, [*ends, *records], {})


def _id_of(ids: np.ndarray, category: int) -> int | None:
    known = 0 <= category < len(ids) and ids[category] != UNKNOWN
    return int(ids[category]) if known else None


@lru_cache(maxsize=2)
def _panoptic_file(
    one: PredictionSet, path: Path, mtime_ns: int, frames: tuple[str, ...], table: LabelTable
) -> PanopticFile:
    images = read_coco_images(one.images) if one.images else None
    return read_panoptic_predictions(path, Reading(frames, table, one.encoding, images))


@lru_cache(maxsize=2)
def _coco_index(
    one: PredictionSet, mtime_ns: int, frames: tuple[str, ...], table: LabelTable
) -> CocoIndex:
    images = read_coco_images(one.images) if one.images else None
    return index_coco_results(one.path, frames, table, one.encoding, images)

"""Predicted boxes with the true ones: true and false predictions, and missed objects.

The evaluation's code reads and matches them: what is shown is what is scored.
"""

from collections import Counter
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.boxes3d import frames as vehicles
from cityscapes.evaluation.boxes3d.boxes import Boxes3d
from cityscapes.evaluation.boxes3d.counts import counts_of
from cityscapes.evaluation.boxes3d.matching import THRESHOLDS
from cityscapes.evaluation.boxes3d.projection import Camera3d
from cityscapes.evaluation.boxes3d.settings import Settings3d, settings_of
from cityscapes.evaluation.boxes3d.tables import outcomes as outcomes_of_vehicles
from cityscapes.evaluation.pedestrians import frames as pedestrians
from cityscapes.evaluation.pedestrians.detections import (
    Detections,
    detections,
    read_results,
    read_text,
)
from cityscapes.evaluation.pedestrians.matching import outcomes as outcomes_of_people
from cityscapes.evaluation.pedestrians.subsets import OFFICIAL
from cityscapes.evaluation.sets import PredictionSet, files_of_frames, raw_shards
from cityscapes.evaluation.tasks import TASKS
from cityscapes.person_labels import read_person_labels
from cityscapes.viewer.boxes import projected
from cityscapes.viewer.project import Project
from cityscapes.viewer.tables import csv_rows, number

KINDS = ("true", "false", "missed", "ignored")


class BoxPredictions:
    """One prediction set of boxes; its files are listed on first use."""

    def __init__(self, project: Project, one: PredictionSet):
        self.set = one
        self.truth = TASKS[one.task].frames_of  # the type that it is compared with
        self._project = project

    @cached_property
    def _frames(self) -> list[str]:
        """Return the scored frames, sorted; image ids of results files are places in this list."""
        shards = raw_shards(self._project.dataset, self.truth, self.set.split)
        return sorted(frame for frames in shards.values() for frame in frames)

    @cached_property
    def _files(self) -> dict[str, Path]:
        """Map frames to files, for sets with a file per frame."""
        return files_of_frames(self.set, self._frames).files

    def file(self, frame: str) -> Path | None:
        """Return the file of the predictions for a frame; None if the frame may have none.

        Raises DataError if it is missing, or not unique.
        """
        if self.set.path.suffix == ".json":
            return self._project.checked(self.set.path)
        if frame in self._files:
            return self._project.checked(self._files[frame])
        if self.set.allow_missing:
            return None
        raise DataError(f"{self.set.path}: there is no prediction for {frame}, or several")

    def frame(self, frame: str, truth: Path) -> dict[str, Any]:
        """Return the outcomes for a frame, whose file of ground truth is `truth`.

        `boxes` has an entry a box or pair of boxes: outcome (of `KINDS`), label, score (None if
        none is predicted), truth and prediction, as the page draws them, or None. `counts` tells
        how many there are, `working` which predictions are shown. Raises DataError.
        """
        found = self._vehicles if self.set.task == "boxes3d" else self._people
        boxes, working = found(frame, truth)
        counted = Counter(box["outcome"] for box in boxes)
        return {
            "task": self.set.task,
            "boxes": boxes,
            "counts": {kind: counted[kind] for kind in KINDS},
            "working": working,
        }

    def _vehicles(self, frame: str, path: Path) -> tuple[list[dict[str, Any]], str]:
        settings = settings_of(self._project.evaluation.settings_of_task(self.set.name))
        truth = vehicles.read_truth(path, settings)
        predicted = vehicles.read_predictions(self.file(frame), settings)
        working, words = self._working(settings)
        true = _Drawn(truth.boxes, truth.camera)
        guess = _Drawn(predicted.boxes, truth.camera)
        boxes = [
            {
                "outcome": one.outcome,
                "label": one.label,
                "score": one.score,
                "truth": true.box(one.truth),
                "prediction": guess.box(one.prediction),
            }
            for one in outcomes_of_vehicles(counts_of(truth, predicted, settings), working)
        ]
        return boxes, words

    def _working(self, settings: Settings3d) -> tuple[dict[str, int], str]:
        """Return label -> number of the threshold from which predictions count, and its source."""
        if settings.working_threshold is not None:
            return dict.fromkeys(
                settings.labels, settings.working_threshold
            ), "from the working confidence of the config on"
        rows = csv_rows(self._project.results / "evaluation" / self.set.name / "classes.csv")
        scores = {row.get("name"): number(row.get("working confidence")) for row in rows}
        working = {
            label: int(np.abs(THRESHOLDS - (scores.get(label) or 0)).argmin())
            for label in settings.labels
        }
        if not rows:
            return working, "of all scores: the set is not evaluated yet"
        return working, "from the working confidence of its class on"

    def _people(self, frame: str, path: Path) -> tuple[list[dict[str, Any]], str]:
        people = pedestrians.read_truth(
            path, read_person_labels(Path(self._project.settings.person_labels))
        )
        found = self._detections(frame)
        subset = OFFICIAL[0]
        rows = csv_rows(self._project.results / "evaluation" / self.set.name / "images.csv")
        # Not by `number`: it is infinite where no score leaves few enough false ones.
        least = next((float(r["from score"]) for r in rows if r.get("frame") == frame), None)
        boxes = [
            {
                "outcome": one.outcome,
                "label": "pedestrian",
                "score": None if one.detection is None else float(found.score[one.detection]),
                "truth": _flat(people.box, one.truth),
                "prediction": _flat(found.box, one.detection),
            }
            for one in outcomes_of_people(
                people, found, subset, -np.inf if least is None else least
            )
        ]
        if least is None:
            return boxes, f"of all scores, subset {subset.name}: the frame is not evaluated yet"
        return boxes, f"from score {least:g} on, subset {subset.name}, as in images.csv"

    def _detections(self, frame: str) -> Detections:
        file = self.file(frame)
        if file is None:
            return detections([])
        if self.set.path.suffix != ".json":
            return read_text(file)
        entries = _results(file, file.stat().st_mtime_ns, tuple(self._frames))
        return detections(entries.get(frame, []))


class _Drawn:
    """The boxes of a file in the page's form, by their places in it."""

    def __init__(self, boxes: Boxes3d, camera: Camera3d):
        self._boxes = boxes
        self._row_of = {index: row for row, index in enumerate(boxes.index)}
        self._camera = camera

    def box(self, index: int | None) -> dict[str, Any] | None:
        if index is None:
            return None
        row, boxes = self._row_of[index], self._boxes
        solid = {
            "center": boxes.centre[row],
            "dimensions": boxes.size[row],
            "rotation": boxes.rotation[row],
        }
        return projected(solid, self._camera)


def _flat(boxes: np.ndarray, row: int | None) -> dict[str, Any] | None:
    return None if row is None else {"full": boxes[row].tolist()}


@lru_cache(maxsize=2)
def _results(path: Path, mtime_ns: int, frames: tuple[str, ...]) -> dict[str, list[list[float]]]:
    """Map frames to rows of a results file, without wrong entries (evaluate_all refuses them)."""
    return read_results(path, frames)[0]

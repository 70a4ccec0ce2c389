"""Pictures of example frames of a prediction set: the files that each task reads for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from cityscapes.evaluation.bootstrap import frame_scores, read_counts
from cityscapes.evaluation.classes import scored_table
from cityscapes.evaluation.coco_images import CocoImages, read_coco_images
from cityscapes.evaluation.panoptic.json_file import read_panoptic_truth
from cityscapes.evaluation.panoptic.pictures import read_panoptic_png
from cityscapes.evaluation.panoptic.predictions import Reading, read_panoptic_predictions
from cityscapes.evaluation.panoptic.quality import count_frame
from cityscapes.evaluation.pixel.encoding import ids_of_values, void_values
from cityscapes.evaluation.pixel.reading import read_prediction, reading_of, resized
from cityscapes.ground_truth.kinds import derived_path
from cityscapes.labels import LabelTable
from cityscapes.layout import Shard
from cityscapes.png.labels import read_grey, read_label_ids
from cityscapes.report.frames import panels
from cityscapes.report.html import read_rows
from cityscapes.report.instances import instance_panels, predictions_of
from cityscapes.report.segments import Segments, segment_panels
from cityscapes.report.verdicts import panoptic_segments, panoptic_verdicts

# (frame, image) -> picture of the frame
Draw = Callable[[str, np.ndarray | None], np.ndarray]


@dataclass(frozen=True)
class Shown:
    """A prediction set, and the ground truth it is compared with."""

    scores: Path  # folder of its scores
    predictions: Path  # folder or JSON file
    files: Mapping[str, Path]  # frame -> its predicted file
    cities: Mapping[str, str]  # frame -> city
    truth: Path  # root with label images
    split: str
    table: LabelTable
    panoptic_truth: Path | None = None
    encoding: str = "auto"  # these as in PredictionSet
    void: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()
    resize: str = ""
    images: Path | None = None

    def label_image(self, frame: str, kind: str) -> Path:
        """Return the path of a label image of the ground truth."""
        return self.truth / derived_path(self.shard(frame), frame, kind)

    def shard(self, frame: str) -> Shard:
        """Return the shard of a frame."""
        return Shard("gtFine", self.split, self.cities[frame])

    def scored(self, encoding: str) -> LabelTable:
        """Return the label table, with classes that are not scored as ignored."""
        return scored_table(self.table, encoding, self.classes)

    @cached_property
    def known_images(self) -> CocoImages | None:
        """Return the file that defines the image ids of the predictions, if there is one."""
        return read_coco_images(self.images) if self.images else None


def ranked(task: str, scores: Path) -> list[tuple[str, float]]:
    """Return all frames with the score of each by itself, the worst first."""
    if task == "instance":
        found = frame_scores(read_counts(scores)).items()
        return sorted(found, key=lambda pair: (pair[1], pair[0]))
    _, rows = read_rows(scores / "images.csv")
    return [(row[0], float(row[1])) for row in rows]


def _pixel(shown: Shown) -> Draw:
    columns, rows = read_rows(shown.scores / "summary.csv")
    encoding, table = rows[0][columns.index("encoding")], shown.table
    reading = reading_of(encoding, shown.resize, table)
    ids = ids_of_values(encoding, table, {*shown.void, *void_values(encoding, table)})
    ids = np.where(ids < 0, table.background.id, ids).astype(np.uint8)
    scored = shown.scored(encoding)

    def draw(frame: str, image: np.ndarray | None) -> np.ndarray:
        true = read_label_ids(shown.label_image(frame, "labelIds"))
        predicted = read_prediction(shown.files[frame], reading)
        return panels(image, true, ids[resized(predicted, true.shape)], scored, encoding)

    return draw


def _instance(shown: Shown) -> Draw:
    scored = shown.scored(shown.encoding)
    of_frame = predictions_of(
        shown.predictions, shown.files, shown.table, shown.encoding, shown.known_images
    )

    def draw(frame: str, image: np.ndarray | None) -> np.ndarray:
        true = read_grey(shown.label_image(frame, "instanceIds"), 16)
        found = list(of_frame(frame, true.shape))
        return instance_panels(image, true, found, shown.table, scored, shown.encoding)

    return draw


def _panoptic(shown: Shown) -> Draw:
    assert shown.panoptic_truth
    truth = read_panoptic_truth(shown.panoptic_truth)
    path = next(iter(shown.files.values()))
    reading = Reading(shown.files, shown.table, shown.encoding, shown.known_images)
    predicted = read_panoptic_predictions(path, reading)
    scored = shown.scored(shown.encoding)

    def draw(frame: str, image: np.ndarray | None) -> np.ndarray:
        true, guess = truth.frames[frame], predicted.frames[frame]
        true_ids = read_panoptic_png(truth.pictures / true.file_name)
        guess_ids = read_panoptic_png(predicted.pictures / guess.file_name)
        counts = count_frame(true_ids, true, guess_ids, guess)
        labels = panoptic_segments(true.segments, scored, shown.encoding)
        guessed = panoptic_segments(guess.segments, scored, shown.encoding)
        judge = panoptic_verdicts(counts, labels, guessed)
        return segment_panels(
            image, Segments(true_ids, labels), Segments(guess_ids, guessed), judge
        )

    return draw


DRAW: dict[str, Callable[[Shown], Draw]] = {
    "pixel": _pixel,
    "instance": _instance,
    "panoptic": _panoptic,
}

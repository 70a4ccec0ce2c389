"""What has to be counted for each frame of a prediction set, and from which files.

A frame's `Work` says which function counts it, on what, and with a digest what its counts depend
on: frames whose digest is in the table of counts already are not counted again.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from cityscapes.errors import DataError
from cityscapes.evaluation.instance import counts as instance_counts
from cityscapes.evaluation.instance.coco import CocoEntry, coco_predictions
from cityscapes.evaluation.instance.predictions import text_predictions
from cityscapes.evaluation.panoptic import quality as panoptic_quality
from cityscapes.evaluation.panoptic.predictions import (
    PanopticFrame,
    leads_out,
    pair_frames,
    read_panoptic_png,
    read_panoptic_predictions,
    read_panoptic_truth,
)
from cityscapes.evaluation.pixel import counts as pixel_counts
from cityscapes.files.whole import digest
from cityscapes.ground_truth.depth import depth_map, read_camera
from cityscapes.ground_truth.kinds import derived_path
from cityscapes.labels import LabelTable
from cityscapes.layout import Shard
from cityscapes.png.labels import read_grey


class Work(NamedTuple):
    """The counting of one frame: `count(*arguments)` gives lists that JSON can hold."""

    frame: str
    state: str  # digest of what the counts depend on
    count: Callable[..., Any]
    arguments: tuple
    truth: tuple[Path, ...]  # the label images among the files


class Truth(NamedTuple):
    """Where the ground truth of a city lies."""

    root: Path  # a dataset root with label images
    dataset: Path  # the dataset root with disparity and camera files
    split: str
    city: str
    written: dict[Path, str]  # label image -> digest of its content, where it was made here

    def image(self, frame: str, kind: str) -> Path:
        """The label image of a frame."""
        return self.root / derived_path(Shard("gtFine", self.split, self.city), frame, kind)

    def of_instances(self, frame: str) -> tuple[Path, Path, Path]:
        """instanceIds image, disparity image and camera file; the last two need not exist."""
        disparity, camera = (
            self.dataset / kind / self.split / self.city / f"{frame}_{kind}{ending}"
            for kind, ending in (("disparity", ".png"), ("camera", ".json"))
        )
        return self.image(frame, "instanceIds"), disparity, camera


def pixel_work(files: dict[str, Path], truth: Truth) -> list[Work]:
    """The counting of pixel predictions, frame -> file."""
    work = []
    for frame, path in files.items():
        paths = (path, truth.image(frame, "labelIds"), truth.image(frame, "instanceIds"))
        work.append(Work(frame, _state(truth.written, *paths), count_pixels, paths, paths[1:]))
    return work


def count_pixels(*paths: Path) -> list:
    """The counts of `cityscapes.evaluation.pixel.counts.count_frame`."""
    return pixel_counts.count_frame(*paths).tolist()


def text_work(files: dict[str, Path], root: Path, truth: Truth, table: LabelTable) -> list[Work]:
    """The counting of instance predictions, frame -> text file; the masks lie below `root`."""
    work = []
    for frame, path in files.items():
        of_truth = truth.of_instances(frame)
        state = _state(truth.written, *of_truth, path, *_masks_of(path))
        arguments = (path, root, table, *of_truth)
        work.append(Work(frame, state, count_text, arguments, of_truth[:1]))
    return work


def count_text(
    path: Path, root: Path, table: LabelTable, *truth: Path
) -> instance_counts.FrameCounts:
    """The counts of one frame's text file and masks."""
    instance_ids, depth = _truth_of_instances(*truth)
    predictions = text_predictions(path, root, instance_ids.shape, table)
    return instance_counts.count_frame(instance_ids, predictions, depth)


def coco_work(
    path: Path, entries: dict[str, list[CocoEntry]], truth: Truth, table: LabelTable
) -> list[Work]:
    """The counting of instance predictions in a COCO results file, frame -> its entries."""
    work = []
    for frame, of_frame in entries.items():
        of_truth = truth.of_instances(frame)
        state = digest(_state(truth.written, *of_truth), *(entry.content for entry in of_frame))
        arguments = (path, of_frame, table, *of_truth)
        work.append(Work(frame, state, count_coco, arguments, of_truth[:1]))
    return work


def count_coco(
    path: Path, entries: list[CocoEntry], table: LabelTable, *truth: Path
) -> instance_counts.FrameCounts:
    """The counts of one frame's entries in a COCO results file."""
    instance_ids, depth = _truth_of_instances(*truth)
    predictions = coco_predictions(path, entries, instance_ids.shape, table)
    return instance_counts.count_frame(instance_ids, predictions, depth)


def panoptic_work(
    frames: set[str], truth_json: Path, predicted_json: Path, table: LabelTable,
    written: dict[Path, str],
) -> list[Work]:  # fmt: skip
    """The counting of those frames of a COCO panoptic file that are among `frames`."""
    truth = read_panoptic_truth(truth_json)
    kept = {image: frame for image, frame in truth.frames.items() if image in frames}
    predicted = read_panoptic_predictions(predicted_json)
    work = []
    for image, true in kept.items():
        guess, problem = predicted.frames[image], ""
        try:
            pair_frames(truth._replace(frames={image: true}), predicted, table)
        except DataError as error:
            problem = str(error)
        paths = (
            truth_json.with_suffix("") / true.file_name,
            predicted_json.with_suffix("") / guess.file_name,
        )
        problem = "; ".join(filter(None, [problem, leads_out(predicted_json, guess)]))
        state = digest(_state(written, *paths), repr(true), repr(guess), problem)
        arguments = (*paths, true, guess, problem)
        work.append(Work(image, state, count_panoptic, arguments, paths[:1]))
    return work


def count_panoptic(
    truth_path: Path,
    predicted_path: Path,
    truth: PanopticFrame,
    predicted: PanopticFrame,
    problem: str,
) -> panoptic_quality.FrameCounts:
    """The counts of one frame's two pictures; `problem` says what is wrong in the JSON file."""
    try:
        pictures = read_panoptic_png(truth_path), read_panoptic_png(predicted_path)
        counts = panoptic_quality.count_frame(pictures[0], truth, pictures[1], predicted)
    except DataError as error:
        raise DataError(f"{problem}; {error}" if problem else str(error)) from None
    if problem:
        raise DataError(problem)
    return counts


def _truth_of_instances(instance_ids: Path, disparity: Path, camera: Path):
    """The image of instance ids, and the depth map where the dataset has what makes one."""
    depth = None
    if disparity.exists() and camera.exists():
        depth = depth_map(read_grey(disparity, 16), read_camera(camera))
    return read_grey(instance_ids, 16), depth


def _masks_of(path: Path) -> list[Path]:
    """The mask files that a text file names; wrong lines are for the reader to complain about."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [path.parent / line.split(" ")[0] for line in lines if line.strip()]


def _state(written: dict[Path, str], *paths: Path) -> str:
    """Digest of names, sizes and times of files; of missing ones, too.

    Of files that were `written` here the content counts, whenever it was written.
    """
    parts = []
    for path in paths:
        if path in written:
            parts.append(f"{path}:{written[path]}")
            continue
        try:
            status = os.stat(path)
            parts.append(f"{path}:{status.st_size}:{status.st_mtime_ns}")
        except (OSError, ValueError):  # no path can hold NUL
            parts.append(f"{path}:missing")
    return digest(*parts)

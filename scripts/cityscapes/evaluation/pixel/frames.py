"""Pixel-level predictions: the image of each frame, and how it is counted."""

from collections.abc import Iterable
from pathlib import Path

from cityscapes.evaluation.counting import City, Work, state_of
from cityscapes.evaluation.pixel.counts import count_frame
from cityscapes.evaluation.sets import PredictionSet, files_of_frames
from cityscapes.labels import LabelTable


def find(
    asked: PredictionSet, frames: Iterable[str], table: LabelTable
) -> tuple[dict[str, Path], list[str]]:
    """The image of each frame, and a line for each that is missing, doubled or unexpected."""
    return files_of_frames(asked, frames)


def work(city: City) -> list[Work]:
    """The counting of each frame's image: labelIds and instanceIds are the ground truth."""
    truth, found = city.truth, []
    for frame, path in city.of_city.items():
        paths = (path, truth.image(frame, "labelIds"), truth.image(frame, "instanceIds"))
        state = state_of(truth.written, *paths)
        found.append(Work(frame, state, count_pixels, paths, paths[1:]))
    return found


def count_pixels(*paths: Path) -> list:
    """The counts of `count_frame`, as lists."""
    return count_frame(*paths).tolist()

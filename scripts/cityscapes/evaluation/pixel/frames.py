"""Pixel-level predictions: the image of each frame, and its counting."""

from collections.abc import Iterable

from cityscapes.evaluation.counting import City, Work, state_of
from cityscapes.evaluation.pixel.counts import count_frame
from cityscapes.evaluation.pixel.reading import reading_of
from cityscapes.evaluation.sets import Found, PredictionSet, files_of_frames
from cityscapes.files.whole import digest
from cityscapes.labels import LabelTable
from cityscapes.png.labels import kind_of_image


def find(asked: PredictionSet, frames: Iterable[str], table: LabelTable) -> Found:
    """Return the image of each frame, and a line for each missing, doubled or unexpected one."""
    reading_of(
        asked.encoding, asked.resize, table
    )  # a table that does not allow it is reported here
    return files_of_frames(asked, frames, kind_of_image)


def work(city: City) -> list[Work]:
    """Return the counting of each frame's image, compared with labelIds and instanceIds."""
    truth, found = city.truth, []
    reading = reading_of(city.encoding, city.resize, city.table)
    for frame, path in city.of_city.items():
        paths = (path, truth.image(frame, "labelIds"), truth.image(frame, "instanceIds"))
        state = digest(state_of(truth.written, *paths), repr(reading))
        found.append(Work(frame, state, count_frame, (*paths, reading), paths[1:]))
    return found

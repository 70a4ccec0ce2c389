"""Pictures of single frames: image, truth, prediction and where the prediction is wrong."""

from dataclasses import dataclass

import cv2
import numpy as np

from cityscapes.evaluation.classes import IDS, class_groups
from cityscapes.labels import LabelTable

WIDTH, HEIGHT = 640, 320
QUALITY = 82
# BGR. Told apart with any colour vision, and by brightness.
RIGHT, WRONG, VOID = (120, 90, 60), (0, 160, 255), (30, 30, 30)


@dataclass(frozen=True)
class Chosen:
    """A frame that stands for others, and its score."""

    what: str  # worst, median or best
    frame: str
    score: float


def choose(ranked: list[tuple[str, float]]) -> list[Chosen]:
    """The worst, the median and the best of frames with a score; of all, where none has one.

    `ranked` is frame and score, the worst first.
    """
    there = [(frame, score) for frame, score in ranked if not np.isnan(score)] or ranked
    places = {"worst": 0, "median": len(there) // 2, "best": len(there) - 1}
    return [Chosen(what, *there[place]) for what, place in places.items()]


def panels(
    image: np.ndarray | None, truth: np.ndarray, predicted: np.ndarray, table: LabelTable,
    encoding: str = IDS,
) -> np.ndarray:  # fmt: skip
    """uint8 (height, width, 3), BGR: image and truth above, prediction and errors below.

    `image` is uint8 (h, w, 3) in BGR, `truth` and `predicted` uint8 (h, w) with label ids. With
    the encoding trainIds, classes of one trainId are one class.
    """
    colors = np.zeros((256, 3), dtype=np.uint8)
    for label in table:
        if label.id >= 0:
            colors[label.id] = label.color[::-1]
    blank = np.full((HEIGHT, WIDTH, 3), 90, dtype=np.uint8)
    shown = blank if image is None else _small(image, cv2.INTER_AREA)
    errors = error_map(truth, predicted, table, encoding)
    others = [_small(one, cv2.INTER_NEAREST) for one in (colors[truth], colors[predicted], errors)]
    return np.vstack([np.hstack([shown, others[0]]), np.hstack(others[1:])])


def error_map(
    truth: np.ndarray, predicted: np.ndarray, table: LabelTable, encoding: str = IDS
) -> np.ndarray:
    """uint8 (height, width, 3), BGR: `RIGHT`, `WRONG`, or `VOID` where nothing is evaluated."""
    first = np.arange(256)
    for group in class_groups(table, encoding):
        first[[label.id for label in group]] = group[0].id
    ignored = np.zeros(256, dtype=bool)
    ignored[[label.id for label in table if label.id >= 0 and label.ignore_in_eval]] = True
    colors = np.array([RIGHT, WRONG, VOID], dtype=np.uint8)
    return colors[np.where(ignored[truth], 2, first[truth] != first[predicted])]


def jpeg(image: np.ndarray) -> bytes:
    """A JPEG file."""
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def _small(image: np.ndarray, how: int) -> np.ndarray:
    return cv2.resize(image, (WIDTH, HEIGHT), interpolation=how)

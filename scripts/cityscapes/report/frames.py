"""Pictures of single frames: image, truth, prediction and where the prediction is wrong."""

from dataclasses import dataclass

import cv2
import numpy as np

from cityscapes.evaluation.classes import IDS, class_groups
from cityscapes.labels import LabelTable

WIDTH, HEIGHT = 640, 320
QUALITY = 82
Color = tuple[int, int, int]
# BGR. They differ for any colour vision, and in brightness.
RIGHT, WRONG, VOID = (120, 90, 60), (0, 160, 255), (30, 30, 30)
_NO_IMAGE = (90, 90, 90)


@dataclass(frozen=True)
class Chosen:
    """A frame chosen as an example, and its score."""

    what: str  # worst, median or best
    frame: str
    score: float


def choose(ranked: list[tuple[str, float]]) -> list[Chosen]:
    """Choose the worst, the median and the best frame by score; of all, if none has a score.

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
    errors = error_map(truth, predicted, table, encoding)
    return four(image, colors[truth], colors[predicted], errors)


def four(image: np.ndarray | None, *others: np.ndarray) -> np.ndarray:
    """uint8 (2 HEIGHT, 2 WIDTH, 3), BGR: an image, or none, and three drawings."""
    blank = np.full((HEIGHT, WIDTH, 3), _NO_IMAGE, dtype=np.uint8)
    shown = blank if image is None else small(image, cv2.INTER_AREA)
    truth, predicted, errors = (small(one, cv2.INTER_NEAREST) for one in others)
    return np.vstack([np.hstack([shown, truth]), np.hstack([predicted, errors])])


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
    """Encode an image as a JPEG file."""
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def small(image: np.ndarray, how: int) -> np.ndarray:
    """Resize an image to a quarter of the picture; `how` is an interpolation of OpenCV."""
    return cv2.resize(image, (WIDTH, HEIGHT), interpolation=how)

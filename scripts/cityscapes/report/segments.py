"""Pictures of single frames with objects: image, truth, prediction and errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from cityscapes.labels import Label
from cityscapes.report.frames import VOID, Color, four, small

# BGR: pixels without a true or predicted object; borders between objects.
NOTHING, OUTLINE = (90, 90, 90), (255, 255, 255)


@dataclass(frozen=True, eq=False)
class Segments:
    """The segment that each pixel of a frame shows."""

    ids: np.ndarray  # int32 (height, width)
    labels: Mapping[int, Label]  # id -> class; other ids show nothing


# (true, predicted segment) -> colour of their common pixels in the map of errors
Judge = Callable[[int, int], Color]


def segment_panels(
    image: np.ndarray | None, truth: Segments, predicted: Segments, judge: Judge
) -> np.ndarray:
    """uint8 (height, width, 3), BGR: image and truth above, prediction and errors below.

    `image` is uint8 (h, w, 3) in BGR; the segments are of one size.
    """
    first, second = (
        Segments(small(one.ids, cv2.INTER_NEAREST), one.labels) for one in (truth, predicted)
    )
    errors = error_map(first.ids, second.ids, judge)
    return four(image, _painted(first), _painted(second), errors)


def error_map(truth: np.ndarray, predicted: np.ndarray, judge: Judge) -> np.ndarray:
    """uint8 (height, width, 3), BGR, of two int32 (height, width) images of segment ids."""
    both = truth.astype(np.int64) << 32 | predicted
    pairs, place = np.unique(both, return_inverse=True)
    colors = [judge(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs.tolist()]
    return np.array(colors, dtype=np.uint8)[place.reshape(truth.shape)]


def _painted(segments: Segments) -> np.ndarray:
    """Return the segments in the colours of their classes, things with outlines."""
    ids, place = np.unique(segments.ids, return_inverse=True)
    place = place.reshape(segments.ids.shape)
    labels = [segments.labels.get(id_) for id_ in ids.tolist()]
    colors = [label.color[::-1] if label else VOID for label in labels]
    painted = np.array(colors, dtype=np.uint8)[place]
    is_thing = np.array([bool(label and label.has_instances) for label in labels])[place]
    edge = np.zeros(place.shape, dtype=bool)
    edge[1:] |= (place[1:] != place[:-1]) & (is_thing[1:] | is_thing[:-1])
    edge[:, 1:] |= (place[:, 1:] != place[:, :-1]) & (is_thing[:, 1:] | is_thing[:, :-1])
    painted[edge] = OUTLINE
    return painted

"""Id images drawn with letters, and annotations that are made in a line."""

from pathlib import Path

import numpy as np

from cityscapes.ground_truth.polygons import Annotation
from cityscapes.labels import read_labels

TABLE = read_labels(Path(__file__).parent.parent / "config/labels.csv")


def picture(*rows, dtype=np.uint16, **letters):
    """A (rows, columns) image whose pixels are given by letters: picture("rc", r=7, c=26001)."""
    return np.array([[letters[letter] for letter in row] for row in rows], dtype=dtype)


def scene(*objects, width=8, height=4, table=TABLE):
    """An annotation of (class or group name, (left, top, right, bottom) of a box) pairs."""
    named = [table.named(name) for name, _ in objects]
    polygons = [
        np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float64)
        for _, (left, top, right, bottom) in objects
    ]
    labels, groups = [label for label, _ in named], [group for _, group in named]
    return Annotation(width, height, labels, groups, polygons)

"""The boundary F-score of predicted label images, which compares the outlines of classes.

Precision is the share of the predicted outline that lies within a radius of the true one, recall
the reverse. Source: Perazzi et al., DAVIS, CVPR 2016, in the form of GSCNN's evaluation.
"""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

RADII = (1, 3, 5, 9, 12)  # pixels

# For each class: pixels of the predicted and the true outline, and for each radius how many of
# either lie within it of the other. Classes without any outline in a frame are left out.
ClassCounts = list[int]


def outline(mask: np.ndarray) -> np.ndarray:
    """bool (height, width): the pixels of which the right, lower or lower right one differs.

    `mask` is bool (height, width). Of the last row only the right neighbours count, of the last
    column the lower ones.
    """
    found = np.zeros(mask.shape, dtype=bool)
    across, down = mask[:, 1:] != mask[:, :-1], mask[1:] != mask[:-1]
    found[:, :-1] = across
    found[:-1] |= down
    # If the right and the lower one are equal to it, the one between may still differ.
    found[:-1, :-1] |= mask[1:, 1:] != mask[:-1, :-1]
    return found


def count_frame(
    truth: np.ndarray, predicted: np.ndarray, classes: Iterable[int], void: int,
    radii: Sequence[int] = RADII,
) -> dict[int, ClassCounts]:  # fmt: skip
    """Map classes to their counts, for two images of classes, uint8 (height, width) each.

    Pixels that are `void` in the truth belong to no class, in the prediction either.
    """
    predicted = np.where(truth == void, np.uint8(void), predicted)
    counts = {}
    present = np.union1d(np.unique(truth), np.unique(predicted)).tolist()
    for number in classes:
        if number in present and number != void:
            of_class = _count(predicted == number, truth == number, radii)
            if of_class[0] or of_class[1]:
                counts[number] = of_class
    return counts


def _count(predicted: np.ndarray, truth: np.ndarray, radii: Sequence[int]) -> ClassCounts:
    """Return the counts of two masks."""
    box = _around(predicted | truth)
    guess, true = _cut_outline(predicted, box), _cut_outline(truth, box)
    near = _within(guess, true, radii), _within(true, guess, radii)
    return [int(guess.sum()), int(true.sum()), *near[0], *near[1]]


def _around(mask: np.ndarray) -> tuple[slice, slice]:
    """Return the box around a mask, with one more pixel to the left and above for its outline."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(max(rows[0] - 1, 0), rows[-1] + 2), slice(max(columns[0] - 1, 0), columns[-1] + 2)


def _cut_outline(mask: np.ndarray, box: tuple[slice, slice]) -> np.ndarray:
    part = mask[box]
    return outline(part) if part.size else part


def _within(points: np.ndarray, others: np.ndarray, radii: Sequence[int]) -> list[int]:
    """Count the points within each radius of any other; bool (height, width) images."""
    if not points.any() or not others.any():
        return [0] * len(radii)
    reach = max(radii)
    rows, columns = (np.flatnonzero(points.any(axis=axis)) for axis in (1, 0))
    # Pixels farther than the largest radius from all points do not matter.
    part = (
        slice(max(rows[0] - reach, 0), rows[-1] + reach + 1),
        slice(max(columns[0] - reach, 0), columns[-1] + reach + 1),
    )
    if not others[part].any():
        return [0] * len(radii)
    background = np.where(others[part], np.uint8(0), np.uint8(1))
    distance = cv2.distanceTransform(background, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # Squared distances are whole numbers, so adding a half avoids rounding errors.
    squared = np.sort(distance[points[part]].astype(np.float64) ** 2)
    return [int(np.searchsorted(squared, radius**2 + 0.5)) for radius in radii]


def f_scores(counts: ClassCounts | None, number_of_radii: int) -> list[float]:
    """Return F of a class in a frame, for each radius; 1 without outlines, true or predicted."""
    if counts is None:
        return [1.0] * number_of_radii
    predicted, true, *within = counts
    scores = []
    for k in range(number_of_radii):
        precision = within[k] / predicted if predicted else 1.0
        recall = within[number_of_radii + k] / true if true else 1.0
        # Only one of them has an outline: all of it is wrong.
        if not true:
            precision = 0.0
        if not predicted:
            recall = 0.0
        both = precision + recall
        scores.append(2 * precision * recall / both if both else 0.0)
    return scores


def class_scores(
    frames: Sequence[dict[int, ClassCounts]], classes: Sequence[int], number_of_radii: int
) -> np.ndarray:
    """float64 (classes, radii): the mean of F over all frames.

    UPSTREAM: a frame in which neither image has the class counts as 1.
    """
    values = np.array(
        [[f_scores(frame.get(c), number_of_radii) for c in classes] for frame in frames]
    )
    return values.reshape(len(frames), len(classes), number_of_radii).mean(axis=0)

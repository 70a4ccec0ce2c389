"""The pixels of boundaries that Boundary AP and PQ compare, counted in one frame.

They accompany the counts of whole masks, which tell what is void, a group or too small.
"""

from collections.abc import Iterable

import numpy as np

from cityscapes.evaluation.boundaries.masks import mask_boundary, segment_boundaries
from cityscapes.evaluation.instance.predictions import Prediction
from cityscapes.pixel_runs import joint_counts

# Pixels of the boundary of each true object, ids ascending; and for each prediction its own, with
# those that it shares with the boundary of each true object, [place of the object, pixels].
InstanceBoundaries = tuple[list[int], list[list]]
# True id, predicted id, pixels; INNER stands for pixels of no boundary.
SegmentBoundaries = list[list[int]]
INNER = -1


def count_instances(
    instance_ids: np.ndarray, predictions: Iterable[Prediction], distance: int
) -> InstanceBoundaries:
    """Return the boundaries of the objects and predictions of a frame, without empty masks.

    `instance_ids` is uint16 (height, width); boundaries are `distance` pixels wide.
    """
    edges = segment_boundaries(instance_ids, distance)
    ids = np.flatnonzero(np.bincount(instance_ids.ravel()))
    pixels = np.bincount(instance_ids[edges], minlength=ids[-1] + 1)[ids]
    place = np.zeros(ids[-1] + 1, dtype=np.int64)
    place[ids] = range(len(ids))
    found: list[list] = []
    for _, _, left, top, mask, _ in predictions:
        if not mask.any():
            continue
        part = np.s_[top : top + mask.shape[0], left : left + mask.shape[1]]
        own = mask_boundary(mask, distance)
        shared = np.bincount(place[instance_ids[part][own & edges[part]]])
        there = np.flatnonzero(shared)
        pairs = zip(there.tolist(), shared[there].tolist(), strict=True)
        found.append([int(np.count_nonzero(own)), [list(pair) for pair in pairs]])
    return pixels.tolist(), found


def count_segments(
    truth_ids: np.ndarray, predicted_ids: np.ndarray, distance: int, void: int = 0
) -> SegmentBoundaries:
    """Count the common pixels of the segments' boundaries in two int (height, width) images.

    UPSTREAM: void pixels of the truth stay void wherever they are; they have no boundary.
    """
    images = []
    for ids in (truth_ids, predicted_ids):
        kept = segment_boundaries(ids, distance) | (ids == void)
        # One more, so that no value is below 0.
        images.append(np.where(kept, ids + 1, 0))
    return (joint_counts(*images) - [1, 1, 0]).tolist()

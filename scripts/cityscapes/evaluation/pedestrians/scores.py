"""Miss rate over false positives per image, and its log-average. Source: reference."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from cityscapes.evaluation.pedestrians.counts import FrameCounts
from cityscapes.evaluation.pedestrians.matching import OVERLAP
from cityscapes.evaluation.pedestrians.subsets import Subset

# False positives per image. UPSTREAM: as printed with four digits, not powers of 10.
REFERENCE_POINTS = np.array([
    0.0100, 0.0178, 0.0316, 0.0562, 0.1000, 0.1778, 0.3162, 0.5623, 1.0000,
])  # fmt: skip


@dataclass(frozen=True)
class MissRate:
    """The score of a subset, and the curve behind it: a point for each detection, best first."""

    subset: Subset
    positives: int  # pedestrians to be found
    score: np.ndarray  # float64 (n,): of the detections that count
    fppi: np.ndarray  # float64 (n,): false positives per image with all detections so far
    recall: np.ndarray  # float64 (n,)
    at_points: np.ndarray  # float64 (9,): recall at REFERENCE_POINTS
    log_average: float  # the miss rate, 0 to 1; -1 where nobody is to be found

    @property
    def unusual(self) -> bool:
        """Return True if the best detection alone exceeds some point's false positives.

        The score there is the recall of all detections, as in the reference.
        """
        return bool(len(self.fppi) and self.fppi[0] > REFERENCE_POINTS[0])


def miss_rates(frames: Iterable[FrameCounts], subsets: Sequence[Subset]) -> list[MissRate]:
    """Score each subset over all frames; frames without boxes count as images, too."""
    positives = [0] * len(subsets)
    scores: list[list[float]] = [[] for _ in subsets]
    hits: list[list[int]] = [[] for _ in subsets]
    images = 0
    for frame in frames:
        images += 1
        for k, (wanted, of_frame, found) in enumerate(frame):
            positives[k] += wanted
            scores[k] += of_frame
            hits[k] += found
    return [
        _miss_rate(subset, images, positives[k], np.array(scores[k]), np.array(hits[k], dtype=int))
        for k, subset in enumerate(subsets)
    ]


def _miss_rate(
    subset: Subset, images: int, positives: int, score: np.ndarray, hit: np.ndarray
) -> MissRate:
    order = np.argsort(-score, kind="stable")
    score, hit = score[order], hit[order]
    fppi = np.cumsum(1 - hit) / max(images, 1)
    recall = np.cumsum(hit) / max(positives, 1)
    # UPSTREAM: if even the first detection is beyond a point, this is -1, the last one.
    last = np.searchsorted(fppi, REFERENCE_POINTS, side="right") - 1
    at_points = recall[last] if len(recall) else np.zeros(len(REFERENCE_POINTS))
    with np.errstate(divide="ignore"):  # all found at a point: the product, and so the mean, is 0
        average = float(np.exp(np.mean(np.log(1 - at_points)))) if positives else -1.0
    return MissRate(subset, positives, score, fppi, recall, at_points, average)


def reference_line(rate: MissRate) -> str:
    """Return the line that the reference prints for a subset."""
    name, (low, high), (least, most) = rate.subset.name, rate.subset.height, rate.subset.visibility
    return (
        f" {'Average Miss Rate':<18} (MR) @ {name:<18} [ IoU={OVERLAP:<9.2f} "
        f"| height={f'[{low:.0f}:{high:.0f}]':>6} | visibility={f'[{least:.2f}:{most:.2f}]':>6} ]"
        f" = {rate.log_average * 100:.2f}%"
    )

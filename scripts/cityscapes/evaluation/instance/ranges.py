"""The objects that count in average precision, by size, distance and measured depth."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class EvaluationRange:
    """The objects that have to be found; others are ignored: neither missed nor rewarded."""

    name: str
    pixels: int  # at least
    distance: float  # metres, at most
    stereo_density: float  # share of its pixels whose depth is measured, at least
    below: float = np.inf  # pixels, fewer than


RANGES = (
    EvaluationRange("", 100, np.inf, -np.inf),
    EvaluationRange("100m", 1000, 100.0, 0.5),
    EvaluationRange("50m", 1000, 50.0, 0.5),
)
# COCO's sizes, from the smallest one that has to be found at any distance.
SIZES = (
    EvaluationRange("small", 100, np.inf, -np.inf, 32**2),
    EvaluationRange("medium", 32**2, np.inf, -np.inf, 96**2),
    EvaluationRange("large", 96**2, np.inf, -np.inf),
)

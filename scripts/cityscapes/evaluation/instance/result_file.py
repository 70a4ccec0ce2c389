"""The official result file of average precision."""

import numpy as np

from cityscapes.evaluation.instance.average_precision import OVERLAPS, InstanceScores
from cityscapes.evaluation.instance.ranges import RANGES


def result_json(scores: InstanceScores) -> dict:
    """Return the content of the reference's `resultInstanceLevelSemanticLabeling.json`."""
    averages: dict[str, object] = {
        f"all{key[0].upper()}{key[1:]}": _mean(ap) for key, ap in _named(scores.ap)
    }
    averages["classes"] = {
        name: {key: float(ap.mean()) for key, ap in _named(scores.ap[:, c])}
        for c, name in enumerate(scores.classes)
    }
    # UPSTREAM: all ranges are listed, though the matrix may hold only the first. The reference
    # lists the distances as infinite, 100, 50, so the order of RANGES matters.
    return {
        "averages": averages,
        "overlaps": OVERLAPS.tolist(),
        "minRegionSizes": [limits.pixels for limits in RANGES],
        "distanceThresholds": [limits.distance for limits in RANGES],
        "minStereoDensities": [limits.stereo_density for limits in RANGES],
        "instLabels": scores.classes,
        "resultApMatrix": scores.ap.tolist(),
    }


def _named(ap: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Return the reference's names of the means, with their values.

    `ap` is float64 (ranges, ..., overlaps).
    """
    means = [("ap", ap[0]), ("ap50%", ap[0, ..., 0])]
    if len(ap) == len(RANGES):
        means += [("ap50m", ap[2]), ("ap100m", ap[1]), ("ap50%50m", ap[2, ..., 0])]
    return means


def _mean(ap: np.ndarray) -> float:
    """Return the mean of the values that are not nan; nan if all are."""
    there = ap[~np.isnan(ap)]
    return float(there.mean()) if there.size else np.nan

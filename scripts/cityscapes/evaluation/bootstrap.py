"""Scores of resampled frames: whether a difference between prediction sets may be chance.

A draw takes as many frames as there are, some of them more than once (Efron 1979). Counts add up
over frames, so that no frame is looked at again; sets are compared on the same draws.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from cityscapes.files.csv_frame import read_csv

DRAWS = 1000
SEED = 0
LEVEL = 0.95
# Draws that are scored at once, which bounds the memory for AP.
_CHUNK = 100
# Counts of a class in a frame; the scores of a set have remarks in further columns.
_COLUMNS = {
    "pixel": ("tp", "fp", "fn"),
    "panoptic": ("iou", "tp", "fp", "fn"),
    "instance": ("objects",),
}


@dataclass(frozen=True, eq=False)
class FrameCounts:
    """The counts behind the scores of a set, by frame: its table `images_classes.csv`."""

    task: str
    frames: list[str]
    classes: list[str]
    # float64 (frames, classes, n): tp, fp, fn of pixels; iou, tp, fp, fn of segments; objects
    values: np.ndarray
    predictions: pd.DataFrame | None = None  # of instances: `predictions.csv`

    def of(self, frames: list[str], classes: list[str]) -> "FrameCounts":
        """Return the counts of these frames and classes alone, in this order."""
        if (frames, classes) == (self.frames, self.classes):
            return self
        rows = [self.frames.index(frame) for frame in frames]
        columns = [self.classes.index(name) for name in classes]
        found = self.predictions
        if found is not None:
            found = found[found["frame"].isin(frames) & found["name"].isin(classes)]
        values = self.values[np.ix_(rows, columns)]
        return FrameCounts(self.task, frames, classes, values, found)


def read_counts(folder: Path) -> FrameCounts:
    """Read the counts in the folder of a set's scores, `results/evaluation/<set>`."""
    task = str(read_csv(folder / "summary.csv")["task"][0])
    frames = read_csv(folder / "images.csv")["frame"].sort_values()
    rows = read_csv(folder / "images_classes.csv")
    classes = list(read_csv(folder / "classes.csv")["name"])
    columns = list(_COLUMNS[task])
    values = np.zeros((len(frames), len(classes), len(columns)))
    places = (
        pd.Index(frames).get_indexer(rows["frame"]),
        pd.Index(classes).get_indexer(rows["name"]),
    )
    values[places] = rows[columns]
    shown = np.asarray(values.any(axis=(0, 2)))
    found = read_csv(folder / "predictions.csv") if task == "instance" else None
    named = [classes[number] for number in np.flatnonzero(shown)]
    return FrameCounts(task, list(frames), named, values[:, shown], found)


def draws(frames: int, number: int = DRAWS, seed: int = SEED) -> np.ndarray:
    """int64 (number, frames): how often each frame is in each draw."""
    if frames == 0:
        return np.zeros((number, 0), dtype=np.int64)
    rng = np.random.default_rng(seed)
    return rng.multinomial(frames, np.full(frames, 1 / frames), size=number)


@lru_cache(maxsize=32)
def drawn_scores(counts: FrameCounts) -> np.ndarray:
    """float64 (DRAWS, classes): the `class_scores` of all draws; those of AP take seconds."""
    return class_scores(counts, draws(len(counts.frames)))


def class_scores(counts: FrameCounts, weights: np.ndarray) -> np.ndarray:
    """float64 (draws, classes): IoU, AP or PQ; nan where no drawn frame shows the class.

    `weights` is int64 (draws, frames), as from `draws`; of ones for the scores of all frames.
    """
    if counts.predictions is not None:
        return _average_precision(counts, weights)
    frames, classes, columns = counts.values.shape
    sums = weights @ counts.values.reshape(frames, classes * columns)
    sums = sums.reshape(len(weights), classes, columns)
    if counts.task == "panoptic":
        iou, tp, fp, fn = np.moveaxis(sums, 2, 0)
        return _ratio(iou, tp + fp / 2 + fn / 2)
    tp, fp, fn = np.moveaxis(sums, 2, 0)
    return _ratio(tp, tp + fp + fn)


def frame_scores(counts: FrameCounts) -> dict[str, float]:
    """Map frames to the mean IoU, AP or PQ of each by itself; nan if it shows no class."""
    every = np.ones((1, 1), dtype=np.int64)
    found = counts.predictions
    of_frame = {} if found is None else dict(iter(found.groupby("frame")))
    scores = {}
    for number, frame in enumerate(counts.frames):
        predictions = None if found is None else of_frame.get(frame, found[:0])
        values = counts.values[number : number + 1]
        one = FrameCounts(counts.task, [frame], counts.classes, values, predictions)
        scores[frame] = float(means(class_scores(one, every))[0])
    return scores


def means(by_class: np.ndarray) -> np.ndarray:
    """float64 (draws,): the means over the classes that are not nan; nan where all are."""
    there = ~np.isnan(by_class)
    return _ratio(np.where(there, by_class, 0).sum(axis=1), there.sum(axis=1))


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the middle `LEVEL` of the values that are not nan; nan if all are."""
    there = values[~np.isnan(values)]
    if not len(there):
        return np.nan, np.nan
    low, high = np.quantile(there, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _average_precision(counts: FrameCounts, weights: np.ndarray) -> np.ndarray:
    assert counts.predictions is not None
    found = counts.predictions.sort_values("confidence", ascending=False, kind="stable")
    of_frame = pd.Index(counts.frames).get_indexer(pd.Index(found["frame"]))
    overlaps = [name for name in found.columns if name.startswith("0.")]
    scores = np.full((len(weights), len(counts.classes)), np.nan)
    for number, name in enumerate(counts.classes):
        rows = (found["name"] == name).to_numpy()
        outcome, sure = found.loc[rows, overlaps].to_numpy(), found.loc[rows, "confidence"]
        step = np.cumsum(np.diff(sure.to_numpy(), prepend=np.inf) != 0)  # equal ones share one
        objects = weights @ counts.values[:, number, 0]
        for begin in range(0, len(weights), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            of_prediction = weights[part][:, of_frame[rows]]
            areas = [
                _area(of_prediction, outcome[:, o], step, objects[part])
                for o in range(len(overlaps))
            ]
            scores[part, number] = np.mean(areas, axis=0)
    return scores


def _area(
    weights: np.ndarray, outcome: np.ndarray, step: np.ndarray, objects: np.ndarray
) -> np.ndarray:
    """float64 (draws,): area below precision over recall, as `average_precision` integrates it.

    `weights` is (draws, predictions), the most confident first; `step` rises with falling
    confidence. Recall grows only where a prediction is right: there alone precision is needed,
    with all that are more confident, and with those of this confidence, too.
    """
    right, wrong = np.flatnonzero(outcome == 1), np.flatnonzero(outcome == 0)
    steps = np.unique(step[right])
    hits, misses = _cumulated(weights[:, right]), _cumulated(weights[:, wrong])
    hits_before, hits_then = (
        hits[:, np.searchsorted(step[right], steps, side)] for side in ("left", "right")
    )
    misses_before, misses_then = (
        misses[:, np.searchsorted(step[wrong], steps, side)] for side in ("left", "right")
    )
    precision = _precision(hits_before, misses_before) + _precision(hits_then, misses_then)
    return _ratio(((hits_then - hits_before) * precision / 2).sum(axis=1), objects)


def _cumulated(weights: np.ndarray) -> np.ndarray:
    """int64 (draws, n + 1): the sums of the first 0, 1, ... n columns."""
    sums = np.zeros((len(weights), weights.shape[1] + 1), dtype=np.int64)
    np.cumsum(weights, axis=1, out=sums[:, 1:])
    return sums


def _precision(hits: np.ndarray, misses: np.ndarray) -> np.ndarray:
    """Return the share of hits; 1 if nothing is predicted, which is no mistake."""
    number = hits + misses
    return np.divide(hits, number, out=np.ones(number.shape), where=number > 0)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    shape = np.broadcast_shapes(part.shape, whole.shape)
    return np.divide(part, whole, out=np.full(shape, np.nan), where=whole > 0)

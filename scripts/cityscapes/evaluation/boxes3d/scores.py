"""Scores of 3-D predictions: average precision, and similarity of matched boxes, by depth.

Everything is arithmetic on the counts of frames. Source: reference, evalObjectDetection3d.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cityscapes.evaluation.boxes3d.counts import FrameCounts3d
from cityscapes.evaluation.boxes3d.matching import THRESHOLDS
from cityscapes.evaluation.boxes3d.settings import Settings3d

SIMILARITIES = ("Center_Dist", "Size_Similarity", "OS_Yaw", "OS_Pitch_Roll")


@dataclass(frozen=True)
class Curve:
    """Precision and recall at each of the thresholds, and the average precision."""

    recall: list[float]
    precision: list[float]
    ap: float


@dataclass(frozen=True)
class ByDepth:
    """Similarity of matched boxes: start of a depth bin in metres -> mean, number of pairs."""

    mean: dict[int, float]
    items: dict[int, int]

    @property
    def auc(self) -> float:
        """Return the mean over bins. UPSTREAM: 0 if fewer than two bins have a pair."""
        return float(np.mean(list(self.mean.values()))) if len(self.mean) > 1 else 0.0


@dataclass(frozen=True)
class ClassScore:
    """The scores of a class."""

    objects: int  # true ones, at any depth
    curve: Curve
    # Start of a depth bin in metres -> its scores; bins without a true object are left out.
    by_depth: dict[int, Curve]
    objects_by_depth: dict[int, int]
    working: int  # number of the working threshold
    similarities: dict[str, ByDepth]
    tp: int  # at the working threshold, at any depth
    fp: int

    @property
    def fn(self) -> int:
        """Return the number of objects that are missed at the working threshold."""
        return self.objects - self.tp

    @property
    def detection_score(self) -> float:
        """Return the benchmark's score of the class."""
        alike = [self.similarities[name].auc for name in SIMILARITIES]
        return self.curve.ap * (alike[0] + alike[1] + alike[2] + alike[3]) / 4


def class_scores(frames: Iterable[FrameCounts3d], settings: Settings3d) -> dict[str, ClassScore]:
    """Map labels to their scores over all frames, in the order of the settings."""
    labels = list(dict.fromkeys(settings.labels))
    pairs, truth, tp, fp = _add_up(frames, labels, settings)
    return {
        label: _class_score(pairs[k], truth[k], tp[k], fp[k], settings)
        for k, label in enumerate(labels)
    }


def means(scores: dict[str, ClassScore]) -> dict[str, float]:
    """Return the official means over the classes that have a true object; nan if none has."""
    there = [score for score in scores.values() if score.objects]
    named = {
        "mDetection_Score": [score.detection_score for score in there],
        "mAP": [score.curve.ap for score in there],
        **{f"m{key}": [one.similarities[key].auc for one in there] for key in SIMILARITIES},
    }
    return {key: float(np.mean(values)) if values else np.nan for key, values in named.items()}


def results_json(scores: dict[str, ClassScore], settings: Settings3d) -> dict:
    """Return the content of the reference's `results.json`, keys in its order."""
    document: dict = {
        "AP": {label: _curve(score.curve) for label, score in scores.items()},
        "AP_per_depth": {
            label: {str(depth): _curve(curve) for depth, curve in score.by_depth.items()}
            for label, score in scores.items()
        },
    }
    for name in SIMILARITIES:
        document[name] = {
            label: _by_depth(score.similarities[name]) for label, score in scores.items()
        }
    document["GT_stats"] = {label: score.objects for label, score in scores.items()}
    document["working_confidence"] = {
        label: float(THRESHOLDS[score.working]) for label, score in scores.items()
    }
    document["eval_params"] = {
        "labels": list(settings.labels),
        "min_iou_to_match": settings.min_iou,
        "max_depth": settings.max_depth,
        "step_size": settings.step_size,
        "matching_method": "Modal" if settings.modal else "Amodal",
    }
    document["Detection_Score"] = {label: score.detection_score for label, score in scores.items()}
    return document | means(scores)


def envelope(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """Return recall, ascending from 0 to 1, and the highest precision at that recall or above."""
    order = np.argsort(curve.recall, kind="stable")
    recall = np.concatenate([[0.0], np.array(curve.recall)[order], [1.0]])
    precision = np.concatenate([[0.0], np.array(curve.precision)[order], [0.0]])
    return recall, np.maximum.accumulate(precision[::-1])[::-1]


def _add_up(frames: Iterable[FrameCounts3d], labels: list[str], settings: Settings3d) -> tuple:
    """Sum the pairs, true objects (bins), tp and fp (bins, thresholds) of each class.

    Only the pairs grow with the number of frames. The last bin has all that is too far away.
    """
    number = {label: k for k, label in enumerate(labels)}
    bins = len(settings.bins) + 1
    truth = np.zeros((len(labels), bins), dtype=np.int64)
    tp, fp = np.zeros((2, len(labels), bins, len(THRESHOLDS) + 1), dtype=np.int64)
    pairs: list[list[tuple]] = [[] for _ in labels]

    def bin_of(depth: int) -> int:
        return depth // settings.step_size if depth < settings.max_depth else bins - 1

    for frame in frames:
        of_truth = [(number[label], bin_of(depth)) for _, label, depth in frame["truth"]]
        for place in of_truth:
            truth[place] += 1
        for row, _, first, end, _, *alike in frame["pairs"]:
            label, depth = of_truth[row]
            tp[label, depth, first] += 1
            tp[label, depth, end] -= 1
            if depth < bins - 1:
                pairs[label].append((first, end, depth, *alike))
        for row, first, end in frame["false"]:
            _, name, depth, _ = frame["predictions"][row]
            place = number[name], bin_of(depth)
            fp[(*place, first)] += 1
            fp[(*place, end)] -= 1
    return pairs, truth, tp.cumsum(axis=2)[..., :-1], fp.cumsum(axis=2)[..., :-1]


def _class_score(
    pairs: list[tuple], truth: np.ndarray, tp: np.ndarray, fp: np.ndarray, settings: Settings3d
) -> ClassScore:
    objects, tp_of_all, fp_of_all = int(truth.sum()), tp.sum(axis=0), fp.sum(axis=0)
    curve = _precision_recall(tp_of_all, fp_of_all, objects)
    working = settings.working_threshold
    if working is None:
        # The lowest threshold with the largest product; the lowest of all without a hit.
        working = int(np.argmax(np.array(curve.precision) * curve.recall))
    there = [(start, k) for k, start in enumerate(settings.bins) if truth[k]]
    return ClassScore(
        objects=objects,
        curve=curve,
        by_depth={start: _precision_recall(tp[k], fp[k], int(truth[k])) for start, k in there},
        objects_by_depth={start: int(truth[k]) for start, k in there},
        working=working,
        similarities=_similarities(pairs, working, settings),
        tp=int(tp_of_all[working]),
        fp=int(fp_of_all[working]),
    )


def _precision_recall(tp: np.ndarray, fp: np.ndarray, objects: int) -> Curve:
    hit = tp > 0
    precision = np.divide(tp, tp + fp, out=np.zeros(len(tp)), where=hit)
    recall = np.divide(tp, objects, out=np.zeros(len(tp)), where=hit)
    curve = Curve(recall.tolist(), precision.tolist(), 0.0)
    across, height = envelope(curve)
    return Curve(curve.recall, curve.precision, float(np.sum(np.diff(across) * height[1:])))


def _similarities(pairs: list[tuple], working: int, settings: Settings3d) -> dict[str, ByDepth]:
    at_work = [pair for pair in pairs if pair[0] <= working < pair[1]]
    columns = np.array(at_work, dtype=float).reshape(-1, 7).T
    depth, distance, *alike = columns[2].astype(np.int64), *columns[3:]
    near = 1 - np.minimum(distance / settings.max_depth, 1)
    items = np.bincount(depth, minlength=len(settings.bins))
    named = {}
    for name, values in zip(SIMILARITIES, [near, *alike], strict=True):
        sums = np.bincount(depth, weights=values, minlength=len(settings.bins))
        there = [(start, k) for k, start in enumerate(settings.bins) if items[k]]
        named[name] = ByDepth(
            {start: float(sums[k] / items[k]) for start, k in there},
            {start: int(items[k]) for start, k in there},
        )
    return named


def _curve(curve: Curve) -> dict:
    return {"data": {"recall": curve.recall, "precision": curve.precision}, "auc": curve.ap}


def _by_depth(values: ByDepth) -> dict:
    return {
        "data": {str(start): value for start, value in values.mean.items()},
        "items": {str(start): count for start, count in values.items.items()},
        "auc": values.auc,
    }

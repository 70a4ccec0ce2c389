"""Tables of the scores of 3-D vehicles: by class, depth, threshold and frame, and the matches."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cityscapes.evaluation.boxes3d.counts import FrameCounts3d
from cityscapes.evaluation.boxes3d.matching import THRESHOLDS
from cityscapes.evaluation.boxes3d.scores import SIMILARITIES, ClassScore, means
from cityscapes.evaluation.boxes3d.settings import Settings3d

Table = tuple[list[str], list[tuple]]
SCORES = ("AP", "Detection_Score", *SIMILARITIES)
TALLIES = ("objects", "predictions", "true", "false", "missed", "ignored", "skipped")


@dataclass(frozen=True)
class Outcome:
    """The result of a true or predicted vehicle at the working threshold of its class."""

    label: str
    outcome: str  # true, false, missed or ignored
    truth: int | None  # place in the file of the ground truth, from 0
    prediction: int | None  # place in the prediction file
    depth: int  # of the true vehicle if there is one, in whole metres
    score: float | None = None
    alike: tuple[float, ...] = ()  # overlap and the columns of pairs behind it


def outcomes(frame: FrameCounts3d, working: Mapping[str, int]) -> list[Outcome]:
    """Return the outcomes of a frame's vehicles, from its counts: matches, false, missed.

    `working` is label -> number of a threshold; what is below it is left out. A prediction in a
    region to be ignored is neither true nor false.
    """
    found, left = [], dict(enumerate(frame["truth"]))
    said = set()
    for row, guess, first, end, *alike in frame["pairs"]:
        index, label, depth = frame["truth"][row]
        if first <= working[label] < end:
            place, _, _, score = frame["predictions"][guess]
            found.append(Outcome(label, "true", index, place, depth, score, tuple(alike)))
            left.pop(row)
            said.add(guess)
    for guess, first, end in frame["false"]:
        place, label, depth, score = frame["predictions"][guess]
        if first <= working[label] < end:
            found.append(Outcome(label, "false", None, place, depth, score))
            said.add(guess)
    for guess, (place, label, depth, score) in enumerate(frame["predictions"]):
        if guess not in said and score >= THRESHOLDS[working[label]]:
            found.append(Outcome(label, "ignored", None, place, depth, score))
    missed = [
        Outcome(label, "missed", place, None, depth) for place, label, depth in left.values()
    ]
    return found + missed


def table_of_classes(scores: dict[str, ClassScore]) -> Table:
    """Return a row for each class, and one for the means."""
    columns = [
        "name", *SCORES, "objects", "working confidence", "true", "false", "missed",
        "precision", "recall", "remark",
    ]  # fmt: skip
    rows: list[tuple] = []
    for label, score in scores.items():
        working = score.working
        rows.append((
            label, score.curve.ap, score.detection_score,
            *(score.similarities[name].auc for name in SIMILARITIES),
            score.objects, float(THRESHOLDS[working]), score.tp, score.fp, score.fn,
            score.curve.precision[working], score.curve.recall[working], remark_on(score),
        ))  # fmt: skip
    mean = means(scores)
    rows.append(("mean", *(mean[f"m{name}"] for name in SCORES), *[None] * 7, ""))
    return columns, rows


def remark_on(score: ClassScore) -> str:
    """Return a remark for readers of a class's scores."""
    if not score.objects:
        return "absent: no frame shows an object of it"
    bins = len(score.similarities[SIMILARITIES[0]].items)
    if score.tp and bins < 2:
        found = "one depth bin" if bins else "no depth bin"
        return f"{found} with matches: the similarities and the detection score are 0 by rule"
    return ""


def table_of_depths(scores: dict[str, ClassScore], settings: Settings3d) -> Table:
    """Return a row for each class and depth bin with an object."""
    columns = ["name", "from m", "to m", "objects", "AP", "matches", *SIMILARITIES]
    rows = []
    for label, score in scores.items():
        alike = score.similarities
        for start, curve in score.by_depth.items():
            values = [alike[name].mean.get(start, math.nan) for name in SIMILARITIES]
            matches = alike[SIMILARITIES[0]].items.get(start, 0)
            end = min(start + settings.step_size, settings.max_depth)
            objects = score.objects_by_depth[start]
            rows.append((label, start, end, objects, curve.ap, matches, *values))
    return columns, rows


def table_of_thresholds(scores: dict[str, ClassScore]) -> Table:
    """Return a row for each class and threshold: the curve of precision and recall."""
    columns = ["name", "confidence", "precision", "recall", "working point"]
    rows = [
        (label, float(THRESHOLDS[k]), score.curve.precision[k], score.curve.recall[k],
         "yes" * (k == score.working))
        for label, score in scores.items()
        for k in range(len(THRESHOLDS))
    ]  # fmt: skip
    return columns, rows


def table_of_frames(frames: Mapping[str, FrameCounts3d], working: Mapping[str, int]) -> Table:
    """Return a row per frame, most mistakes first, each class at its working point."""
    rows = []
    for frame, counts in frames.items():
        kinds = [one.outcome for one in outcomes(counts, working)]
        true, false, missed, ignored = map(kinds.count, ("true", "false", "missed", "ignored"))
        predictions = true + false + ignored
        tallies = (len(counts["truth"]), predictions, true, false, missed, ignored)
        rows.append((frame, *tallies, len(counts["skipped"])))
    rows.sort(key=lambda row: (-row[4] - row[5], row[0]))
    return ["frame", *TALLIES], rows


def table_of_matches(frames: Mapping[str, FrameCounts3d], working: Mapping[str, int]) -> Table:
    """Return a row for each true or predicted vehicle, each class at its working point."""
    columns = [
        "frame", "name", "outcome", "object", "prediction", "depth m", "score", "IoU",
        "distance m", "size similarity", "yaw", "pitch and roll",
    ]  # fmt: skip
    rows = [
        (frame, one.label, one.outcome, one.truth, one.prediction, one.depth, one.score,
         *(one.alike or [None] * 5))
        for frame, counts in frames.items()
        for one in outcomes(counts, working)
    ]  # fmt: skip
    return columns, rows


def table_of_skipped(frames: Mapping[str, FrameCounts3d]) -> Table:
    """Return a row for each prediction that is left out, with the reason."""
    rows = [
        (frame, index, why) for frame, counts in frames.items() for index, why in counts["skipped"]
    ]
    return ["frame", "prediction", "reason"], rows

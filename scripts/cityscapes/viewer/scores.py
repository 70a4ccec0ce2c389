"""The scores of single frames, from the counts and tables that evaluate_all wrote."""

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import scored_table
from cityscapes.evaluation.instance.average_precision import average_precision, evaluated_classes
from cityscapes.evaluation.sets import PredictionSet
from cityscapes.incremental.tables import read_tracked
from cityscapes.labels import Label
from cityscapes.viewer.project import Project
from cityscapes.viewer.tables import HEADLINES, csv_rows, number


def of_all_frames(project: Project, one: PredictionSet) -> dict[str, Any]:
    """Return the headline score of each scored frame of a set: frame -> number or None.

    Without tables of evaluate_all, `frames` is empty. Of instances it is the AP of the frame by
    itself, which no table holds: it is computed from the counts.
    """
    folder = project.results / "evaluation" / one.name
    rows = csv_rows(folder / "images.csv")
    headline = HEADLINES[one.task]
    if one.task == "instance":
        frames = {
            row["frame"]: _mean(_classes(project, one, row["frame"]).values()) for row in rows
        }
    else:
        frames = {row["frame"]: number(row.get(headline)) for row in rows}
    return {"set": one.name, "score": headline, "frames": frames}


def of_frame(project: Project, one: PredictionSet, frame: str) -> dict[str, Any]:
    """Return the scores of a frame by class; `scored` is False if the frame was not scored."""
    headline = HEADLINES[one.task]
    rows = csv_rows(project.results / "evaluation" / one.name / "images.csv")
    whole = next((row for row in rows if row.get("frame") == frame), None)
    if whole is None:
        return {"set": one.name, "score": headline, "scored": False}
    try:
        classes = _classes(project, one, frame)
    except DataError as error:
        return {"set": one.name, "score": headline, "scored": False, "problem": str(error)}
    said = {
        key: text if number(text) is None else number(text)
        for key, text in whole.items()
        if key not in ("frame", "frames")
    }
    if one.task == "instance":
        said[headline] = _mean(classes.values())
    return {
        "set": one.name, "score": headline, "scored": True, "frame": said, "classes": classes,
    }  # fmt: skip


def _classes(project: Project, one: PredictionSet, frame: str) -> dict[str, float | None]:
    """Map classes to the score of a frame; None if the frame shows no object of the class."""
    if one.task == "instance":
        return _precision(project, one, frame)
    path = project.results / "evaluation" / one.name / "images_classes.csv"
    counts = _counts_by_class(path, path.stat().st_mtime_ns if path.exists() else 0)
    if frame not in counts:
        raise DataError(f"{path}: has no scores of {frame}")
    return counts[frame]


@lru_cache(maxsize=4)
def _counts_by_class(path: Path, mtime_ns: int) -> dict[str, dict[str, float | None]]:
    """Map frame to class to IoU or, if the table has sums of overlaps, PQ."""
    found: dict[str, dict[str, float | None]] = {}
    for row in csv_rows(path):
        tp, fp, fn = (float(row[key]) for key in ("tp", "fp", "fn"))
        if "iou" in row:
            score = float(row["iou"]) / (tp + fp / 2 + fn / 2) if tp + fp + fn else None
        else:
            score = tp / (tp + fp + fn) if tp + fn else None
        found.setdefault(row["frame"], {})[row["name"]] = score
    return found


def _precision(project: Project, one: PredictionSet, frame: str) -> dict[str, float | None]:
    """Map classes to the AP of the frame by itself, from its counts."""
    folder = project.results / "tables/evaluation" / one.name
    tables = (_counts(path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.tsv")))
    counts = next((table[frame] for table in tables if frame in table), None)
    if counts is None:
        raise DataError(f"{folder}: no table has counts of {frame}")
    table = scored_table(project.table, one.encoding)
    left_out: set[int] = set()
    if one.classes:
        subset = scored_table(table, one.encoding, one.classes)
        asked = evaluated_classes(subset, one.encoding)
        left_out = _ids(evaluated_classes(table, one.encoding)) - _ids(asked)
    found = average_precision([json.loads(counts)], table, False, one.encoding, left_out)
    means = found.ap[0].mean(axis=1).tolist()
    return {
        name: None if math.isnan(ap) else ap for name, ap in zip(found.classes, means, strict=True)
    }


def _ids(groups: list[tuple[Label, ...]]) -> set[int]:
    return {label.id for group in groups for label in group}


@lru_cache(maxsize=16)
def _counts(path: Path, mtime_ns: int) -> dict[str, str]:
    """Map frames to their counts, as JSON."""
    return {row["frame"]: row["counts"] for row in read_tracked(path)}


def _mean(values: Any) -> float | None:
    """Return the mean over the classes that the frame shows."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None

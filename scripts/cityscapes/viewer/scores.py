"""The scores of single frames, from the counts and tables that evaluate_all wrote."""

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.instance.average_precision import average_precision
from cityscapes.evaluation.panoptic.predictions import Category
from cityscapes.evaluation.panoptic.quality import FrameCounts, class_rows, frame_quality
from cityscapes.evaluation.pixel.encoding import in_ids
from cityscapes.evaluation.pixel.scores import AVERAGE_SIZES, scores
from cityscapes.evaluation.sets import PredictionSet
from cityscapes.incremental.tables import read_tracked
from cityscapes.labels import LabelTable
from cityscapes.viewer.project import Project
from cityscapes.viewer.tables import HEADLINES, csv_rows, number


def of_all_frames(project: Project, one: PredictionSet) -> dict[str, Any]:
    """The headline score of each scored frame of a set, as a map frame -> number or None.

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
    """The scores of a frame by class; `scored` is False where evaluate_all did not score it."""
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
    """Class -> the score of a frame; None where the frame shows no object of it."""
    city = frame.rsplit("_", 2)[0]
    path = project.results / "tables/evaluation" / one.name / f"{city}.tsv"
    try:
        counts = _counts(path, path.stat().st_mtime_ns).get(frame)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    if counts is None:
        raise DataError(f"{path}: has no counts of {frame}")
    score = {"pixel": _pixel, "instance": _instance, "panoptic": _panoptic}[one.task]
    return score(json.loads(counts), project, one)


@lru_cache(maxsize=4)
def _counts(path: Path, mtime_ns: int) -> dict[str, str]:
    """Frame -> its counts, as JSON."""
    return {row["frame"]: row["counts"] for row in read_tracked(path)}


def _pixel(counts: list, project: Project, one: PredictionSet) -> dict[str, float | None]:
    summary = csv_rows(project.results / "evaluation" / one.name / "summary.csv")
    encoding = summary[0]["encoding"] if summary else one.encoding
    sizes = AVERAGE_SIZES | project.settings.config["evaluation"]["average_sizes"]
    rows = in_ids(np.array(counts, dtype=np.int64), encoding, project.table)
    return {
        score.name: _number(score.iou)
        for score in scores([rows], project.table, sizes).classes
        if not project.table.by_name[score.name].ignore_in_eval
    }


def _instance(counts: list, project: Project, one: PredictionSet) -> dict[str, float | None]:
    found = average_precision([counts], project.table)  # type: ignore[list-item]
    means = found.ap[0].mean(axis=1).tolist()
    return {name: _number(ap) for name, ap in zip(found.classes, means, strict=True)}


def _panoptic(counts: list, project: Project, one: PredictionSet) -> dict[str, float | None]:
    categories = _categories(project.table, one.encoding)
    return {
        row["name"]: row["pq"] if row["tp"] + row["fp"] + row["fn"] else None
        for row in class_rows(frame_quality(FrameCounts(*counts), categories), categories)
    }


def _categories(table: LabelTable, encoding: str) -> list[Category]:
    """The categories of the panoptic ground truth."""
    found = {}
    for label in table:
        if not label.ignore_in_eval:
            id = label.train_id if encoding == "trainIds" else label.id
            found[id] = Category(id, label.name, label.has_instances)
    return list(found.values())


def _mean(values: Any) -> float | None:
    """The mean of the classes that the frame shows."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)

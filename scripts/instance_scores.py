"""Score the counts of an instance-level prediction set: average precision (AP)."""

import argparse
import json
import logging
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.evaluation.classes import TRAIN_IDS, scored_table
from cityscapes.evaluation.flags import add_counts, add_labels
from cityscapes.evaluation.instance.average_precision import (
    OVERLAPS,
    TALLIES,
    average_precision,
    evaluated_classes,
    evaluated_ids,
)
from cityscapes.evaluation.instance.ranges import SIZES
from cityscapes.evaluation.instance.result_file import result_json
from cityscapes.evaluation.reports import Report
from cityscapes.labels import LabelTable, read_labels

# Column -> the official file's key; the distance scores are there where all depths are.
SCORES = {
    "AP": "ap",
    "AP50": "ap50%",
    "AP100m": "ap100m",
    "AP50m": "ap50m",
    "AP50%50m": "ap50%50m",
}


def main(
    counts: list[Path], files: Path, labels: Path, encoding: str, classes: list[str], output: Path
) -> None:
    report = Report("instance", output, counts, files)
    table = scored_table(read_labels(labels), encoding)
    left_out: set[int] = set()
    if classes:
        report.note(f"only {len(classes)} classes: {', '.join(classes)}")
        kept = evaluated_ids(scored_table(table, encoding, classes), encoding)
        left_out = evaluated_ids(table, encoding) - kept
        if not kept:
            raise DataError(f"none of the classes has instances: {', '.join(classes)}")
    report.warn(nothing_evaluated(report.frames.values(), table, encoding))
    missing = [
        frame
        for frame, counts_of_frame in report.frames.items()
        if not has_distances(counts_of_frame)
    ]
    if missing:
        logging.info(
            "no scores by distance: disparity or camera file is missing for %d of %d frames, %s",
            *(len(missing), len(report.frames), f"{missing[0]} the first"),
        )
    frames = list(report.frames.values())
    scores = average_precision(frames, table, not missing, encoding, left_out, with_sizes=True)
    official = result_json(scores)
    averages = official["averages"]

    rows = [
        (name, *(means.get(key) for key in SCORES.values()), remark_on(means["ap"]))
        for name, means in averages["classes"].items()
    ]
    report.table("classes.csv", ["name", *SCORES, "remark"], rows)
    thresholds = [f"{overlap:.2f}" for overlap in OVERLAPS]
    matrix = zip(scores.classes, scores.ap[0], strict=True)
    report.table("overlaps.csv", ["name", *thresholds], [(name, *ap) for name, ap in matrix])
    size_ap = scores.size_ap.mean(axis=2)
    of_size = [f"AP {limits.name}" for limits in SIZES]
    numbers = [f"{limits.name} objects" for limits in SIZES]
    sizes = zip(scores.classes, size_ap.T, scores.size_objects.T, strict=True)
    report.table(
        "sizes.csv", ["name", *of_size, *numbers], [(name, *ap, *many) for name, ap, many in sizes]
    )
    tallies = [(frame, *row) for frame, row in zip(report.frames, scores.tallies, strict=True)]
    tallies.sort(key=lambda row: (-row[-1] - row[-2], row[0]))
    report.table("images.csv", ["frame", *TALLIES], tallies)
    names, found = [*report.frames], scores.outcomes
    to_find = [
        (names[f], scores.classes[c], found.objects[f, c])
        for f, c in np.argwhere(found.objects).tolist()
    ]
    report.table("images_classes.csv", ["frame", "name", "objects"], to_find)
    outcomes = found.outcome.tolist()
    became = zip(found.frame, found.class_number, found.confidence, outcomes, strict=True)
    predictions = [(names[f], scores.classes[c], sure, *one) for f, c, sure, one in became]
    columns = ["frame", "name", "confidence", *thresholds]
    report.table("predictions.csv", columns, predictions)
    report.official(official)
    headline = [averages.get(f"all{key[0].upper()}{key[1:]}") for key in SCORES.values()]
    report.summary([*SCORES], headline)


def nothing_evaluated(frames: Iterable[list], table: LabelTable, encoding: str) -> str:
    """Return a warning if no prediction is of an evaluated class, else ""."""
    found = sorted({prediction[0] for _, predictions in frames for prediction in predictions})
    groups = evaluated_classes(table, encoding)
    evaluated = {label.id for group in groups for label in group}
    if not found or evaluated & {*found}:
        return ""
    listed = ", ".join(f"{id_} ({table.by_id[id_].name})" for id_ in found)
    train_ids = {label.train_id for group in groups for label in group}
    setting = "`images`, a COCO JSON file whose categories they are"
    if encoding != TRAIN_IDS and {*found} <= train_ids:
        setting = f"`encoding: trainIds`, or {setting}"
    return (
        f"no prediction is of a class that is evaluated: the class numbers found are, as label "
        f"ids, {listed}; set {setting}"
    )


def has_distances(counts: list) -> bool:
    """Return True if depth was measured when the frame was counted."""
    instances, _ = counts
    return all(distance is not None for id, _, distance, _ in instances if id >= 1000)


def remark_on(ap: float) -> str:
    """Return why a class has no score."""
    return "absent: no frame shows an object of it" if math.isnan(ap) else ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_counts(parser)
    add_labels(parser)
    parser.add_argument("--encoding", default="auto", help="what the class numbers are")
    parser.add_argument("--classes", type=json.loads, default=[], help="names; default: all")
    run(main, parser)

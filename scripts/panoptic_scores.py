"""Score the counts of a panoptic prediction set: panoptic quality (PQ)."""

import argparse
import json
from pathlib import Path

import numpy as np

from cityscapes.command import run
from cityscapes.evaluation.classes import TRAIN_IDS, scored_table
from cityscapes.evaluation.flags import add_counts, add_labels
from cityscapes.evaluation.panoptic.json_file import read_panoptic_truth
from cityscapes.evaluation.panoptic.quality import (
    QUALITY,
    FrameCounts,
    class_rows,
    frame_quality,
    frame_scores,
    regrouped,
    scores,
)
from cityscapes.evaluation.reports import Report
from cityscapes.labels import LabelTable, read_labels

SCORES = ["pq", "sq", "rq"]
COUNTS = ["tp", "fp", "fn"]


def main(
    counts: list[Path], files: Path, truth: Path, labels: Path, encoding: str,
    classes: list[str], output: Path,
) -> None:  # fmt: skip
    report = Report("panoptic", output, counts, files)
    if classes:
        report.note(f"only {len(classes)} classes: {', '.join(classes)}")
    table = read_labels(labels)
    members = members_of_categories(table, encoding)
    scored = {
        label.id for label in scored_table(table, encoding, classes) if not label.ignore_in_eval
    }
    in_file = read_panoptic_truth(truth).categories
    # Without a subset these are all of the file.
    categories = [one for one in in_file if not classes or scored & set(members.get(one.id, ()))]
    left_out = {one.id for one in in_file} - {one.id for one in categories}
    joint = [one for one in categories if len(members.get(one.id, ())) > 1]
    of_frame = {}
    for frame, rows in report.frames.items():
        counted = FrameCounts(*rows)
        if joint or left_out:
            counted = regrouped(counted, joint, left_out)
        of_frame[frame] = frame_quality(counted, categories)
    quality = sum(of_frame.values(), start=np.zeros((len(categories), len(QUALITY))))
    result = scores(quality, categories)

    rows = [
        (row["name"], *(row[key] for key in SCORES + COUNTS), remark_on(row))
        for row in class_rows(quality, categories)
    ]
    report.table("classes.csv", ["name", "PQ", "SQ", "RQ", *COUNTS, "remark"], rows)
    groups = [
        (group, *(result[group][key] for key in [*SCORES, "n"]))
        for group in ("All", "Things", "Stuff")
    ]
    report.table("groups.csv", ["group", "PQ", "SQ", "RQ", "n"], groups)
    images = [(frame, frame_scores(rows)) for frame, rows in of_frame.items()]
    images.sort(key=lambda row: (row[1]["pq"], row[0]))
    columns = [*SCORES, *COUNTS]
    rows = [(frame, *(scored[key] for key in columns)) for frame, scored in images]
    report.table("images.csv", ["frame", "PQ", "SQ", "RQ", *COUNTS], rows)
    by_class = [
        (frame, category.name, row[0], *row[1:].astype(int))
        for frame, rows in of_frame.items()
        for category, row in zip(categories, rows, strict=True)
        if row.any()
    ]
    report.table("images_classes.csv", ["frame", "name", *QUALITY], by_class)
    report.official(result)
    headline = [result[group]["pq"] for group in ("All", "Things", "Stuff")]
    headline += [result["All"]["sq"], result["All"]["rq"]]
    columns = ["PQ", "PQ things", "PQ stuff", "SQ", "RQ"]
    report.summary(columns, headline)


def members_of_categories(table: LabelTable, encoding: str) -> dict[int, list[int]]:
    """Map category ids of the ground truth to the ids of their classes."""
    if encoding == TRAIN_IDS:
        return {id_: [label.id for label in labels] for id_, labels in table.by_train_id().items()}
    return {label.id: [label.id] for label in table}


def remark_on(row: dict) -> str:
    """Return why a class has zeros and is left out of the means."""
    occurs = any(row[key] for key in COUNTS)
    return "" if occurs else "absent: neither in ground truth nor in predictions"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_counts(parser)
    parser.add_argument("--truth", type=Path, required=True, help="COCO panoptic JSON")
    add_labels(parser)
    parser.add_argument("--encoding", default="auto", help="what the category ids are")
    parser.add_argument("--classes", type=json.loads, default=[], help="names; default: all")
    run(main, parser)

"""Score the counts of a pixel-level prediction set: IoU and iIoU of classes and categories."""

import argparse
import json
import logging
import math
from pathlib import Path

import numpy as np

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.evaluation.classes import class_groups, scored_table
from cityscapes.evaluation.flags import add_counts, add_labels
from cityscapes.evaluation.pixel.encoding import (
    ENCODINGS,
    better_encoding,
    decide_encoding,
    fit,
    in_ids,
    raw_confusion,
    void_values,
)
from cityscapes.evaluation.pixel.groups import without_average_size
from cityscapes.evaluation.pixel.reading import COLORS
from cityscapes.evaluation.pixel.scores import (
    AVERAGE_SIZES,
    Score,
    frame_errors,
    frame_scores,
    mean,
    result_json,
    scores,
)
from cityscapes.evaluation.reports import Report
from cityscapes.labels import LabelTable, read_labels


def main(
    counts: list[Path], files: Path, labels: Path, encoding: str, void: list[int],
    classes: list[str], average_sizes: dict, output: Path,
) -> None:  # fmt: skip
    table = read_labels(labels)
    report = Report("pixel", output, counts, files)
    raw = {frame: np.array(counts[0], dtype=np.int64) for frame, counts in report.frames.items()}
    report.note(resizing([counts[1] for counts in report.frames.values()]))
    confusion = sum(map(raw_confusion, raw.values()), start=np.zeros((256, 256), dtype=np.int64))
    values = confusion.sum(axis=0)
    if encoding == "auto":
        right = {name: fit(confusion, name, table).right for name in ENCODINGS}
        encoding = decide_encoding(values, table, void, right)
        logging.info("the predicted values are read as %s", encoding)
    nothing = sorted({*void, *void_values(encoding, table)})
    seen = [value for value in nothing if values[value]]
    if seen:
        report.note(
            "counted as void: " + ", ".join(f"{value} ({values[value]} pixels)" for value in seen)
        )
    if classes:
        report.note(f"only {len(classes)} classes: {', '.join(classes)}")
    if encoding in ENCODINGS:
        report.warn(better_encoding(confusion, encoding, table))

    table = scored_table(table, encoding, classes)
    frames = in_ids_of_all(raw, encoding, table, nothing, report.paths)
    sizes = AVERAGE_SIZES | average_sizes
    result = scores(list(frames.values()), table, sizes, encoding, is_subset=bool(classes))

    remarks = remarks_of(result.classes, table, encoding, sizes)
    remarks_of_categories = {score.name: absence(score) for score in result.categories}
    columns = ["name", "IoU", "iIoU", "tp", "fp", "fn", "prior", "remark", "encoding"]
    for name, rows, remark in (
        ("classes.csv", result.classes, remarks),
        ("categories.csv", result.categories, remarks_of_categories),
    ):
        found = [(*numbers_of(score), remark[score.name], encoding) for score in rows]
        report.table(name, columns, found)
    names = [score.name for score in result.classes]
    matrix = zip(names, result.confusion[np.ix_(result.ids, result.ids)], strict=True)
    report.table(
        "confusion.csv", ["true \\ predicted", *names], [(name, *row) for name, row in matrix]
    )
    report.table("images.csv", *images_of(frames, table, encoding))
    errors = [
        (frame, name, *of_class)
        for frame, counts in frames.items()
        for name, of_class in frame_errors(counts, table, encoding).items()
    ]
    report.table("images_classes.csv", ["frame", "name", "tp", "fp", "fn"], errors)
    report.official(result_json(result))
    headline = [
        mean(score.iou for score in result.classes),
        mean(score.iiou for score in result.classes),
        mean(score.iou for score in result.categories),
        mean(score.iiou for score in result.categories),
    ]
    if unweighted := without_average_size(table, sizes):
        report.note(
            f"iIoU without {', '.join(unweighted)}: set the mean pixels of an instance under "
            "`evaluation: average_sizes`"
        )
    columns = ["mIoU", "iIoU", "category IoU", "category iIoU", "encoding"]
    report.summary(columns, [*headline, encoding])


def resizing(sizes: list[list[int] | None]) -> str:
    """Return a note about resized predictions, from their sizes; "" if there are none."""
    others = [size for size in sizes if size]
    if not others:
        return ""
    width, height = others[0]
    return (
        f"{len(others)} of {len(sizes)} predictions resized to the nearest pixels, the first from "
        f"{width} x {height}"
    )


def in_ids_of_all(
    raw: dict[str, np.ndarray], encoding: str, table: LabelTable, void: list[int],
    paths: dict[str, str],
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return the counts of all frames with ids; DataError lists all files with other values."""
    frames, problems = {}, []
    for frame, rows in raw.items():
        try:
            frames[frame] = in_ids(rows, encoding, table, void)
        except DataError as error:
            problems.append(f"{paths[frame]}: {error}")
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise DataError(f"{len(problems)} of {len(raw)} predictions are wrong:{lines}")
    return frames


def numbers_of(score: Score) -> tuple:
    """Return the numbers in a row of the tables of classes and categories."""
    return score.name, score.iou, score.iiou, score.tp, score.fp, score.fn, score.prior


def remarks_of(rows: list[Score], table: LabelTable, encoding: str, sizes: dict) -> dict[str, str]:
    """Return why classes lack a score, by name."""
    unweighted = without_average_size(table, sizes)
    remarks = {}
    for score, group in zip(rows, class_groups(table, encoding), strict=True):
        missing = [label.name for label in group if label.name in unweighted]
        if group[0].ignore_in_eval:
            remarks[score.name] = "ignored in evaluation"
        elif missing:
            remarks[score.name] = (
                f"no iIoU: the mean pixels of an instance of {', '.join(missing)} are needed "
                "under `evaluation: average_sizes`"
            )
        else:
            remarks[score.name] = absence(score)
    return remarks


def absence(score: Score) -> str:
    """Return why a class or category that is not ignored itself has no score."""
    if score.tp + score.fn:
        return ""
    return "ignored in evaluation" if score.prior else "absent: no frame shows it"


def images_of(
    frames: dict[str, np.ndarray], table: LabelTable, encoding: str
) -> tuple[list, list[tuple]]:
    """Return columns and rows of the table of frames, the worst first."""
    rows = [(frame, frame_scores(counts, table, encoding)) for frame, counts in frames.items()]
    rows.sort(key=lambda row: (math.isnan(row[1].mean_iou), row[1].mean_iou, row[0]))
    columns = ["frame", "mIoU", "accuracy", "worst class", "worst IoU", "pixels"]
    return columns, [
        (frame, row.mean_iou, row.accuracy, row.worst_class, row.worst_iou, row.pixels)
        for frame, row in rows
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_counts(parser)
    add_labels(parser)
    parser.add_argument("--encoding", choices=["auto", *ENCODINGS, COLORS], default="auto")
    parser.add_argument("--void", type=json.loads, default=[], help="values that count as void")
    parser.add_argument("--classes", type=json.loads, default=[], help="names; default: all")
    parser.add_argument(
        "--average-sizes", type=json.loads, default={}, help="other than the benchmark's, as JSON"
    )
    run(main, parser)

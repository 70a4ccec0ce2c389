"""Score the counts of a pixel-level prediction set: IoU and iIoU of classes and categories."""

import argparse
import json
import logging
import math
from pathlib import Path

import numpy as np

from cityscapes.errors import DataError
from cityscapes.evaluation.pixel.encoding import decide_encoding, in_ids, predicted_values
from cityscapes.evaluation.pixel.scores import (
    AVERAGE_SIZES,
    Score,
    frame_scores,
    mean,
    result_json,
    scores,
)
from cityscapes.evaluation.reports import Report
from cityscapes.jobs.command import run
from cityscapes.labels import LabelTable, read_labels


def main(
    counts: list[Path], files: Path, labels: Path, encoding: str, average_sizes: dict, output: Path
) -> None:
    table = read_labels(labels)
    report = Report("pixel", output, counts, files)
    raw = {frame: np.array(rows, dtype=np.int64) for frame, rows in report.frames.items()}
    if encoding == "auto":
        values = sum(map(predicted_values, raw.values()), start=np.zeros(256, dtype=np.int64))
        encoding = decide_encoding(values, table)
        logging.info("the predicted values are taken for %s", encoding)
    frames = in_ids_of_all(raw, encoding, table, report.paths)
    result = scores(list(frames.values()), table, AVERAGE_SIZES | average_sizes)

    columns = ["name", "IoU", "iIoU", "tp", "fp", "fn", "prior", "remark", "encoding"]
    for name, rows in (("classes.csv", result.classes), ("categories.csv", result.categories)):
        report.table(name, columns, [row_of(score, table, encoding) for score in rows])
    names = [label.name for label in table if label.id >= 0]
    ids = [label.id for label in table if label.id >= 0]
    confusion = [(name, *result.confusion[id, ids]) for name, id in zip(names, ids, strict=True)]
    report.table("confusion.csv", ["true \\ predicted", *names], confusion)
    report.table("images.csv", *images_of(frames, table))
    report.official(result_json(result, table))
    headline = [
        mean(score.iou for score in result.classes),
        mean(score.iiou for score in result.classes),
        mean(score.iou for score in result.categories),
        mean(score.iiou for score in result.categories),
    ]
    columns = ["mIoU", "iIoU", "category IoU", "category iIoU", "encoding"]
    report.summary(columns, [*headline, encoding])


def in_ids_of_all(
    raw: dict[str, np.ndarray], encoding: str, table: LabelTable, paths: dict[str, str]
) -> dict[str, np.ndarray]:
    """The counts of all frames with ids; DataError that lists all files with other values."""
    frames, problems = {}, []
    for frame, rows in raw.items():
        try:
            frames[frame] = in_ids(rows, encoding, table)
        except DataError as error:
            problems.append(f"{paths[frame]}: {error}")
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise DataError(f"{len(problems)} of {len(raw)} predictions are wrong:{lines}")
    return frames


def row_of(score: Score, table: LabelTable, encoding: str) -> tuple:
    """A row of the tables of classes and categories."""
    label = table.by_name.get(score.name)
    remark = ""
    if label and label.ignore_in_eval:
        remark = "ignored in evaluation"
    elif score.tp + score.fn == 0:
        remark = "ignored in evaluation" if score.prior else "absent: no frame shows it"
    pixels = (score.tp, score.fp, score.fn)
    return (score.name, score.iou, score.iiou, *pixels, score.prior, remark, encoding)


def images_of(frames: dict[str, np.ndarray], table: LabelTable) -> tuple[list, list[tuple]]:
    """Columns and rows of the table of frames, the worst first."""
    rows = [(frame, frame_scores(counts, table)) for frame, counts in frames.items()]
    rows.sort(key=lambda row: (math.isnan(row[1].mean_iou), row[1].mean_iou, row[0]))
    columns = ["frame", "mIoU", "accuracy", "worst class", "worst IoU", "pixels"]
    return columns, [
        (frame, of.mean_iou, of.accuracy, of.worst_class, of.worst_iou, of.pixels)
        for frame, of in rows
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--counts", type=Path, nargs="+", required=True, help="tables of evaluation_counts.py"
    )
    parser.add_argument("--files", type=Path, required=True, help="table of prediction_files.py")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--encoding", choices=["auto", "ids", "trainIds"], default="auto")
    parser.add_argument(
        "--average-sizes", type=json.loads, default={}, help="other than the benchmark's, as JSON"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for the reports")
    run(main, parser)

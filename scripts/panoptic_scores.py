"""Score the counts of a panoptic prediction set: panoptic quality (PQ)."""

import argparse
from pathlib import Path

import numpy as np

from cityscapes.evaluation.panoptic.predictions import read_panoptic_truth
from cityscapes.evaluation.panoptic.quality import (
    QUALITY,
    FrameCounts,
    class_rows,
    frame_quality,
    frame_scores,
    scores,
)
from cityscapes.evaluation.reports import Report
from cityscapes.jobs.command import run

SCORES = ["pq", "sq", "rq"]
COUNTS = ["tp", "fp", "fn"]


def main(counts: list[Path], files: Path, truth: Path, output: Path) -> None:
    report = Report("panoptic", output, counts, files)
    categories = read_panoptic_truth(truth).categories
    of_frame = {
        frame: frame_quality(FrameCounts(*rows), categories)
        for frame, rows in report.frames.items()
    }
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
    rows = [(frame, *(of[key] for key in columns)) for frame, of in images]
    report.table("images.csv", ["frame", "PQ", "SQ", "RQ", *COUNTS], rows)
    report.official(result)
    headline = [result[group]["pq"] for group in ("All", "Things", "Stuff")]
    headline += [result["All"]["sq"], result["All"]["rq"]]
    columns = ["PQ", "PQ things", "PQ stuff", "SQ", "RQ"]
    report.summary(columns, headline)


def remark_on(row: dict) -> str:
    """Why a class has zeros and is left out of the means."""
    occurs = any(row[key] for key in COUNTS)
    return "" if occurs else "absent: neither in ground truth nor in predictions"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--counts", type=Path, nargs="+", required=True, help="tables of evaluation_counts.py"
    )
    parser.add_argument("--files", type=Path, required=True, help="table of prediction_files.py")
    parser.add_argument("--truth", type=Path, required=True, help="COCO panoptic JSON")
    parser.add_argument("--output", type=Path, required=True, help="folder for the reports")
    run(main, parser)

"""Score the counts of an instance-level prediction set: average precision (AP)."""

import argparse
import logging
import math
from pathlib import Path

from cityscapes.evaluation.instance.average_precision import (
    OVERLAPS,
    TALLIES,
    average_precision,
    result_json,
)
from cityscapes.evaluation.reports import Report
from cityscapes.jobs.command import run
from cityscapes.labels import read_labels

# Column -> the official file's key; the distance scores are there where all depths are.
SCORES = {
    "AP": "ap",
    "AP50": "ap50%",
    "AP100m": "ap100m",
    "AP50m": "ap50m",
    "AP50%50m": "ap50%50m",
}


def main(counts: list[Path], files: Path, labels: Path, output: Path) -> None:
    report = Report("instance", output, counts, files)
    missing = [frame for frame, of in report.frames.items() if not has_distances(of)]
    if missing:
        logging.info(
            "no scores by distance: disparity or camera file is missing for %d of %d frames, %s",
            *(len(missing), len(report.frames), f"{missing[0]} the first"),
        )
    frames = list(report.frames.values())
    scores = average_precision(frames, read_labels(labels), with_distances=not missing)
    official = result_json(scores)
    averages = official["averages"]

    rows = [
        (name, *(of.get(key) for key in SCORES.values()), remark_on(of["ap"]))
        for name, of in averages["classes"].items()
    ]
    report.table("classes.csv", ["name", *SCORES, "remark"], rows)
    thresholds = [f"{overlap:.2f}" for overlap in OVERLAPS]
    matrix = zip(scores.classes, scores.ap[0], strict=True)
    report.table("overlaps.csv", ["name", *thresholds], [(name, *ap) for name, ap in matrix])
    tallies = [(frame, *row) for frame, row in zip(report.frames, scores.tallies, strict=True)]
    tallies.sort(key=lambda row: (-row[-1] - row[-2], row[0]))
    report.table("images.csv", ["frame", *TALLIES], tallies)
    report.official(official)
    headline = [averages.get(f"all{key[0].upper()}{key[1:]}") for key in SCORES.values()]
    report.summary([*SCORES], headline)


def has_distances(counts: list) -> bool:
    """Whether depth was measured when the frame was counted."""
    instances, _ = counts
    return all(distance is not None for id, _, distance, _ in instances if id >= 1000)


def remark_on(ap: float) -> str:
    """Why a class has no score."""
    return "absent: no frame shows an object of it" if math.isnan(ap) else ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--counts", type=Path, nargs="+", required=True, help="tables of evaluation_counts.py"
    )
    parser.add_argument("--files", type=Path, required=True, help="table of prediction_files.py")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--output", type=Path, required=True, help="folder for the reports")
    run(main, parser)

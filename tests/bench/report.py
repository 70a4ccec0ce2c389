"""The report: what statistics cost a frame, a split and a set, and how large the page is.

Frames of a dataset stand for as many as a split has. Prediction sets are counts at random, as many
as val has. Times are CPU time of this process. Each limit is printed with PASS or FAIL.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

CLONE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CLONE / "scripts"))

import draw_figures
import html_report
import split_statistics
from cityscapes.evaluation.bootstrap import FrameCounts, class_scores, draws
from cityscapes.files.tables import write_csv
from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.incremental.tables import write_tracked
from cityscapes.labels import read_labels
from cityscapes.statistics.frame_counts import count_frame

LABELS = CLONE / "config/labels.csv"
OVERLAPS = [f"{overlap:.2f}" for overlap in np.arange(0.5, 1.0, 0.05)]
VAL = 500
SET_OF_PREDICTIONS = 60  # a frame

MOST_MS_A_FRAME = 3
MOST_S_A_SET = 2
MOST_MB = 25


def main(dataset: Path, frames: int) -> None:
    table = read_labels(LABELS)
    folder = Path(tempfile.mkdtemp(prefix="cityscapes-bench-"))
    counted, seconds = count(dataset, table)
    print(f"statistics of a frame: {np.mean([len(text) for text in counted]):.0f} bytes")
    judge("ms CPU a frame for its statistics", 1000 * seconds / len(counted), MOST_MS_A_FRAME)

    rows = [
        {"frame": f"ulm_{number:06d}_000019", "statistics": counted[number % len(counted)]}
        for number in range(frames)
    ]
    write_tracked(folder / "ulm.statistics.tsv", ["frame", "statistics"], rows)
    results = folder / "results"
    output = results / "statistics/gtCoarse_train_extra"
    published = [CLONE / f"config/{name}.tsv" for name in ("published_pixels", "frames")]
    arguments = ([folder / "ulm.statistics.tsv"], "gtCoarse/train_extra", LABELS, {}, *published)
    took = timed(lambda: split_statistics.main(*arguments, output))
    print(f"statistics of {frames} frames: {took:.1f} s CPU")
    drawn = results / "report/statistics/gtCoarse_train_extra"
    took = timed(lambda: draw_figures.main("statistics", [output], None, LABELS, "", drawn))
    print(f"their figures: {took:.1f} s CPU")

    weights = draws(VAL)
    for task, counts in (("pixel", pixels()), ("AP", instances())):
        took = timed(lambda counts=counts: class_scores(counts, weights))
        if task == "AP":
            print(f"1,000 draws of {VAL} frames, {task}: {took:.1f} s CPU")
        else:
            judge(f"s CPU for 1,000 draws of {VAL} frames, {task}", took, MOST_S_A_SET)

    columns = ["severity", "check", "where", "what", "to_do"]
    write_csv(results / "checks/problems.csv", columns, [])
    page = results / "report/index.html"
    took = timed(
        lambda: html_report.main(
            results, ["gtCoarse_train_extra"], {}, {}, [], LABELS, {}, "", False, False, page
        )
    )
    # Six splits, and three sets of four figures and three frames of at most 0.3 MB each.
    size = 6 * page.stat().st_size / 1e6 + 3 * (4 * 0.15 + 3 * 0.3)
    print(f"the page: {took:.1f} s CPU, {page.stat().st_size / 1e6:.2f} MB a split")
    judge("MB, a page of six splits and three sets", size, MOST_MB)


def count(dataset: Path, table) -> tuple[list[str], float]:
    """The statistics of frames as the manifest keeps them, and their CPU seconds."""
    found, seconds = [], 0.0
    for path in sorted(dataset.glob("gtFine/*/*/*_polygons.json")):
        annotation = parse_annotation(path.read_bytes(), table)
        images = FrameImages(annotation, table, "released")
        for kind in ("labelIds", "instanceIds"):
            images.png(kind)
        begin = time.process_time()
        found.append(json.dumps(count_frame(annotation, images).as_value()))
        seconds += time.process_time() - begin
    if not found:
        sys.exit(f"{dataset}: no polygon files in gtFine")
    return found, seconds


def pixels() -> FrameCounts:
    """Counts of 19 classes at random."""
    values = np.random.default_rng(0).integers(0, 100_000, (VAL, 19, 3)).astype(float)
    return FrameCounts("pixel", names(), [f"class {n}" for n in range(19)], values)


def instances() -> FrameCounts:
    """Predictions of 8 classes at random."""
    rng = np.random.default_rng(0)
    classes, number = [f"class {n}" for n in range(8)], VAL * SET_OF_PREDICTIONS
    found = pd.DataFrame(rng.integers(-1, 2, (number, len(OVERLAPS))), columns=OVERLAPS)
    found["frame"] = np.repeat(names(), SET_OF_PREDICTIONS)
    found["name"] = rng.choice(classes, number)
    found["confidence"] = rng.random(number)
    objects = rng.integers(0, 9, (VAL, len(classes), 1)).astype(float)
    return FrameCounts("instance", names(), classes, objects, found)


def names() -> list[str]:
    """The frames of a split."""
    return [f"ulm_{number:06d}_000019" for number in range(VAL)]


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def judge(what: str, value: float, most: float) -> None:
    """Print a value beside its limit."""
    print(f"{'PASS' if value <= most else 'FAIL'} {what}: {value:.2f}, at most {most}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="root with gtFine polygons")
    parser.add_argument("--frames", type=int, default=20_000, help="of the split")
    main(**vars(parser.parse_args()))

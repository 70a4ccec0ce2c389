"""Score the counts of predicted 3-D vehicles: AP, similarity of boxes, detection score."""

import argparse
import json
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.evaluation.boxes3d.matching import THRESHOLDS
from cityscapes.evaluation.boxes3d.scores import class_scores, means, results_json
from cityscapes.evaluation.boxes3d.settings import settings_of
from cityscapes.evaluation.boxes3d.tables import (
    SCORES,
    table_of_classes,
    table_of_depths,
    table_of_frames,
    table_of_matches,
    table_of_skipped,
    table_of_thresholds,
)
from cityscapes.evaluation.flags import add_counts
from cityscapes.evaluation.reports import Report


def main(counts: list[Path], files: Path, settings: dict, output: Path) -> None:
    report = Report("boxes3d", output, counts, files)
    asked = settings_of(settings)
    scores = class_scores(report.frames.values(), asked)
    working = {label: score.working for label, score in scores.items()}
    if asked.working_threshold is not None:
        used = THRESHOLDS[asked.working_threshold]
        if used != asked.working_confidence:
            logging.warning("working confidence: %s, not %s", used, asked.working_confidence)

    report.table("classes.csv", *table_of_classes(scores))
    report.table("depths.csv", *table_of_depths(scores, asked))
    report.table("thresholds.csv", *table_of_thresholds(scores))
    report.table("images.csv", *table_of_frames(report.frames, working))
    report.table("matches.csv", *table_of_matches(report.frames, working))
    report.table("skipped.csv", *table_of_skipped(report.frames))
    report.official(results_json(scores, asked), sort_keys=False)
    mean = means(scores)
    report.summary([f"m{name}" for name in SCORES], [mean[f"m{name}"] for name in SCORES])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_counts(parser)
    parser.add_argument(
        "--settings",
        type=json.loads,
        default={},
        help="evaluation: boxes3d of the config, as JSON",
    )
    run(main, parser)

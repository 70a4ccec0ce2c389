"""Score the counts of detected pedestrians: the log-average miss rate of each subset."""

import argparse
import json
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.evaluation.flags import add_counts
from cityscapes.evaluation.pedestrians.scores import miss_rates, reference_line
from cityscapes.evaluation.pedestrians.subsets import subsets_of
from cityscapes.evaluation.pedestrians.tables import (
    table_of_curves,
    table_of_frames,
    table_of_subsets,
)
from cityscapes.evaluation.reports import Report


def main(counts: list[Path], files: Path, settings: dict, output: Path) -> None:
    report = Report("pedestrians", output, counts, files)
    # Of equal scores the first frame counts first, as in the reference.
    frames = dict(sorted(report.frames.items()))
    rates = miss_rates(frames.values(), subsets_of(settings))
    lines = [reference_line(rate) for rate in rates]
    for line in lines:
        logging.info(line)
    report.table("classes.csv", *table_of_subsets(rates))
    report.table("curves.csv", *table_of_curves(rates))
    report.table("images.csv", *table_of_frames(frames, rates[0]))
    report.official_text("".join(f"{line}\n" for line in lines))
    values = [rate.log_average if rate.positives else float("nan") for rate in rates]
    report.summary([f"MR {rate.subset.name}" for rate in rates], values)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_counts(parser)
    parser.add_argument(
        "--settings",
        type=json.loads,
        default={},
        help="evaluation: pedestrians of the config, as JSON",
    )
    run(main, parser)

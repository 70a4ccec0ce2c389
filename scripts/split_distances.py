"""Write how far the instances of a split are away, by class."""

import argparse
import logging
from pathlib import Path

from cityscapes.files.tables import write_csv
from cityscapes.incremental.tables import problems_in
from cityscapes.jobs.command import run
from cityscapes.labels import read_labels
from cityscapes.statistics.distances import read_frames, tables


def main(distances: list[Path], labels: Path, output: Path) -> None:
    problems = [problem for path in distances for problem in problems_in(path)]
    for name, made in tables(read_frames(distances), read_labels(labels), problems).items():
        write_csv(output / f"{name}.csv", made.columns, made.rows)
    logging.info("%s: %d frames left out", output, len(problems))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--distances", type=Path, nargs="+", required=True, help="tables of instance_distances.py"
    )
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--output", type=Path, required=True, help="folder for the tables")
    run(main, parser)

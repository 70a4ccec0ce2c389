"""Write the additional statistics of a split that the config asks for."""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.files.tables import write_csv
from cityscapes.incremental.tables import problems_in
from cityscapes.labels import read_labels
from cityscapes.statistics import coarse, distances, positions

EXTRA = {"distances": distances, "coarse": coarse, "positions": positions}


def main(what: str, cities: list[Path], labels: Path, output: Path) -> None:
    problems = [problem for path in cities for problem in problems_in(path)]
    module = EXTRA[what]
    made = module.tables(module.read_frames(cities), read_labels(labels), problems)
    for name, table in made.items():
        write_csv(output / f"{name}.csv", table.columns, table.rows)
    logging.info("%s: %d frames left out", output, len(problems))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--what", choices=EXTRA, required=True)
    parser.add_argument(
        "--cities", type=Path, nargs="+", required=True, help="a table of each city"
    )
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--output", type=Path, required=True, help="folder for the tables")
    run(main, parser)

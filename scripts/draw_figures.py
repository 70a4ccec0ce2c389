"""Draw the figures of a split's statistics, of a prediction set, or of all sets of a task."""

import argparse
from pathlib import Path

from cityscapes.command import run
from cityscapes.evaluation.bootstrap import read_counts
from cityscapes.evaluation.tasks import TASKS
from cityscapes.figures import comparison, scores, statistics
from cityscapes.figures.style import Drawn, write
from cityscapes.incremental.tables import read_tracked
from cityscapes.labels import LabelTable, read_labels


def main(
    what: str, folders: list[Path], files: Path | None, labels: Path, name: str, output: Path
) -> None:
    city_of = {row["frame"]: row["city"] for row in read_tracked(files)} if files else {}
    for figure, drawn in figures(what, folders, city_of, read_labels(labels), name).items():
        write(drawn, output / figure)


def figures(
    what: str, folders: list[Path], city_of: dict[str, str], table: LabelTable, name: str
) -> dict[str, Drawn]:
    """Map names to figures; `name` is that of a comparison."""
    if what == "statistics":
        return statistics.all_of(folders[0], table)
    if what in statistics.EXTRA:
        return {what: statistics.EXTRA[what](folders[0], table)}
    if not name:
        return scores.all_of(what, folders[0], table, city_of)
    return {name: comparison.compared(what, {path.name: read_counts(path) for path in folders})}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--what", choices=["statistics", *statistics.EXTRA, *TASKS], required=True)
    parser.add_argument(
        "--folders", type=Path, nargs="+", required=True,
        help="of the tables: of a split, a set, or of several sets to compare",
    )  # fmt: skip
    parser.add_argument("--files", type=Path, help="table of prediction_files.py, of a set")
    parser.add_argument("--name", default="", help="of the figure that compares several sets")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--output", type=Path, required=True, help="folder for the figures")
    run(main, parser)

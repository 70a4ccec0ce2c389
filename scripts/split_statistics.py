"""Write the statistics of a split: frequency, size and position of its classes."""

import argparse
import json
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.evaluation.pixel.scores import AVERAGE_SIZES
from cityscapes.files.tables import read_table, write_csv
from cityscapes.labels import read_labels
from cityscapes.statistics.names import STATISTICS
from cityscapes.statistics.published import compare, frames_of, pixels_of
from cityscapes.statistics.split_counts import read_split
from cityscapes.statistics.tables import tables


def main(
    statistics: list[Path], split: str, labels: Path, average_sizes: dict,
    published_pixels: Path, published_frames: Path, output: Path,
) -> None:  # fmt: skip
    shard_type, _, name = split.partition("/")
    counts, problems = read_split(statistics, read_labels(labels))
    pixels = pixels_of(read_table(published_pixels), shard_type, name)
    frames = frames_of(read_table(published_frames), name)
    published = compare(counts, len(problems), pixels, frames, counts.edited)
    made = tables(counts, problems, published, AVERAGE_SIZES | average_sizes)
    for table in STATISTICS:
        write_csv(output / f"{table}.csv", made[table].columns, made[table].rows)
    logging.info("%s: %d frames, %s", split, len(counts.frames), published.verdict)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--statistics", type=Path, nargs="+", required=True, help="<city>.statistics.tsv files"
    )
    parser.add_argument("--split", required=True, help="such as gtFine/val")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument(
        "--average-sizes", type=json.loads, default={}, help="other than the benchmark's, as JSON"
    )
    parser.add_argument(
        "--published-pixels", type=Path, required=True, help="table of pixels by class"
    )
    parser.add_argument(
        "--published-frames", type=Path, required=True, help="table of frames by city"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for the tables")
    run(main, parser)

"""Write the table of frames as Parquet, which keeps the type of each column."""

import argparse
from pathlib import Path

import fastparquet
import pandas as pd

from cityscapes.command import run
from cityscapes.files import replacement


def main(frames: Path, output: Path) -> None:
    # Timestamps are whole nanoseconds, also in a column with gaps.
    table = pd.read_csv(frames, dtype={"timestamp": "Int64"})
    with replacement(output) as temporary:
        fastparquet.write(str(temporary), table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=Path, required=True, help="frames.csv of check_all")
    parser.add_argument("--output", type=Path, required=True, help="Parquet file")
    run(main, parser)

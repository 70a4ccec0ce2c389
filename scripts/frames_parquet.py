"""Write the table of frames as Parquet, which keeps the type of each column."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import fastparquet
import pandas as pd

from cityscapes.command import run
from cityscapes.files.whole import write_atomic


def main(frames: Path, output: Path) -> None:
    # Timestamps are whole nanoseconds, also in a column with gaps.
    table = pd.read_csv(frames, dtype={"timestamp": "Int64"})
    with TemporaryDirectory() as folder:
        packed = Path(folder, output.name)
        fastparquet.write(str(packed), table)
        write_atomic(output, packed.read_bytes())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=Path, required=True, help="frames.csv of check_all")
    parser.add_argument("--output", type=Path, required=True, help="Parquet file")
    run(main, parser)

"""Join CSV tables with the same columns in one."""

import argparse
from pathlib import Path

import pandas as pd

from cityscapes.command import run
from cityscapes.files.whole import write_atomic


def main(tables: list[Path], output: Path) -> None:
    # As text: joining must not change how a number is written.
    joined = pd.concat([pd.read_csv(table, dtype=str) for table in tables], ignore_index=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, joined.to_csv(index=False).encode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path, nargs="+", required=True, help="CSV files")
    parser.add_argument("--output", type=Path, required=True, help="CSV file to write")
    run(main, parser)

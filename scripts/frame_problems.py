"""Fail with a list of the frames of a split that could not be made, if there are any."""

import argparse
from pathlib import Path

from cityscapes.command import run
from cityscapes.incremental.tables import check_problems, write_tracked


def main(tables: list[Path], split: str, output: Path) -> None:
    check_problems(tables, split)
    write_tracked(output, ["problem"], [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=Path, nargs="+", required=True, help="of the shards")
    parser.add_argument("--split", required=True, help="such as gtFine/val")
    parser.add_argument("--output", type=Path, required=True, help="written where none is wrong")
    run(main, parser)

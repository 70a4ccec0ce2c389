"""Fail with a list of the problems of the files of a prediction set, if there are any."""

import argparse
from pathlib import Path

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.incremental.tables import read_tracked, write_tracked


def main(name: str, problems: Path, output: Path) -> None:
    found = [row["problem"] for row in read_tracked(problems)]
    if found:
        lines = "".join(f"\n  {problem}" for problem in found)
        number = f"{len(found)} problem{'s' if len(found) > 1 else ''}"
        raise DataError(f"prediction set {name}: {number}:{lines}")
    write_tracked(output, ["problem"], [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True, help="of the prediction set")
    parser.add_argument("--problems", type=Path, required=True, help="of prediction_files.py")
    parser.add_argument(
        "--output", type=Path, required=True, help="file to write if there are none"
    )
    run(main, parser)

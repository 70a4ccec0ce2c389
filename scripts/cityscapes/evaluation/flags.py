"""The flags common to the scripts of the evaluation."""

import argparse
from pathlib import Path

ENCODINGS = ("auto", "ids", "trainIds", "colors")


def add_counts(parser: argparse.ArgumentParser, output: str = "folder for the reports") -> None:
    """Add the flags of a script that scores the counts of a prediction set."""
    parser.add_argument(
        "--counts", type=Path, nargs="+", required=True, help="tables of evaluation_counts.py"
    )
    add_files(parser)
    parser.add_argument("--output", type=Path, required=True, help=output)


def add_files(parser: argparse.ArgumentParser) -> None:
    """Add the flag for the files of each frame of a prediction set."""
    parser.add_argument("--files", type=Path, required=True, help="table of prediction_files.py")


def add_predictions(parser: argparse.ArgumentParser) -> None:
    """Add the flags of a script that reads the predictions of a set."""
    parser.add_argument("--predictions", type=Path, required=True, help="folder or JSON file")
    parser.add_argument(
        "--encoding", choices=ENCODINGS, default="auto", help="what the values mean"
    )
    parser.add_argument("--resize", default="", help="nearest: resize predictions of another size")
    parser.add_argument("--images", type=Path, help="COCO JSON file that defines the ids")


def add_labels(parser: argparse.ArgumentParser) -> None:
    """Add the flag for the label table."""
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")

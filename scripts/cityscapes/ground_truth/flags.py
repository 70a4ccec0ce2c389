"""The flags of scripts that read polygon files."""

import argparse

from cityscapes.files.json_document import MOST_OF_A_FRAME
from cityscapes.ground_truth.polygons import MB


def add_polygon_rules(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `cityscapes.ground_truth.polygons.PolygonRules`."""
    parser.add_argument(
        "--degenerate", choices=["error", "skip"], default="error",
        help="objects of fewer than three points: an error, or left out",
    )  # fmt: skip
    parser.add_argument(
        "--max-polygons-mb", type=float, default=MOST_OF_A_FRAME / MB,
        help="polygon files that are larger are refused",
    )  # fmt: skip

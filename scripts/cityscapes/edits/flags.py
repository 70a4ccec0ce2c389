"""The flag of scripts that read polygon files or edits in their place."""

import argparse
from pathlib import Path

from cityscapes.edits.folder import NO_EDITS, Edits


def add_edits(parser: argparse.ArgumentParser) -> None:
    """Add the flag `--edits`, parsed to `Edits`."""
    parser.add_argument(
        "--edits", type=edits_of, default=NO_EDITS,
        help="folder of edits, which take the place of polygon files; empty: there are none",
    )  # fmt: skip


def add_unedited(parser: argparse.ArgumentParser) -> None:
    """Add the flag `--unedited`, parsed to true or false."""
    parser.add_argument(
        "--unedited", action="store_true",
        help="of frames with edits what the dataset has, and no other frames",
    )  # fmt: skip


def edits_of(text: str) -> Edits:
    """Return the folder of edits with this path; none for an empty text."""
    return Edits(Path(text) if text else None)

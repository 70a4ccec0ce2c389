"""Fail unless every released label image is reproduced in every pixel."""

import argparse
from pathlib import Path

import pandas as pd

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.files.whole import write_atomic

EDITED = "edited"  # by the user, so that it need not be as released
LEFT_OUT = ("not released", EDITED)
HARMLESS = ("same", *LEFT_OUT)


def main(differences: Path, output: Path) -> None:
    table = pd.read_csv(differences)
    verdict = verdict_on(table)
    wrong = table[~table["status"].isin(HARMLESS)]
    if table["status"].isin(LEFT_OUT).all():
        raise DataError(verdict)
    if len(wrong):
        raise DataError(
            f"{verdict}\nAll of them are in {differences}; the first are:\n"
            f"{wrong.head(10).to_string(index=False)}"
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, f"{verdict}\n".encode())
    print(verdict)


def verdict_on(table: pd.DataFrame) -> str:
    """Return one line on a table of differences."""
    released = table[~table["status"].isin(LEFT_OUT)]
    edited = table[table["status"] == EDITED]
    left_out = edited[["type", "split", "city", "frame"]].drop_duplicates().shape[0]
    note = f" Left out: {left_out} edited frame{'s' * (left_out > 1)}." if left_out else ""
    if released.empty:
        return (
            "verify_release: nothing to compare: no label images came with the packages, or "
            f"`kinds` leaves them out.{note}"
        )
    wrong = released[released["status"] != "same"]
    pixels = int(released["differing_pixels"].sum())
    return (
        f"verify_release: {len(wrong)} of {len(released)} released images differ "
        f"({pixels} of {int(released['pixels'].sum())} pixels).{note}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--differences", type=Path, required=True, help="table of differences")
    parser.add_argument("--output", type=Path, required=True, help="file for the verdict")
    run(main, parser)

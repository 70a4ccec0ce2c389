"""Print a short summary of check_all; with --check strict, fail if there are problems."""

import argparse
from pathlib import Path

import pandas as pd

from cityscapes.checks.formats import SPLITS
from cityscapes.checks.problem import SEVERITIES
from cityscapes.command import run
from cityscapes.errors import DataError, printable
from cityscapes.files.whole import write_atomic

SHOWN = 12
REMEDIES_OF_A_SORT = 3
LONGEST = 160


def main(dataset: Path, inventory: Path, problems: Path, check: str, output: Path) -> None:
    holdings = pd.read_csv(inventory, keep_default_na=False)
    found = pd.read_csv(problems, keep_default_na=False)
    lines = [
        f"check_all: {dataset}", "",
        "Frames found, of those expected; - if a type is absent:", "",
        frames_there(holdings), "",
        counted(found),
    ]  # fmt: skip
    if len(found):
        lines += ["", first_of_each_sort(found), "", f"All problems: {problems}"]
    # A path need not be UTF-8, and may hold escape sequences; the summary is shown in a terminal.
    text = printable("\n".join(lines))
    wrong = found["severity"].isin(["error", "warning"]).sum()
    if check == "strict" and wrong:
        raise DataError(f"{text}\nThis is an error, as the config says `check: strict`.")
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, f"{text}\n".encode())
    print(text)


def frames_there(holdings: pd.DataFrame) -> str:
    """Return a line per type, a column per split: frames found, and expected if different."""
    there = holdings[holdings["status"] != "absent"].copy()
    there["expected"] = pd.to_numeric(there["expected"], errors="coerce")
    sums = there.groupby(["type", "split"])[["found", "expected"]].sum(min_count=1)
    cells = sums.apply(
        lambda row: (
            f"{row['found']:.0f}"
            if pd.isna(row["expected"]) or row["found"] == row["expected"]
            else f"{row['found']:.0f} of {row['expected']:.0f}"
        ),
        axis="columns",
    )
    if cells.empty:
        return "nothing"
    splits = [split for split in SPLITS if split in set(there["split"])]
    absent = sorted(set(holdings["type"]) - set(there["type"]))
    grid = cells.unstack()[splits].fillna("-").rename_axis(index=None, columns=None).to_string()
    return grid + (f"\nabsent: {', '.join(absent)}" if absent else "")


def counted(found: pd.DataFrame) -> str:
    """Return the number of problems by severity."""
    counts = found["severity"].value_counts().to_dict()
    parts = [
        f"{counts[severity]} {severity}{'s' * (counts[severity] > 1)}"
        for severity in SEVERITIES
        if severity in counts
    ]
    return f"Found: {', '.join(parts)}." if parts else "No problems were found."


def first_of_each_sort(found: pd.DataFrame) -> str:
    """Return the first problem of each check and advice, most severe first; up to three each."""
    found = found.assign(number=1)
    groups = found.groupby(["severity", "check", "to_do"], sort=False)
    firsts = groups.agg(where=("where", "first"), what=("what", "first"), number=("number", "sum"))
    shown = firsts.groupby(["severity", "check"], sort=False).head(REMEDIES_OF_A_SORT)[:SHOWN]
    lines = []
    for row in shown.reset_index().itertuples(index=False):
        severity, check, to_do, where, what, number = row
        more = f" (and {number - 1} more)" if number > 1 else ""
        lines += [
            f"{severity}: {check}{more}",
            f"    {shorten(where)}: {shorten(what)}",
            f"    -> {to_do}",
        ]
    if others := len(found) - shown["number"].sum():
        lines.append(f"and {others} others")
    return "\n".join(lines)


def shorten(text: str) -> str:
    """Return a text, shortened if it is long; problems.csv has all of it."""
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="root that was checked")
    parser.add_argument("--inventory", type=Path, required=True, help="inventory.csv")
    parser.add_argument("--problems", type=Path, required=True, help="problems.csv")
    parser.add_argument("--check", choices=["report", "strict"], default="report")
    parser.add_argument("--output", type=Path, required=True, help="text file to write")
    run(main, parser)

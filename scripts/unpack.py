"""Unpack raw packages (zip files) into a dataset root; files that are there already stay.

What an earlier version of the packages held and this one does not is removed.
"""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.packages import unpack
from cityscapes.tables import read_table, write_table


def main(packages: list[Path], dataset: Path, manifest: Path) -> None:
    before = {row["file"] for row in read_table(manifest)}
    rows = []
    for package in packages:
        members = unpack(package, dataset)
        logging.info("%s: %d files", package.name, len(members))
        rows += [{"package": package.name, "file": name} for name in members]
    for gone in before - {row["file"] for row in rows}:
        (dataset / gone).unlink(missing_ok=True)
    write_table(manifest, ["package", "file"], rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, nargs="+", required=True, help="zip files")
    parser.add_argument("--dataset", type=Path, required=True, help="folder to unpack into")
    parser.add_argument("--manifest", type=Path, required=True, help="table of what was unpacked")
    run(main, parser)

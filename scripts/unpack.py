"""Unpack raw packages (zip files) into a dataset root; files that are there already stay."""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.packages import unpack
from cityscapes.tables import write_table


def main(packages: list[Path], dataset: Path, manifest: Path) -> None:
    rows = []
    for package in packages:
        members = unpack(package, dataset)
        logging.info("%s: %d files", package.name, len(members))
        rows += [{"package": package.name, "file": name} for name in members]
    write_table(manifest, ["package", "file"], rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, nargs="+", required=True, help="zip files")
    parser.add_argument("--dataset", type=Path, required=True, help="folder to unpack into")
    parser.add_argument("--manifest", type=Path, required=True, help="table of what was unpacked")
    run(main, parser)

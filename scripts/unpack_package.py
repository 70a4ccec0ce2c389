"""Unpack a raw package (zip file) into a dataset root; files that are there already stay."""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.packages import zip_listing
from cityscapes.progress import Bytes
from cityscapes.tables import write_table
from cityscapes.zips import Member, directory_digest, unpack


def main(package: Path, dataset: Path, manifest: Path, state: str) -> None:
    if manifest.exists() and dataset.exists() and not package.exists():
        logging.info("%s was unpacked and then removed: its files stay", package)
        return
    listing, directory = zip_listing(package), directory_digest(package)
    members = unpack(package, dataset, Bytes)
    logging.info("%s: %d files", package.name, len(members))
    manifest.parent.mkdir(parents=True, exist_ok=True)
    write_table(
        manifest,
        list(Member._fields),
        [member._asdict() for member in members],
        zip=state,
        zip_listing=listing,
        zip_directory=directory,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, required=True, help="zip file, only read")
    parser.add_argument("--dataset", type=Path, required=True, help="folder to unpack into")
    parser.add_argument("--manifest", type=Path, required=True, help="table of what was unpacked")
    parser.add_argument("--state", default="none", help="the workflow's token for the zip file")
    run(main, parser)

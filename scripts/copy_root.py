"""Copy the results to a dataset root without links, for tar, containers and other machines."""

import argparse
from pathlib import Path

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.exports.whole_copy import copy_root


def main(results: Path, output: Path) -> None:
    if not results.is_dir():
        raise DataError(f"{results}: nothing was made yet: run prepare_all first")
    copied, removed = copy_root(results, output)
    print(f"{output}: {copied} files copied, {removed} removed; no links")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    parser.add_argument("--output", type=Path, required=True, help="folder of the copy")
    run(main, parser)

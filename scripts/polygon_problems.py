"""Fail with a list of the polygon files of a split that are wrong, if any is."""

import argparse
from pathlib import Path

from cityscapes.command import run
from cityscapes.manifest import check_polygons
from cityscapes.tables import write_table


def main(manifests: list[Path], split: str, output: Path) -> None:
    check_polygons(manifests, split)
    write_table(output, ["problem"], [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifests", type=Path, nargs="+", required=True, help="of the shards")
    parser.add_argument("--split", required=True, help="such as gtFine/val")
    parser.add_argument("--output", type=Path, required=True, help="written where none is wrong")
    run(main, parser)

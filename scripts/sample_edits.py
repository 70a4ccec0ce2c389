"""Put an edit, its review and a correction box of the sample into a folder without any edits."""

import argparse
from pathlib import Path

from cityscapes.command import run
from cityscapes.edits.folder import Edits
from cityscapes.labels import read_labels
from cityscapes.sample.edits import write_edits


def main(dataset: Path, edits: Path, labels: Path) -> None:
    if edits.is_dir() and any(edits.iterdir()):
        print(f"{edits}/ is left as it is")
        return
    for path in write_edits(dataset, Edits(edits), read_labels(labels)):
        print(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="root of the sample")
    parser.add_argument("--edits", type=Path, required=True, help="the folder to be made")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    run(main, parser)

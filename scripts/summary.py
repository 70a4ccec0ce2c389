"""Print the results, and where to find them."""

import argparse
from collections import Counter
from pathlib import Path

from cityscapes.command import run
from cityscapes.edits.column import EDITED
from cityscapes.files.tables import read_table
from cityscapes.ground_truth.kinds import FIRST_SOURCE, KINDS
from cityscapes.layout import Shard, list_links

PLACES = {
    "report/index.html": "statistics, scores and figures on one page: open it in a browser",
    "checks/summary.txt": "problems of the raw files; the tables are next to it",
    "checks/overview.jpg": "a frame of each split next to its label images",
    "checks/release_differences.csv": "comparison with the label images of the packages",
    "evaluation/comparison.csv": "the scores of all prediction sets; details next to it",
    "evaluation/boxes3d.png": "the scores of 3-D vehicles of all prediction sets",
    "evaluation/pedestrians.png": "the miss rates of pedestrians of all prediction sets",
    "citypersons/val_gt.json": "the people of CityPersons as one file like the benchmark's",
    "submissions": "zip files for the benchmark's server; a table of each next to it",
    "gtFine/val": "the label images of a split, one folder for each city",
    "gtFine/cityscapes_panoptic_val.json": "COCO panoptic format; images in a folder of that name",
    "statistics": "statistics of each split: pixels, objects and sizes by class",
    "annotations": "COCO instances and panoptic files, as mmdetection reads them",
    "exports": "files for other frameworks and tools; docs/exports.md says more",
    "depth": "metric depth, 256 * metres in 16 bits; docs/depth.md says more",
}


def main(results: Path) -> None:
    files: Counter[str] = Counter()
    frames: dict[str, set[str]] = {}
    kinds: set[str] = set()
    edited: dict[str, set[str]] = {}
    for table in (results / "tables").glob("*/*/*.tsv"):
        if table.parts[-3] not in FIRST_SOURCE:
            continue
        kind_of_table, split = table.parts[-3:-1]
        shard = Shard(kind_of_table, split, city="")
        for row in read_table(table):
            if row.get(EDITED):
                edited.setdefault(f"{kind_of_table}/{split}", set()).add(row["frame"])
            for kind in KINDS.values():
                if kind.ending and row.get(kind.name):
                    place = f"{kind.folder_of(shard).partition('/')[0]}/{shard.split}"
                    files[place] += 1
                    frames.setdefault(place, set()).add(row["frame"])
                    kinds.add(kind.name)

    print(f"\nMade in {results.resolve()}, a dataset root in the official layout:\n")
    for place in sorted(frames):
        print(f"  {place:24}{len(frames[place]):6} frames{files[place]:8} files")
    if edited:
        parts = ", ".join(f"{len(names)} of {place}" for place, names in sorted(edited.items()))
        print(f"\n  edited frames: {parts}")
    print(f"\n  of each frame: {', '.join(kind for kind in KINDS if kind in kinds)}")
    print(f"  links to the dataset: {', '.join(link.name for link in list_links(results))}")
    print("\nWhere to look:\n")
    for place, what in PLACES.items():
        if (results / place).exists():
            print(f"  {results / place}\n      {what}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    run(main, parser)

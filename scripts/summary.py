"""Say what was made, and where to look."""

import argparse
from collections import Counter
from pathlib import Path

from cityscapes.command import run
from cityscapes.dataset import ENDINGS, GROUPS, list_links
from cityscapes.tables import read_table

PLACES = {
    "checks/summary.txt": "what is missing, damaged or odd in the raw files; tables beside it",
    "checks/overview.jpg": "a frame of each split beside its label images",
    "checks/release_differences.csv": "what was made against what came with the packages",
    "evaluation/comparison.csv": "the scores of all prediction sets; details beside it",
    "gtFine/val": "the label images of a split, a folder a city",
    "gtFine/cityscapes_panoptic_val.json": "COCO panoptic format; the images in the folder beside",
}


def main(results: Path) -> None:
    files, frames, kinds = Counter(), {}, set()
    for group, of_group in GROUPS.items():
        for manifest in (results / "manifests").glob(f"*/*/*.{group}.tsv"):
            split = "/".join(manifest.parts[-3:-1])
            for row in read_table(manifest):
                made = [kind for kind in of_group if row[kind]]
                files[split] += len(made)
                frames.setdefault(split, set()).add(row["frame"])
                kinds.update(made)

    print(f"\nMade in {results.resolve()}, a dataset root in the official layout:\n")
    for split in sorted(frames):
        print(f"  {split:24}{len(frames[split]):6} frames{files[split]:8} files")
    print(f"\n  of each frame: {', '.join(kind for kind in ENDINGS if kind in kinds)}")
    print(f"  links to the dataset: {', '.join(link.name for link in list_links(results))}")
    print("\nWhere to look:\n")
    for place, what in PLACES.items():
        if (results / place).exists():
            print(f"  {results / place}\n      {what}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    run(main, parser)

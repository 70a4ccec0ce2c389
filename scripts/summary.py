"""Say what was made, and where to look."""

import argparse
from collections import Counter
from pathlib import Path

from cityscapes.command import run
from cityscapes.dataset import ENDINGS, GROUPS, list_links
from cityscapes.tables import read_table


def main(results: Path) -> None:
    counts = Counter()
    for group, kinds in GROUPS.items():
        for manifest in (results / "manifests").glob(f"*/*/*.{group}.tsv"):
            for row in read_table(manifest):
                for kind in kinds:
                    if row[kind]:
                        counts[manifest.parts[-3], manifest.parts[-2], kind] += 1

    kinds = [kind for kind in ENDINGS if any(key[2] == kind for key in counts)]
    print(f"\nMade in {results.resolve()}, a dataset root in the official layout:\n")
    print(f"{'files':22}" + "".join(f"{kind:>18}" for kind in kinds))
    for shards in sorted({key[:2] for key in counts}):
        numbers = "".join(f"{counts[(*shards, kind)] or '-':>18}" for kind in kinds)
        print(f"{'/'.join(shards):22}{numbers}")
    print(f"\nlinked from the dataset: {', '.join(link.name for link in list_links(results))}")
    print("\nWhere to look:")
    for place, what in PLACES.items():
        if (results / place).exists():
            print(f"  {results / place}\n      {what}")


PLACES = {
    "checks/overview.jpg": "a frame of each split beside its label images",
    "checks/release_differences.csv": "what was made against what came with the packages",
    "evaluation/comparison.csv": "the scores of all prediction sets; details beside it",
    "gtFine/val": "the label images of a split, a folder a city",
    "gtFine/cityscapes_panoptic_val.json": "COCO panoptic format; the images in the folder beside",
}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    run(main, parser)

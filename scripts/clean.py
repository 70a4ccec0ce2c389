"""Remove what was made: all files in official names, manifests, checks and scores."""

import argparse
import logging
import os
import shutil
from pathlib import Path

from cityscapes.command import run
from cityscapes.dataset import (
    ENDINGS,
    PANOPTIC_KINDS,
    Shard,
    list_derived,
    list_links,
    panoptic_name,
)


def main(results: Path) -> None:
    removed = 0
    for manifest in sorted((results / "manifests").glob("*/*/*.labels.tsv")):
        kind, split, city = *manifest.parts[-3:-1], manifest.name.removesuffix(".labels.tsv")
        shard = Shard(kind, split, city)
        for path in list_derived(results, shard, list(ENDINGS)):
            (results / path).unlink()
            removed += 1
        for variant in PANOPTIC_KINDS:
            (results / f"{panoptic_name(shard, variant)}.json").unlink(missing_ok=True)
        for pattern in (f"{city}.*", f".{city}.*"):
            for table in manifest.parent.glob(pattern):
                table.unlink()
    for link in list_links(results):
        (results / link.name).unlink()
    (results / "manifests/raw_links.tsv").unlink(missing_ok=True)
    for reports in ("checks", "evaluation", "manifests/evaluation"):
        shutil.rmtree(results / reports, ignore_errors=True)
    _remove_empty_folders(results)
    logging.info("%s: %d files removed", results, removed)


def _remove_empty_folders(root: Path) -> None:
    for folder, _, _ in os.walk(root, topdown=False):
        if not os.listdir(folder):
            os.rmdir(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    run(main, parser)

"""Remove what was made: all files in official names, manifests, checks and scores."""

import argparse
import logging
import os
import shutil
from pathlib import Path

from cityscapes.command import run
from cityscapes.dataset import (
    ENDINGS,
    GROUND_TRUTH_TYPES,
    PANOPTIC_KINDS,
    list_derived,
    list_links,
    panoptic_name,
)
from cityscapes.manifest import shards_with_results


def main(results: Path) -> None:
    removed = 0
    for shard in shards_with_results(results):
        for path in list_derived(results, shard, list(ENDINGS)):
            (results / path).unlink()
            removed += 1
        for variant in PANOPTIC_KINDS:
            (results / f"{panoptic_name(shard, variant)}.json").unlink(missing_ok=True)
    for link in list_links(results):
        (results / link.name).unlink()
    for reports in ("checks", "evaluation", "manifests"):
        shutil.rmtree(results / reports, ignore_errors=True)
    for kind in GROUND_TRUTH_TYPES:
        _remove_empty_folders(results / kind)
    logging.info("%s: %d files removed", results, removed)


def _remove_empty_folders(root: Path) -> None:
    for folder, _, _ in os.walk(root, topdown=False):
        if not os.listdir(folder):
            os.rmdir(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    run(main, parser)

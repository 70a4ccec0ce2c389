"""Join the panoptic segments of a split's frames to the COCO panoptic JSON file."""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.dataset import Shard
from cityscapes.files import digest, write_atomic
from cityscapes.labels import read_labels
from cityscapes.manifest import check_manifest, check_polygons
from cityscapes.panoptic import panoptic_json
from cityscapes.shard import read_segments
from cityscapes.tables import write_table


def main(
    manifests: list[Path],
    dataset: Path | None,
    split: str,
    labels: Path,
    category_ids: str,
    output: Path,
    notes: Path | None,
    derived: str,
) -> None:
    check_polygons(manifests, f"gtFine/{split}")
    frames = []
    for path in manifests:
        city = path.name.removesuffix(".panoptic.tsv")
        if dataset:
            check_manifest(path, dataset, Shard("gtFine", split, city))
        frames += read_segments(path, city)
    text = panoptic_json(frames, read_labels(labels), train_ids=category_ids == "trainId")
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, text.encode())
    if notes:
        write_table(notes, ["frame"], [], derived=derived, derived_listing=digest(text))
    logging.info("%s: %d frames", output, len(frames))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--manifests", type=Path, nargs="+", required=True, help="named <city>.panoptic.tsv"
    )
    parser.add_argument(
        "--dataset", type=Path, help="its polygon files must be as the manifests say"
    )
    parser.add_argument("--split", default="val", help="of the manifests")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--category-ids", choices=["id", "trainId"], default="id")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--notes", type=Path, help="table that tells what was written")
    parser.add_argument("--derived", default="none", help="the workflow's token for the file")
    run(main, parser)

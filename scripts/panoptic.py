"""Join the panoptic segments of all frames of a split in a COCO panoptic JSON file."""

import argparse
import json
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.edits.flags import add_edits, add_unedited
from cityscapes.edits.folder import NO_EDITS, Edits
from cityscapes.errors import DataError
from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth.segments import FrameSegments, Segment, panoptic_json
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_sources import check_sources
from cityscapes.incremental.tables import check_problems, read_tracked
from cityscapes.labels import read_labels
from cityscapes.layout import Shard, image_name


def main(
    dataset: Path, results: Path, tables: list[Path], split: str, labels: Path,
    category_ids: str, output: Path, edits: Edits = NO_EDITS, unedited: bool = False,
) -> None:  # fmt: skip
    check_problems(tables, f"gtFine/{split}")
    for path in tables:
        shard = Shard("gtFine", split, city_of(path))
        made_of = ShardFiles.of_kind(shard, dataset, results, "segments", edits, unedited)
        check_sources(path, made_of)
    frames = [frame for path in tables for frame in read_segments(path)]
    stop_if_named_twice(frames)
    text = panoptic_json(frames, read_labels(labels), train_ids=category_ids == "trainId")
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, text.encode())
    logging.info("%s: %d frames", output, len(frames))


def read_segments(table: Path) -> list[FrameSegments]:
    """Return the frames in the table of a city's panoptic images."""
    city = city_of(table)
    return [
        FrameSegments(
            city, image_name(city, row["frame"]), int(row["width"]), int(row["height"]),
            [Segment(*values) for values in json.loads(row["segments"])],
        )
        for row in read_tracked(table)
    ]  # fmt: skip


def stop_if_named_twice(frames: list[FrameSegments]) -> None:
    """Raise DataError if two frames of a split have the same name, which is their `image_id`."""
    cities: dict[str, str] = {}
    for frame in frames:
        if cities.setdefault(frame.frame, frame.city) != frame.city:
            raise DataError(
                f"image {frame.frame}: frames of {cities[frame.frame]} and of {frame.city} have "
                "this name in the panoptic files; rename one of the two"
            )


def city_of(table: Path) -> str:
    """Return the city that a table is named after."""
    return table.name.removesuffix(".panoptic.tsv")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="dataset root, only read")
    add_edits(parser)
    add_unedited(parser)
    parser.add_argument("--results", type=Path, required=True, help="root of what is made")
    parser.add_argument(
        "--tables", type=Path, nargs="+", required=True, help="named <city>.panoptic.tsv"
    )
    parser.add_argument("--split", default="val", help="of the tables")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--category-ids", choices=["id", "trainId"], default="id")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    run(main, parser)

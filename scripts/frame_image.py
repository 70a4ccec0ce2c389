"""Paint one label image of one frame."""

import argparse
from pathlib import Path

from cityscapes.command import run
from cityscapes.edits.flags import add_edits
from cityscapes.edits.folder import NO_EDITS, Edits
from cityscapes.errors import DataError
from cityscapes.ground_truth.flags import add_polygon_rules
from cityscapes.ground_truth.frame_files import KindMaker
from cityscapes.ground_truth.kinds import KINDS, NAMES
from cityscapes.ground_truth.paint import FILLS
from cityscapes.ground_truth.polygons import PolygonRules
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_job import ShardJob
from cityscapes.labels import read_labels
from cityscapes.layout import Shard


def main(
    dataset: Path, results: Path, shard: Shard, frame: str, kind: str, labels: Path, fill: str,
    degenerate: str, max_polygons_mb: float, edits: Edits = NO_EDITS,
) -> None:  # fmt: skip
    files = ShardFiles.of_kind(shard, dataset, results, kind, edits)
    folder = results / KINDS[kind].folder_of(shard)
    rules = PolygonRules(degenerate == "skip", max_polygons_mb)
    work = ShardJob(files, KindMaker(read_labels(labels), fill, {kind: folder}, rules))
    if not work.has(frame):
        raise DataError(f"{dataset / shard.folder}: no frame {frame} there")
    # The manifest stays as it is, but for its journal: the job of the shard saves it.
    outcome = work.run(1, only=frame)
    if outcome.problems:
        raise DataError("; ".join(outcome.problems.values()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="dataset root, only read")
    add_edits(parser)
    parser.add_argument("--results", type=Path, required=True, help="root of what is made")
    parser.add_argument(
        "--shard", type=Shard.parse, required=True, help="such as gtFine/val/frankfurt"
    )
    parser.add_argument("--frame", required=True, help="such as frankfurt_000000_000294")
    parser.add_argument("--kind", choices=NAMES, required=True)
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--fill", choices=FILLS, default="released", help="polygon fill rule")
    add_polygon_rules(parser)
    run(main, parser)

"""Update all results of one shard (type, split, city)."""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from cityscapes.command import run
from cityscapes.edits.flags import add_edits, add_unedited
from cityscapes.edits.folder import NO_EDITS, Edits
from cityscapes.errors import DataError
from cityscapes.ground_truth.flags import add_polygon_rules
from cityscapes.ground_truth.frame_files import KindMaker
from cityscapes.ground_truth.kinds import EXPORT_NAMES, KINDS, NAMES
from cityscapes.ground_truth.paint import FILLS
from cityscapes.ground_truth.polygons import PolygonRules
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_job import ShardJob
from cityscapes.incremental.items import Outcome
from cityscapes.incremental.outputs import remove_output
from cityscapes.labels import read_labels
from cityscapes.layout import Shard


def main(
    dataset: Path, results: Path, shard: Shard, kinds: list[str], labels: Path, fill: str,
    degenerate: str, max_polygons_mb: float, state: str | None, tables: list[Path], jobs: int,
    forced: bool, keep_going: bool, gone: Sequence[Path] = (), edits: Edits = NO_EDITS,
    unedited: bool = False,
) -> None:  # fmt: skip
    table = read_labels(labels)
    files = ShardFiles.of_config(shard, dataset, results, kinds, edits=edits, unedited=unedited)
    folders = {kind.name: results / kind.folder_of(shard) for kind in files.kinds}
    rules = PolygonRules(degenerate == "skip", max_polygons_mb)
    maker = KindMaker(table, fill, folders, rules)
    work = ShardJob(files, maker, forced)
    if work.is_unknown and not unedited:
        raise DataError(f"{dataset / shard.folder}: no files of frames there")
    outcome = work.run(jobs)
    outcome.notices += [
        f"{path} stays: it tells of frames that are gone, but it was changed"
        for path in gone
        if not remove_output(path, results)
    ]
    work.save(outcome, state, tables)
    report(shard, outcome, work.problems, keep_going)


def report(shard: Shard, outcome: Outcome, problems: list[str], keep_going: bool) -> None:
    """Report the outcome; fail if there are problems, unless asked to go on."""
    logging.info(
        "%s: %d files written, %d orphans removed", shard.folder, outcome.written, outcome.removed
    )
    for notice in outcome.notices:
        print(f"WARNING {notice}", flush=True)  # the workflow shows the log of failed jobs only
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        # A frame that was right before still has its row; odd names are of no frame.
        odd = len(problems) - len(outcome.problems)
        frames = len(outcome.rows.keys() | outcome.problems.keys()) + odd
        message = f"{len(problems)} of {frames} frames of {shard.folder} are wrong:{lines}"
        if not keep_going:
            raise DataError(message)
        logging.warning(message)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="dataset root, only read")
    add_edits(parser)
    add_unedited(parser)
    parser.add_argument("--results", type=Path, required=True, help="root of what is made")
    parser.add_argument(
        "--shard", type=Shard.parse, required=True, help="such as gtFine/val/frankfurt"
    )
    parser.add_argument(
        "--kinds", nargs="*", choices=[*NAMES, *EXPORT_NAMES],
        default=[n for n in NAMES if KINDS[n].default],
        help="what to make (all but depth)",
    )  # fmt: skip
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--fill", choices=FILLS, default="released", help="polygon fill rule")
    add_polygon_rules(parser)
    parser.add_argument("--state", help="the workflow's token for the state of the shard")
    parser.add_argument(
        "--tables", type=Path, nargs="*", default=[],
        help="tables to write of what was made, named <city>.<group of kinds>.tsv",
    )  # fmt: skip
    parser.add_argument(
        "--gone", type=Path, nargs="*", default=[],
        help="files of exports to remove, as they tell of frames that are gone",
    )  # fmt: skip
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    parser.add_argument(
        "--forced",
        action="store_true",
        help="compare contents, even if sizes and times are equal",
    )
    parser.add_argument(
        "--keep-going", action="store_true", help="list wrong files only in the tables"
    )
    run(main, parser)

"""Compare the label images of one shard with those of the packages."""

import argparse
from pathlib import Path

import cv2
from joblib import Parallel, delayed

from cityscapes.command import run
from cityscapes.edits.column import EDITED
from cityscapes.files.tables import write_csv
from cityscapes.ground_truth.kinds import derived_path
from cityscapes.ground_truth.release import compare
from cityscapes.incremental.tables import read_tracked
from cityscapes.jobs.progress import progress
from cityscapes.jobs.workers import worker_count
from cityscapes.layout import Shard

COLUMNS = ["type", "split", "city", "frame", "kind", "status", "differing_pixels", "pixels"]


def main(
    dataset: Path,
    results: Path,
    table: Path,
    shard: Shard,
    kinds: list[str],
    output: Path,
    jobs: int,
) -> None:
    found = read_tracked(table)
    frames = [row["frame"] for row in found if not row.get(EDITED)]
    work = Parallel(worker_count(jobs, len(frames)), return_as="generator")(
        delayed(compare_frame)(frame, shard, kinds, dataset, results) for frame in frames
    )
    rows = [row for rows in progress(work, len(frames), shard.folder) for row in rows]
    for row in found:
        if row.get(EDITED):
            rows += [(*shard, row["frame"], kind, EDITED, None, None) for kind in kinds]
    write_csv(output, COLUMNS, rows)


def compare_frame(
    frame: str, shard: Shard, kinds: list[str], dataset: Path, results: Path
) -> list[tuple]:
    """Return a row of the table for each kind of image."""
    cv2.setNumThreads(1)  # the workers run in parallel already
    rows = []
    for kind in kinds:
        path = derived_path(shard, frame, kind)
        rows.append((*shard, frame, kind, *compare(results / path, dataset / path)))
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="dataset root, only read")
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    parser.add_argument("--table", type=Path, required=True, help="table of the frames")
    parser.add_argument(
        "--shard", type=Shard.parse, required=True, help="such as gtFine/val/frankfurt"
    )
    parser.add_argument("--kinds", nargs="*", default=[], help="such as labelIds")
    parser.add_argument("--output", type=Path, required=True, help="CSV file to write")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    run(main, parser)

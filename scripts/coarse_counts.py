"""Compare the coarse label images of a city with the fine ones, of the frames that have both."""

import argparse
import logging
from pathlib import Path

from joblib import Parallel, delayed

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.ground_truth.kinds import derived_path
from cityscapes.incremental.tables import read_tracked
from cityscapes.jobs.workers import worker_count
from cityscapes.layout import Shard
from cityscapes.pixel_runs import joint_counts
from cityscapes.png.labels import read_label_ids
from cityscapes.statistics.city_table import write_city


def main(
    fine: Path, coarse: Path, truth: Path, split: str, city: str, output: Path, jobs: int
) -> None:
    names = [{row["frame"] for row in read_tracked(path)} for path in (fine, coarse)]
    frames = sorted(set.intersection(*names))
    shards = [Shard(shard_type, split, city) for shard_type in ("gtFine", "gtCoarse")]
    pairs = [
        [truth / derived_path(shard, frame, "labelIds") for shard in shards] for frame in frames
    ]
    workers = worker_count(jobs, len(pairs))
    counted = Parallel(workers)(delayed(compare)(*pair) for pair in pairs)
    found = dict(zip(frames, counted, strict=True))
    rows = write_city(output, "pixels", found, "coarse and fine are not compared")
    logging.info("%s/%s: coarse and fine of %d frames", split, city, rows)


def compare(fine: Path, coarse: Path) -> list | str:
    """Return fine id, coarse id and pixels of a frame, or the error in its images."""
    try:
        first, second = read_label_ids(fine), read_label_ids(coarse)
    except DataError as error:
        return str(error)
    if first.shape != second.shape:
        (height, width), (high, wide) = second.shape, first.shape
        return f"{coarse}: has {width} x {height} pixels, {fine} {wide} x {high}"
    return joint_counts(first, second).tolist()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fine", type=Path, required=True, help="<city>.labels.tsv of gtFine")
    parser.add_argument("--coarse", type=Path, required=True, help="the same of gtCoarse")
    parser.add_argument("--truth", type=Path, required=True, help="root with label images")
    parser.add_argument("--split", required=True)
    parser.add_argument("--city", required=True)
    parser.add_argument("--output", type=Path, required=True, help="table of counts")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    run(main, parser)

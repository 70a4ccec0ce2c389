"""Measure the distances of the instances of a city, from label, disparity and camera files."""

import argparse
import logging
from pathlib import Path

from joblib import Parallel, delayed

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.ground_truth.depth import depth_map, read_camera
from cityscapes.ground_truth.kinds import derived_path, source_path
from cityscapes.incremental.tables import read_tracked
from cityscapes.jobs.workers import worker_count
from cityscapes.layout import Shard
from cityscapes.png.labels import read_grey
from cityscapes.statistics.city_table import write_city
from cityscapes.statistics.distances import frame_distances


def main(table: Path, truth: Path, dataset: Path, shard: Shard, output: Path, jobs: int) -> None:
    files = {}
    for row in read_tracked(table):
        frame = row["frame"]
        raw = [dataset / source_path(shard, frame, what) for what in ("disparity", "camera")]
        if all(path.exists() for path in raw):
            files[frame] = (truth / derived_path(shard, frame, "instanceIds"), *raw)
    workers = worker_count(jobs, len(files))
    measured = Parallel(workers)(delayed(measure)(*paths) for paths in files.values())
    found = dict(zip(files, measured, strict=True))
    rows = write_city(output, "instances", found, "no distances of this frame")
    logging.info("%s: depth of %d frames", shard.folder, rows)


def measure(instance_ids: Path, disparity: Path, camera: Path) -> list | str:
    """Return the distances of a frame's instances, or the error in its files."""
    try:
        depth = depth_map(read_grey(disparity, 16), read_camera(camera))
        ids = read_grey(instance_ids, 16)
    except DataError as error:
        return str(error)
    if ids.shape != depth.shape:
        (height, width), (high, wide) = depth.shape, ids.shape
        return f"{disparity}: has {width} x {height} pixels, {instance_ids} {wide} x {high}"
    return frame_distances(ids, depth)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", type=Path, required=True, help="<city>.labels.tsv")
    parser.add_argument("--truth", type=Path, required=True, help="root with label images")
    parser.add_argument("--dataset", type=Path, required=True, help="root with disparity, camera")
    parser.add_argument(
        "--shard", type=Shard.parse, required=True, help="such as gtFine/val/frankfurt"
    )
    parser.add_argument("--output", type=Path, required=True, help="table of distances")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    run(main, parser)

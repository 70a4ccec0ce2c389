"""What exports cost in the run that paints, and COCO instances against the converter's way.

The converter of mmdetection reads instanceIds again and packs the mask of each instance as a whole
image; so does this one, whose masks are compared with ours. All in this process, CPU time of one
core. Without --dataset the frames are drawn. Each limit is printed with PASS or FAIL.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from pycocotools import mask as coco

from ground_truth import LABELS, SHARD, draw, limit, one_shard

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))

from cityscapes.exports.instances import read_instances
from cityscapes.exports.registry import EXPORTS
from cityscapes.ground_truth.frame_files import KindMaker
from cityscapes.ground_truth.kinds import KINDS, NAMES
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_job import ShardJob
from cityscapes.ground_truth.shard_records import table_path
from cityscapes.incremental.manifest import Manifest
from cityscapes.jobs.memory import keep_freed_memory
from cityscapes.labels import LabelTable, read_labels
from cityscapes.layout import Shard

PAINTED = [name for name in NAMES if KINDS[name].default]
DEFAULT = list(dict.fromkeys(k for e in EXPORTS.values() if e.default for k in e.frame_kinds))


def main(frames: int, dataset: Path | None, rounds: int) -> None:
    keep_freed_memory()
    cv2.setNumThreads(1)
    folder = Path(tempfile.mkdtemp(prefix="cityscapes-bench-"))
    count = one_shard(dataset or draw(folder, frames), folder / "data", frames)
    table = read_labels(LABELS)
    paint(folder, table, PAINTED)  # the first run loads what the others find loaded
    plain, with_instances, with_all = [], [], []
    for _ in range(rounds):
        plain.append(paint(folder, table, PAINTED))
        with_instances.append(paint(folder, table, [*PAINTED, "instances"]))
        with_all.append(paint(folder, table, [*PAINTED, *DEFAULT]))
    painted, instances, everything = map(min, (plain, with_instances, with_all))
    converted = convert(folder, table)
    print(f"{count} frames, CPU ms a frame: painted {1000 * painted / count:.1f}\n")
    limit("default exports, CPU ms a frame", 1000 * (everything - painted) / count, most=15)
    limit("COCO instances, CPU ms a frame", 1000 * (instances - painted) / count, most=8)
    # A difference of two times may be next to nothing.
    ours = max(instances - painted, 1e-3 * count)
    limit("COCO instances, times less than the converter's way", converted / ours, least=20)
    shutil.rmtree(folder)


def paint(folder: Path, table: LabelTable, kinds: list[str]) -> float:
    """CPU seconds of making these kinds of all frames, from nothing."""
    results, shard = folder / "results", Shard.parse(SHARD)
    shutil.rmtree(results, ignore_errors=True)
    files = ShardFiles.of_config(shard, folder / "data", results, kinds)
    places = {kind.name: results / kind.folder_of(shard) for kind in files.kinds}
    begin = time.process_time()
    job = ShardJob(files, KindMaker(table, "released", places))
    groups = ("labels", "trainIds", "panoptic", "exports")
    job.save(job.run(1), None, [table_path(results, shard, group) for group in groups])
    return time.process_time() - begin


def convert(folder: Path, table: LabelTable) -> float:
    """CPU seconds of the converter's way; its masks have to be those of the manifest."""
    results, shard = folder / "results", Shard.parse(SHARD)
    files = ShardFiles.of_config(shard, folder / "data", results, [*PAINTED, *DEFAULT])
    kept = {label.id for label in table if label.has_instances and not label.ignore_in_eval}
    seconds = 0.0
    for frame, row in Manifest(files.manifest).rows.items():
        path = results / SHARD / f"{frame}_gtFine_instanceIds.png"
        begin = time.process_time()
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        found = []
        for value in np.unique(image[image >= min(kept)]).tolist():
            if (value // 1000 if value >= 1000 else value) in kept:
                mask = np.asarray(image == value, dtype=np.uint8, order="F")
                rle = coco.encode(mask[:, :, None])[0]
                box, area = coco.toBbox(rle).tolist(), int(coco.area(rle))
                found.append((value, area, box, rle["counts"].decode()))
        seconds += time.process_time() - begin
        ours = read_instances(row.cells["instances"].value)
        assert found == [(one.value, one.area, list(one.box), one.counts) for one in ours], frame
    return seconds


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=40, help="number of frames (40)")
    parser.add_argument("--dataset", type=Path, help="root with gtFine (drawn)")
    parser.add_argument("--rounds", type=int, default=3, help="the best counts (3)")
    main(**vars(parser.parse_args()))

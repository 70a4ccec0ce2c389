"""Ground truth against the reference package: CPU time a frame, its steps, sizes and memory.

Both sides make labelIds, instanceIds, color, labelTrainIds, instanceTrainIds and both panoptic
variants of the same frames, single-threaded; the CPU time is that of whole processes. What a
frame more costs is the time of all frames less that of ten, by the frames between. Without
--dataset the frames are drawn. Each limit is printed with PASS or FAIL.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import cv2
from zlib_ng import zlib_ng

CLONE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CLONE / "scripts"))

from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth.images import PICTURES, FrameImages
from cityscapes.ground_truth.paint import FILLS
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.jobs.memory import keep_freed_memory
from cityscapes.labels import read_labels
from cityscapes.png import write as png
from cityscapes.workflow.shards import POLYGON_GROUPS

REFERENCE = CLONE / ".venv-reference/bin/python"
LABELS = CLONE / "config/labels.csv"
SHARD = "gtFine/train/aachen"
FEW = 10
STEPS = ("read", "parse", "paint", "filter", "deflate", "segments", "write")


@dataclass(frozen=True)
class Run:
    """What making all files of some frames took."""

    seconds: float  # CPU, of the process and its children
    megabytes: float  # resident at most, of one process


def main(frames: int, dataset: Path | None, rounds: int) -> None:
    if frames <= FEW:
        sys.exit(f"--frames is {frames}: a frame more is measured from {FEW} on")
    folder = Path(tempfile.mkdtemp(prefix="cityscapes-bench-"))
    source = dataset or draw(folder, frames)
    count = one_shard(source, folder / "data", frames)
    if count <= FEW:
        sys.exit(f"{source}: {count} polygon files in gtFine, more than {FEW} are needed")
    one_shard(source, folder / "few", FEW)
    print(f"{count} frames, {rounds} rounds\n")

    few, ours, theirs_few, theirs = [], [], [], []
    for _ in range(rounds):
        few.append(our_run(folder, "few"))
        theirs_few.append(reference_run(folder))
        ours.append(our_run(folder, "data"))
        theirs.append(reference_run(folder))
    mine, reference = median_seconds(ours), median_seconds(theirs)
    one_more = 1000 * (mine - median_seconds(few)) / (count - FEW)
    reference_more = 1000 * (reference - median_seconds(theirs_few)) / (count - FEW)

    # Behind the runs: a process starts with the memory of the one that starts it.
    steps, floor = steps_of_frames(folder)
    print("CPU ms a frame, by step")
    for step in STEPS:
        beside = f"   (floor: {floor:.1f}, deflate alone)" if step == "deflate" else ""
        print(f"  {step:22}{steps[step]:16.1f}{beside}")
    print(f"  {'all steps':22}{sum(steps.values()):16.1f}\n")

    print(f"{'':24}{'a frame more':>16}{'whole run':>16}{'PNG':>16}")
    print(f"{'':24}{'CPU ms':>16}{'CPU ms a frame':>16}{'kB a frame':>16}")
    sizes = [png_bytes(folder / name) for name in ("results", "reference")]
    for name, more, whole, size in (
        ("this workflow", one_more, mine, sizes[0]),
        ("reference package", reference_more, reference, sizes[1]),
    ):
        print(f"{name:24}{more:16.1f}{1000 * whole / count:16.1f}{size / 1000 / count:16.1f}")

    print("\nlimits")
    limit("a frame more, CPU ms", one_more, most=31)
    limit("a frame more, times less than the reference", reference_more / one_more, least=30)
    limit("whole run, times less than the reference", reference / mine, least=15)
    limit("memory of a worker, MB", max(run.megabytes for run in ours), most=100)
    limit("size of the PNG files, times the reference's", sizes[0] / sizes[1], most=1.25)

    # A frame of the full dataset is in a shard of 800 others on average.
    several = one_shard(folder / "data", folder / "more", 800, times=1 + 800 // count)
    walls = {}
    for jobs in (1, 2):
        shutil.rmtree(folder / "results")
        walls[jobs] = wall_seconds(our_commands(folder, "more", jobs)[0])
    limit(f"two workers against one, {several} frames, times", walls[1] / walls[2], least=1.8)
    shutil.rmtree(folder)


def limit(what: str, found: float, most: float | None = None, least: float | None = None) -> None:
    """Print what was found, beside the limit that it should keep."""
    kept = found <= most if least is None else found >= least
    bound = f"at most {most:g}" if least is None else f"at least {least:g}"
    print(f"  {what:50}{found:8.2f}   {bound:14}{'PASS' if kept else 'FAIL'}")


def steps_of_frames(folder: Path) -> tuple[Counter, float]:
    """CPU ms a frame of each of `STEPS`, and of deflating the same rows at one go.

    All in this process, for each frame as a worker does it.
    """
    keep_freed_memory()
    cv2.setNumThreads(1)
    table = read_labels(LABELS)
    paths = sorted((folder / "data").rglob("*_polygons.json"))
    clock: Counter = Counter()

    def timed(step: str, function: Callable, *arguments):
        begin = time.process_time()
        result = function(*arguments)
        clock[step] += 1000 * (time.process_time() - begin) / len(paths)
        return result

    def packer(level: int) -> SimpleNamespace:
        packs = zlib_ng.compressobj(level)
        return SimpleNamespace(
            compress=lambda rows: timed("deflate", packs.compress, rows),
            flush=lambda: timed("deflate", packs.flush),
        )

    fill = FILLS["released"]
    FILLS["released"] = lambda *arguments: timed("paint", fill, *arguments)
    png.zlib_ng = SimpleNamespace(compressobj=packer, crc32=zlib_ng.crc32)
    try:
        for path in paths:
            text = timed("read", path.read_bytes)
            images = FrameImages(timed("parse", parse_annotation, text, table), table, "released")
            encoded = {kind: timed("images", images.png, kind) for kind in PICTURES}
            timed("segments", images.segments)
            for kind, data in encoded.items():
                timed("write", write_atomic, folder / f"{kind}.png", data)
            pictures = {PICTURES[kind]: kind for kind in PICTURES}  # the panoptic picture once
            for kind in pictures.values():
                rows = png._filtered(images.image(kind))
                timed("floor", zlib_ng.compress, rows, png.LEVEL)
    finally:
        FILLS["released"], png.zlib_ng = fill, zlib_ng
    clock["filter"] = clock.pop("images") - clock["paint"] - clock["deflate"]
    return clock, clock.pop("floor")


def median_seconds(runs: list[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def our_run(folder: Path, dataset: str) -> Run:
    shutil.rmtree(folder / "results", ignore_errors=True)
    runs = [measured(command) for command in our_commands(folder, dataset)]
    return Run(sum(run.seconds for run in runs), max(run.megabytes for run in runs))


def reference_run(folder: Path) -> Run:
    """The reference package on the polygon files that are linked from our results."""
    shutil.rmtree(folder / "reference", ignore_errors=True)
    (folder / "reference").mkdir()
    script = CLONE / "tests/reference/label_images.py"
    return measured([REFERENCE, script, folder / "results", folder / "reference"])


def draw(folder: Path, frames: int) -> Path:
    """A sample of gtFine frames at full size, unpacked."""
    script("sample.py", "--output", folder / "zip", "--labels", LABELS, "--frames", frames * 2,
           "--types", "gtFine", "--jobs", 2)  # fmt: skip
    script("unpack_package.py", "--package", folder / "zip/gtFine_trainvaltest.zip",
           "--dataset", folder / "drawn", "--manifest", folder / "unpacked.tsv")  # fmt: skip
    return folder / "drawn"


def one_shard(source: Path, root: Path, frames: int, times: int = 1) -> int:
    """Copy annotated polygon files to one shard, so that start-up weighs as in a real run.

    The number of frames in it; with `times`, each file may stand for several of them.
    """
    (root / SHARD).mkdir(parents=True)
    found = sorted(source.glob("gtFine/train/*/*_polygons.json"))
    found += sorted(source.glob("gtFine/val/*/*_polygons.json"))
    found = (found * times)[:frames]
    for index, path in enumerate(found):
        name = f"aachen_{index:06d}_000019_gtFine_polygons.json"
        shutil.copy(path, root / SHARD / name)
    return len(found)


def our_commands(folder: Path, dataset: str, jobs: int = 1) -> list[list]:
    """The commands that make all files of a shard: its images first."""
    results = folder / "results"
    tables = {group: results / f"tables/{SHARD}.{group}.tsv" for group in POLYGON_GROUPS}
    where = ("--dataset", folder / dataset, "--results", results, "--labels", LABELS)
    images = [
        *(sys.executable, CLONE / "scripts/ground_truth.py", *where, "--shard", SHARD),
        *("--tables", *tables.values(), "--jobs", jobs),
    ]
    documents = [
        [
            *(sys.executable, CLONE / "scripts/panoptic.py", *where, "--split", "train"),
            *("--tables", tables["panoptic"], "--category-ids", column),
            *("--output", results / f"gtFine/cityscapes_panoptic_train{suffix}.json"),
        ]
        for column, suffix in (("id", ""), ("trainId", "_trainId"))
    ]
    return [images, *documents]


def script(name: str, *arguments) -> None:
    run([sys.executable, CLONE / "scripts" / name, *arguments])


def run(command: list) -> None:
    subprocess.run(list(map(str, command)), check=True, capture_output=True)


def measured(command: list) -> Run:
    with subprocess.Popen(
        list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(said)
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000)


def wall_seconds(command: list) -> float:
    begin = time.monotonic()
    run(command)
    return time.monotonic() - begin


def png_bytes(root: Path) -> int:
    return sum(path.stat().st_size for path in root.rglob("*.png"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--dataset", type=Path, help="a real dataset root, only read")
    parser.add_argument("--rounds", type=int, default=1, help="the median is printed")
    main(**vars(parser.parse_args()))

"""check_all against decoding: CPU time a frame of all checks, and of decoding each image once.

Both in one process, single-threaded, in turns; the medians are printed. Without --dataset, the
frames are drawn. Drawn pictures decode in a third of the time of photographs, so that the ratio
is lower on a real dataset.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

CLONE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CLONE / "scripts"))

from cityscapes.checks.formats import SLOTS, TYPES
from cityscapes.checks.frame import Settings, check_frame
from cityscapes.checks.listing import find_cities, list_raw
from cityscapes.jobs.memory import keep_freed_memory
from cityscapes.jobs.progress import Bytes
from cityscapes.labels import LabelTable, read_labels
from cityscapes.layout import Entry
from cityscapes.packages.zips import unpack

SPLITS = ["train", "val", "test", "train_extra"]
# What a user has who downloads the images of the left camera and both annotations.
COMMON = ["gtFine", "gtCoarse", "leftImg8bit"]


def main(frames: int, dataset: Path | None, rounds: int) -> None:
    keep_freed_memory()
    cv2.setNumThreads(1)
    folder = Path(tempfile.mkdtemp(prefix="cityscapes-bench-"))
    root = dataset or draw(folder, frames)
    table = read_labels(CLONE / "config/labels.csv")
    for what, types in (("all types", list(TYPES)), ("left images, annotations", COMMON)):
        chosen = list_frames(root, types)[:frames]
        times = {"decode": [], "check": []}
        for _ in range(rounds):
            times["decode"].append(cpu_seconds(decode, root, chosen))
            times["check"].append(cpu_seconds(check, root, chosen, table))
        decoding, checking = (1000 * statistics.median(t) / len(chosen) for t in times.values())
        print(
            f"{what:26}{len(chosen):4} frames: decoding {decoding:6.1f} ms, checks "
            f"{checking:6.1f} ms a frame, {checking / decoding:.2f} x (photographs: at most 1.3)"
        )
    shutil.rmtree(folder)


def draw(folder: Path, frames: int) -> Path:
    """A sample of all types at full size, unpacked."""
    labels = CLONE / "config/labels.csv"
    command = [sys.executable, CLONE / "scripts/sample.py", "--output", folder / "zip"]
    command += ["--labels", labels, "--frames", str(frames), "--jobs", "2"]
    subprocess.run(command, check=True, capture_output=True)
    for package in sorted((folder / "zip").glob("*.zip")):
        unpack(package, folder / "drawn", Bytes, may_be_empty=True)
    return folder / "drawn"


def list_frames(root: Path, types: list[str]) -> list[dict[str, Entry]]:
    return [
        files
        for split, city in find_cities(root, types, SPLITS)
        for files in list_raw(root, types, split, city).frames.values()
    ]


def decode(root: Path, frames: list[dict[str, Entry]]) -> None:
    for files in frames:
        for slot, entry in files.items():
            if SLOTS[slot].format:
                data = np.fromfile(root / entry.name, dtype=np.uint8)
                cv2.imdecode(data, cv2.IMREAD_UNCHANGED)


def check(root: Path, frames: list[dict[str, Entry]], table: LabelTable) -> None:
    for files in frames:
        check_frame(root, files, table, Settings(sizes=((2048, 1024),), tolerance=2))


def cpu_seconds(work: Callable, *arguments) -> float:
    begin = time.process_time()
    work(*arguments)
    return time.process_time() - begin


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=28)
    parser.add_argument("--dataset", type=Path, help="a real dataset root, only read")
    parser.add_argument("--rounds", type=int, default=3, help="the medians are printed")
    main(**vars(parser.parse_args()))

"""Ground truth against the reference package: CPU time a frame, file sizes, two threads.

Both sides make labelIds, instanceIds, color, labelTrainIds, instanceTrainIds and both panoptic
variants of the same frames, single-threaded; the CPU time is that of whole processes, start-up
included. Without --dataset the frames are drawn.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
REFERENCE = CLONE / ".venv-reference/bin/python"
SHARD = "gtFine/train/aachen"
GROUPS = {
    "labels": ["polygons", "labelIds", "instanceIds", "color"],
    "trainIds": ["labelTrainIds", "instanceTrainIds"],
    "panoptic": ["panoptic", "panoptic_trainId"],
}


def main(frames: int, dataset: Path | None, rounds: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="cityscapes-bench-"))
    count = one_shard(dataset or draw(folder, frames), folder / "data", frames)
    print(f"{count} frames, {rounds} rounds\n")

    ours, theirs = [], []
    for _ in range(rounds):
        shutil.rmtree(folder / "results", ignore_errors=True)
        ours.append(sum(cpu_seconds(command) for command in our_commands(folder, jobs=1)))
        shutil.rmtree(folder / "reference", ignore_errors=True)
        theirs.append(cpu_seconds(reference_command(folder)))
    mine, reference = statistics.median(ours), statistics.median(theirs)
    print(f"{'':24}{'CPU ms a frame':>16}{'PNG kB a frame':>16}")
    for name, seconds, sizes in (
        ("this workflow", mine, png_bytes(folder / "results")),
        ("reference package", reference, png_bytes(folder / "reference")),
    ):
        print(f"{name:24}{1000 * seconds / count:16.1f}{sizes / 1000 / count:16.1f}")
    print(f"{'CPU ratio (at least 8)':24}{reference / mine:16.1f}")
    size = png_bytes(folder / "results") / png_bytes(folder / "reference")
    print(f"{'size ratio (at most 1.25)':24}{'':15}{size:16.2f}")

    # A frame of the full dataset is in a shard of 800 others on average.
    several = one_shard(folder / "data", folder / "more", 800, times=1 + 800 // count)
    walls = {}
    for jobs in (1, 2):
        shutil.rmtree(folder / "results")
        command = next(our_commands(folder, jobs, dataset="more"))
        walls[jobs] = wall_seconds(command)
    print(
        f"\ntwo workers against one, {several} frames: {walls[1] / walls[2]:.2f} x (at least 1.8)"
    )
    shutil.rmtree(folder)


def draw(folder: Path, frames: int) -> Path:
    """A sample of gtFine frames at full size, unpacked."""
    labels = CLONE / "config/labels.csv"
    script("sample.py", "--output", folder / "zip", "--labels", labels, "--frames", frames * 2,
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


def our_commands(folder: Path, jobs: int, dataset: str = "data"):
    labels = CLONE / "config/labels.csv"
    results = folder / "results"
    for group, kinds in GROUPS.items():
        manifest = results / f"manifests/{SHARD}.{group}.tsv"
        yield [
            *(sys.executable, CLONE / "scripts/ground_truth.py", "--dataset", folder / dataset),
            *("--results", results, "--shard", SHARD, "--kinds", *kinds),
            *("--labels", labels, "--manifest", manifest, "--jobs", jobs),
        ]
    for column, suffix in (("id", ""), ("trainId", "_trainId")):
        yield [
            *(sys.executable, CLONE / "scripts/panoptic.py", "--manifests"),
            *(results / f"manifests/{SHARD}.panoptic.tsv", "--labels", labels),
            *("--category-ids", column),
            *("--output", results / f"gtFine/cityscapes_panoptic_train{suffix}.json"),
        ]


def reference_command(folder: Path) -> list:
    script = CLONE / "tests/reference/label_images.py"
    (folder / "reference").mkdir()
    return [REFERENCE, script, folder / "results", folder / "reference"]


def script(name: str, *arguments) -> None:
    run([sys.executable, CLONE / "scripts" / name, *arguments])


def run(command: list) -> None:
    subprocess.run(list(map(str, command)), check=True, capture_output=True)


def cpu_seconds(command: list) -> float:
    """User and system time of a process and its children."""
    before = os.times()
    run(command)
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


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

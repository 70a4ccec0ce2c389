"""How the workflow holds as the dataset grows: from 1 % of Cityscapes to ten times Cityscapes.

Makes raw trees with the published number of frames in every city, times --percent, of tiny images;
runs prepare_all on each and measures every kind of run. Says PASS or FAIL for each limit, and
writes scale.csv and scale.svg. The trees are removed: ten times Cityscapes is 2.4 million files.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from math import nan
from pathlib import Path
from typing import NamedTuple

CLONE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CLONE / "scripts"))

from growth_plot import growth_plot

from cityscapes.files.tables import read_table, write_csv
from cityscapes.ground_truth.kinds import KINDS as ALL_KINDS
from cityscapes.ground_truth.kinds import NAMES

TYPES = {
    "train": ["gtFine", "gtCoarse"],
    "val": ["gtFine", "gtCoarse"],
    "test": ["gtFine"],
    "train_extra": ["gtCoarse"],
}
# A large shard in the split with the largest panoptic JSON files, which are made again, too.
EDITED = "gtFine/train/strasbourg"
KINDS = [name for name in NAMES if ALL_KINDS[name].default]
# At the full count of frames, on two cores that nobody else uses.
LIMITS = [
    ("nothing to do", "seconds", 3),
    ("nothing to do", "mb", 300),
    ("one polygon file", "seconds", 6),
    ("overhead", "seconds", 60),
]
# Ten times the full count may cost so many times what the straight line through the costs of a
# tenth and of the full count says; half of it is for noise. A share of a tenth at the full count
# that grows with the square would be seen.
LARGEST_GROWTH = 1.5
ROUNDS = 3  # of the short runs; the best counts, as others may work on the machine


class Cost(NamedTuple):
    """Of one run: wall seconds, CPU seconds of all its processes, MB of the largest of them."""

    seconds: float
    cpu: float
    mb: float


def main(
    percent: list[float], kinds: list[str], cores: int, folder: Path | None, output: Path
) -> None:
    print(f"{cores} cores, tiny images; overhead is what a full run takes beside its jobs")
    print(f"kinds of file: {', '.join(kinds)}\n")
    print(f"{'frames':>8}  {'run':20}{'seconds':>10}{'CPU seconds':>13}{'MB':>7}")
    costs: dict[int, dict[str, Cost]] = {}
    for share in sorted(percent):
        frames = frames_of(share)
        costs[frames] = {}
        with tempfile.TemporaryDirectory(prefix="cityscapes-scale-", dir=folder) as work:
            for run, cost in measure_size(Path(work), share, kinds, cores):
                costs[frames][run] = cost
                seconds, cpu, mb = cost
                print(f"{frames:8}  {run:20}{seconds:10.1f}{cpu:13.1f}{mb:7.0f}", flush=True)
        write(costs, output)  # a large size may take long, or fail
    print(f"\nwritten: {output / 'scale.csv'}, {output / 'scale.svg'}\n")
    sys.exit(0 if all([*limits_held(costs), *growth_held(costs)]) else 1)


def write(costs: dict[int, dict[str, Cost]], output: Path) -> None:
    """The table and the plot of the sizes so far."""
    rows = [
        (frames, run, *(f"{value:.2f}" for value in cost))
        for frames, of_size in costs.items()
        for run, cost in of_size.items()
    ]
    write_csv(output / "scale.csv", ["frames", "run", *Cost._fields], rows)
    runs = [run for run in next(iter(costs.values())) if run != "overhead"]
    lines = {run: [of_size[run].cpu for of_size in costs.values()] for run in runs}
    (output / "scale.svg").write_text(growth_plot(list(costs), lines))


def limits_held(costs: dict[int, dict[str, Cost]]):
    """Say of each limit whether it holds at the full count of frames, where that was measured."""
    full = costs.get(frames_of(100), {})
    for run, what, limit in LIMITS if full else []:
        cost = getattr(full[run], what)
        yield verdict(cost <= limit, f"{run}: {cost:.1f} {what}, limit {limit}")


def growth_held(costs: dict[int, dict[str, Cost]]):
    """Say of each kind of run whether it grows faster than the number of frames.

    By CPU seconds, which others on the machine hardly change.
    """
    sizes = [frames_of(share) for share in (10, 100, 1000)]
    if not set(sizes) <= costs.keys():
        return
    for run in costs[sizes[0]]:
        if run == "overhead":  # has no CPU seconds of its own
            continue
        small, full, large = (costs[frames][run].cpu for frames in sizes)
        line = full + (full - small) * (sizes[2] - sizes[1]) / (sizes[1] - sizes[0])
        yield verdict(
            large <= LARGEST_GROWTH * line,
            f"{run}: {large:.1f} CPU seconds for ten times the full count, "
            f"{large / line:.2f} times the straight line, limit {LARGEST_GROWTH}",
        )


def verdict(held: bool, text: str) -> bool:
    print("PASS" if held else "FAIL", text)
    return held


def measure_size(folder: Path, percent: float, kinds: list[str], cores: int):
    """Each kind of run and its Cost, on a dataset of this share of the published frames."""
    make_raw_tree(folder, percent)
    settings = f"--config dataset=data kinds=[{','.join(kinds)}]".split()
    run = [*f"--cores {cores} --set-threads ground_truth=1".split(), *settings]
    yield "first dry run", best(folder, "--dry-run", "--cores", "1", *settings, says="Job stats")
    full = measure(folder, *run, says="(100%) done")
    yield "full run", full
    jobs = sum(job_seconds(path) for path in (folder / "benchmarks").rglob("*.tsv"))
    yield "overhead", Cost(full.seconds - jobs / cores, nan, nan)
    yield "nothing to do", best(folder, *run, says="Nothing to be done")
    edits = (edit_polygons(folder, run, shift) for shift in range(1, ROUNDS + 1))
    yield "one polygon file", min(edits)
    if not any("rainId" in kind for kind in kinds):
        return
    table = (CLONE / "config/labels.csv").read_text().replace("car,26,13,", "car,26,14,")
    (folder / "config").mkdir()
    (folder / "config/labels.csv").write_text(table)
    yield "one trainId", measure(folder, *run, says="(100%) done")


def frames_of_shards(percent: float) -> dict[str, int]:
    """Shard -> number of frames, at this share of the published numbers."""
    return {
        f"{kind}/{row['split']}/{row['city']}": max(1, round(int(row["frames"]) * percent / 100))
        for row in read_table(CLONE / "config/frames.tsv")
        for kind in TYPES[row["split"]]
    }


def frames_of(percent: float) -> int:
    return sum(frames_of_shards(percent).values())


def make_raw_tree(folder: Path, percent: float) -> None:
    """The polygon files of all cities."""
    stop_without_room(folder, files=frames_of(percent) * (2 + len(KINDS)))
    text = polygons(shift=0)
    for shard, count in frames_of_shards(percent).items():
        kind, _, city = shard.split("/")
        (folder / "data" / shard).mkdir(parents=True)
        for index in range(count):
            name = f"{city}_{index:06d}_000019_{kind}_polygons.json"
            (folder / "data" / shard / name).write_text(text)


def stop_without_room(folder: Path, files: int) -> None:
    """End before a file system is full; each file takes an inode and a block."""
    room = os.statvfs(folder)
    blocks = room.f_bavail * room.f_frsize // 4096
    if min(room.f_favail, blocks) < files:
        sys.exit(f"{folder}: {files} files of 4 kB do not fit; name another --folder")


def polygons(shift: int) -> str:
    box = [[2 + shift, 3], [9 + shift, 3], [9 + shift, 9], [2 + shift, 9]]
    objects = [{"label": "car", "polygon": box}]
    return json.dumps({"imgHeight": 16, "imgWidth": 32, "objects": objects})


def edit_polygons(folder: Path, run: list[str], shift: int) -> Cost:
    """A run after an edit of one polygon file."""
    edited = min((folder / "data" / EDITED).iterdir())
    edited.write_text(polygons(shift))
    return measure(folder, *run, says="(100%) done")


def best(folder: Path, *arguments: str, says: str) -> Cost:
    """The fastest of some runs that change nothing."""
    return min(measure(folder, *arguments, says=says) for _ in range(ROUNDS))


def measure(folder: Path, *arguments: str, says: str) -> Cost:
    """Run prepare_all, which must succeed and say `says`."""
    command = [sys.executable, "-m", "snakemake", "-s", CLONE / "Snakefile", *arguments]
    command += ["--", "prepare_all"]
    with open(folder / "output.txt", "w") as output:
        begin = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
    text = (folder / "output.txt").read_text()
    if status or says not in text:
        sys.exit(f"not as expected ({says}): {' '.join(map(str, command))}\n{text[-3000:]}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def job_seconds(path: Path) -> float:
    with open(path, newline="") as file:
        return float(next(csv.DictReader(file, delimiter="\t"))["s"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--percent", type=float, nargs="+", default=[1, 10, 100, 1000], help="of the frames"
    )
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="of file to make")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to work, in place of the temporary one")
    parser.add_argument("--output", type=Path, default=CLONE / "benchmarks", help="for the table")
    main(**vars(parser.parse_args()))

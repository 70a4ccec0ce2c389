"""How the workflow holds at the full count of frames: 28,473 in 71 shards, tiny images.

Makes a raw tree with the official number of frames in every city, runs prepare_all on it, and
prints what each kind of run costs. `--percent 1` makes every hundredth frame.
"""

import argparse
import csv
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]

# Frames per city, as published.
TRAIN = {
    "aachen": 174, "bochum": 96, "bremen": 316, "cologne": 154, "darmstadt": 85,
    "dusseldorf": 221, "erfurt": 109, "hamburg": 248, "hanover": 196, "jena": 119,
    "krefeld": 99, "monchengladbach": 94, "strasbourg": 365, "stuttgart": 196, "tubingen": 144,
    "ulm": 95, "weimar": 142, "zurich": 122,
}  # fmt: skip
VAL = {"frankfurt": 267, "lindau": 59, "munster": 174}
TEST = {
    "berlin": 544, "bielefeld": 181, "bonn": 46, "leverkusen": 58, "mainz": 298, "munich": 398,
}  # fmt: skip
EXTRA = {
    "augsburg": 1504, "bad-honnef": 97, "bamberg": 445, "bayreuth": 855, "dortmund": 1112,
    "dresden": 422, "duisburg": 825, "erlangen": 265, "freiburg": 847, "heidelberg": 1201,
    "heilbronn": 730, "karlsruhe": 1152, "konigswinter": 118, "konstanz": 1527, "mannheim": 1181,
    "muhlheim-ruhr": 1224, "nuremberg": 1485, "oberhausen": 903, "saarbrucken": 554,
    "schweinfurt": 710, "troisdorf": 138, "wuppertal": 1081, "wurzburg": 1622,
}  # fmt: skip
SPLITS = [
    ("gtFine/train", TRAIN),
    ("gtFine/val", VAL),
    ("gtFine/test", TEST),
    ("gtCoarse/train", TRAIN),
    ("gtCoarse/val", VAL),
    ("gtCoarse/train_extra", EXTRA),
]
LIMITS = {"seconds of a run with nothing to do": 3, "MB of a run with nothing to do": 300}


def main(percent: float, cores: int, keep: Path | None) -> None:
    folder = keep or Path(tempfile.mkdtemp(prefix="cityscapes-scale-"))
    frames = make_raw_tree(folder / "data", percent)
    print(f"{frames} frames in {sum(len(cities) for _, cities in SPLITS)} shards, {cores} cores\n")
    measure(folder, "dry run before anything is made", "--dry-run", "--cores", "1")
    full = measure(folder, "full run", "--cores", str(cores))
    jobs = sum(job_seconds(path) for path in (folder / "benchmarks").rglob("*.tsv"))
    print(f"{'  of it beside the jobs (overhead)':42} {full - jobs / cores:8.1f} s")
    for _ in range(3):
        measure(folder, "nothing to do", "--cores", str(cores))
    edited = next((folder / "data/gtFine/val/frankfurt").iterdir())
    edited.write_text(polygons(shift=5))
    measure(folder, "one edited polygon file", "--cores", str(cores))
    table = (CLONE / "config/labels.csv").read_text().replace("car,26,13,", "car,26,14,")
    (folder / "config").mkdir(exist_ok=True)
    (folder / "config/labels.csv").write_text(table)
    measure(folder, "one edited trainId", "--cores", str(cores))
    if keep is None:
        shutil.rmtree(folder)


def make_raw_tree(root: Path, percent: float) -> int:
    """The polygon files of all cities; the number of frames."""
    text = polygons(shift=0)
    frames = 0
    for split, cities in SPLITS:
        for city, count in cities.items():
            (root / split / city).mkdir(parents=True, exist_ok=True)
            for index in range(max(1, round(count * percent / 100))):
                name = f"{city}_{index:06d}_000019_{split.split('/')[0]}_polygons.json"
                (root / split / city / name).write_text(text)
                frames += 1
    return frames


def polygons(shift: int) -> str:
    box = [[2 + shift, 3], [9 + shift, 3], [9 + shift, 9], [2 + shift, 9]]
    objects = [{"label": "car", "polygon": box}]
    return json.dumps({"imgHeight": 16, "imgWidth": 32, "objects": objects})


def measure(folder: Path, what: str, *arguments: str) -> float:
    """Run prepare_all and print its wall time, and the memory of its largest process."""
    command = [sys.executable, "-m", "snakemake", "-s", CLONE / "Snakefile", *arguments]
    command += ["prepare_all", "--config", "dataset=data"]
    begin = time.monotonic()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = wait(process)
    seconds = time.monotonic() - begin
    if status:
        sys.exit(f"failed: {' '.join(map(str, command))} in {folder}")
    print(f"{what:42} {seconds:8.1f} s {usage.ru_maxrss / 1024:8.0f} MB", flush=True)
    return seconds


def wait(process: subprocess.Popen) -> tuple[int, int, resource.struct_rusage]:
    import os

    return os.wait4(process.pid, 0)


def job_seconds(path: Path) -> float:
    with open(path, newline="") as file:
        return float(next(csv.DictReader(file, delimiter="\t"))["s"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--percent", type=float, default=100, help="of the official frames")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder to work in and to keep")
    main(**vars(parser.parse_args()))

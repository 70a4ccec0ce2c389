"""Evaluation against the reference package, and against the mere decoding of the images.

Both sides score the same frames of the sample at 2048 x 1024, single-threaded, in this run. The
figures are CPU milliseconds a frame, from files to scores, without the start-up of Python. The
predictions are PNG files as this project writes them, and once more as Pillow does.
"""

import argparse
import cProfile
import json
import os
import pstats
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

CLONE = Path(__file__).resolve().parents[2]
REFERENCE = os.environ.get("CITYSCAPES_REFERENCE_PYTHON", CLONE / ".venv-reference/bin/python")
LABELS = CLONE / "config/labels.csv"
# Task -> at least so many times faster than the reference, at most so many times the decoding.
LIMITS = {
    "pixel": (9, 1),
    "pixel, Pillow": (7, 1.2),
    "instance, 30 masks": (5, 1.6),
    "instance, 100 masks": (10, 1.6),
    "panoptic": (8, 1),
    "panoptic, Pillow": (6, 1.2),
}
TWO_WORKERS = 1.8
# Functions whose share of the time is printed, with all that they call.
STEPS = {
    "read_grey": "label images",
    "read_panoptic_png": "pictures",
    "_read_mask": "masks",
    "joint_counts": "runs",
    "_areas": "areas",
    "_document": "JSON",
    "_count": "pixels below masks",
    "scores": "scores",
    "average_precision": "scores",
}
sys.path.insert(0, str(CLONE / "scripts"))

from cityscapes.evaluation.classes import class_numbers
from cityscapes.evaluation.counting import City, Truth, Work
from cityscapes.evaluation.instance import average_precision as instance_ap
from cityscapes.evaluation.instance.frames import text_work
from cityscapes.evaluation.panoptic import quality as panoptic_quality
from cityscapes.evaluation.panoptic.frames import panoptic_work
from cityscapes.evaluation.panoptic.json_file import read_panoptic_truth
from cityscapes.evaluation.panoptic.predictions import Reading
from cityscapes.evaluation.pixel import encoding as pixel_encoding
from cityscapes.evaluation.pixel import frames as pixel_frames
from cityscapes.evaluation.pixel import scores as pixel_scores
from cityscapes.incremental.tables import write_tracked
from cityscapes.jobs.memory import keep_freed_memory
from cityscapes.labels import read_labels

TABLE = read_labels(LABELS)


def main(frames: int, rounds: int) -> None:
    keep_freed_memory()
    cv2.setNumThreads(1)
    folder = Path(tempfile.mkdtemp(prefix="cityscapes-bench-"))
    count = prepare(folder, frames)
    tasks = {
        "pixel": lambda: pixel(folder, "pixel_good"),
        "pixel, Pillow": lambda: pixel(folder, "pixel_pillow"),
        "instance, 30 masks": lambda: instance(folder, "masks_30"),
        "instance, 100 masks": lambda: instance(folder, "masks_100"),
        "panoptic": lambda: panoptic(folder, "panoptic_good"),
        "panoptic, Pillow": lambda: panoptic(folder, "panoptic_pillow"),
    }
    print(f"{count} frames, best of {rounds} rounds, CPU ms a frame\n")
    print(f"{'':20}{'reference':>10}{'ours':>7}{'times faster':>20}"
          f"{'decoding':>10}{'ours / decoding':>20}")  # fmt: skip
    figures = {name: [] for name in tasks}
    for _ in range(rounds):
        theirs = reference_times(folder)
        for name, task in tasks.items():
            spent = (theirs[name], cpu(task), cpu(decode, files_of(name, folder)))
            figures[name].append([seconds / count * 1000 for seconds in spent])
    for name, (faster, most) in LIMITS.items():
        theirs, ours, decoding = np.min(figures[name], axis=0)
        print(f"{name:20}{theirs:10.1f}{ours:7.1f}"
              f"{theirs / ours:8.1f} >= {faster:<3} {verdict(theirs / ours >= faster)}"
              f"{decoding:10.1f}"
              f"{ours / decoding:8.2f} <= {most:<3} {verdict(ours / decoding <= most)}"
              )  # fmt: skip
    many, ratio = two_workers(folder)
    print(f"\npixel, {many} frames, two workers against one: "
          f"{ratio:.2f} x >= {TWO_WORKERS} {verdict(ratio >= TWO_WORKERS)}")  # fmt: skip
    print("\nwhere the time goes (profiled, which itself costs some):")
    for name, task in tasks.items():
        print(f"{name:20}  " + ", ".join(f"{what} {part:.0%}" for what, part in shares(task)))
    shutil.rmtree(folder)


def verdict(holds: bool) -> str:
    return "PASS" if holds else "FAIL"


def shares(task) -> list[tuple[str, float]]:
    """The steps of a task with their shares of its time, the largest first; then the rest."""
    with cProfile.Profile() as profile:
        task()
    stats = pstats.Stats(profile)
    found = {}
    for (_, _, function), (*_, seconds, _) in stats.stats.items():
        if function in STEPS:
            what = STEPS[function]
            found[what] = found.get(what, 0) + seconds / stats.total_tt
    most_first = sorted(found.items(), key=lambda item: -item[1])
    return [*most_first, ("the rest", 1 - sum(found.values()))]


def two_workers(folder: Path, frames: int = 800) -> tuple[int, float]:
    """How much faster two workers count a city of so many frames, links to the few there are."""
    images = {kind: truth(folder, kind) for kind in ("labelIds", "instanceIds")}
    predicted = {
        "_".join(path.name.split("_")[:3]): path
        for path in (folder / "predictions/pixel_good").glob("*/*.png")
    }
    city = folder / "many/gtFine/val/ulm"
    city.mkdir(parents=True)
    rows = []
    for index in range(frames):
        frame, name = list(predicted)[index % len(predicted)], f"ulm_{index:06d}_000019"
        rows.append({"frame": name, "city": "ulm", "path": predicted[frame]})
        for kind, paths in images.items():
            (city / f"{name}_gtFine_{kind}.png").symlink_to(paths[frame])
    write_tracked(folder / "many.tsv", ["frame", "city", "path"], rows, expected="0")
    walls = []
    for jobs in (1, 2):
        begin = time.monotonic()
        run("evaluation_counts.py", "--task", "pixel", "--predictions", folder,
            "--files", folder / "many.tsv", "--truth", folder / "many",
            "--dataset", folder / "many", "--split", "val", "--city", "ulm", "--labels", LABELS,
            "--manifest", folder / f"counts_{jobs}.jsonl",
            "--output", folder / f"counts_{jobs}.tsv", "--jobs", jobs)  # fmt: skip
        walls.append(time.monotonic() - begin)
    return frames, walls[0] / walls[1]


def prepare(folder: Path, frames: int) -> int:
    """Draw a sample, its ground truth and predictions; the number of frames of val."""
    run("sample.py", "--output", folder / "zip", "--labels", LABELS, "--frames", frames * 3,
        "--types", "gtFine", "--jobs", 2)  # fmt: skip
    run("unpack_package.py", "--package", folder / "zip/gtFine_trainvaltest.zip",
        "--dataset", folder / "data", "--manifest", folder / "unpacked.tsv")  # fmt: skip
    where = ("--dataset", folder / "data", "--results", folder / "results", "--labels", LABELS)
    tables = []
    for city in sorted((folder / "data/gtFine/val").iterdir()):
        tables.append(folder / f"results/tables/gtFine/val/{city.name}.panoptic.tsv")
        run("ground_truth.py", *where, "--shard", f"gtFine/val/{city.name}", "--kinds", "labelIds",
            "instanceIds", "panoptic", "--tables", tables[-1], "--jobs", 2)  # fmt: skip
    run("panoptic.py", *where, "--tables", *tables,
        "--output", folder / "results/gtFine/cityscapes_panoptic_val.json")  # fmt: skip
    run("sample_predictions.py", "--dataset", folder / "data", "--labels", LABELS,
        "--output", folder / "predictions", "--manifest", folder / "made.tsv",
        "--jobs", 2)  # fmt: skip
    for kind in ("pixel", "panoptic"):
        rewrite(folder / f"predictions/{kind}_good", folder / f"predictions/{kind}_pillow")
    images = truth(folder, "instanceIds")
    for masks in (30, 100):
        for frame, path in images.items():
            write_masks(folder / f"masks_{masks}", frame, path, masks)
    return len(images)


def rewrite(source: Path, target: Path) -> None:
    """A copy of predictions whose images Pillow has written."""
    shutil.copytree(source, target)
    for path in target.rglob("*.png"):
        Image.open(path).save(path)


def write_masks(folder: Path, frame: str, instance_ids: Path, number: int) -> None:
    """Predictions for a frame: its objects, moved by some pixels, over and over."""
    (folder / "masks").mkdir(parents=True, exist_ok=True)
    ids = cv2.imread(str(instance_ids), cv2.IMREAD_UNCHANGED)
    objects = [value for value in np.unique(ids).tolist() if value >= 24000]
    rng = np.random.default_rng(0)
    lines = []
    for index in range(number):
        value = objects[index % len(objects)]
        shift = rng.integers(-8, 9, size=2)
        mask = np.roll(ids == value, shift, axis=(0, 1)).astype(np.uint8) * 255
        name = f"masks/{frame}_{index}.png"
        cv2.imwrite(str(folder / name), mask)
        lines.append(f"{name} {value // 1000} {rng.random():.6f}\n")
    (folder / f"{frame}.txt").write_text("".join(lines))


def truth(folder: Path, kind: str) -> dict[str, Path]:
    """Frame -> its label image."""
    paths = sorted((folder / "results/gtFine/val").glob(f"*/*_{kind}.png"))
    return {"_".join(path.name.split("_")[:3]): path for path in paths}


def where(folder: Path, city: str) -> Truth:
    return Truth(folder / "results", folder / "data", "val", city, {})


def counted(work: list[Work]) -> list:
    return [one.count(*one.arguments) for one in work]


def pixel(folder: Path, predictions: str) -> None:
    frames, predicted = [], folder / "predictions" / predictions
    for city in sorted(predicted.iterdir()):
        files = {"_".join(path.name.split("_")[:3]): path for path in sorted(city.iterdir())}
        frames += counted(
            pixel_frames.work(City(predicted, files, files, where(folder, city.name), TABLE))
        )
    ids = [pixel_encoding.in_ids(np.array(counts.rows), "ids", TABLE) for counts in frames]
    pixel_scores.scores(ids, TABLE, pixel_scores.AVERAGE_SIZES)


def instance(folder: Path, name: str) -> None:
    frames = []
    for frame in truth(folder, "instanceIds"):
        files = {frame: folder / name / f"{frame}.txt"}
        of_city = where(folder, frame.split("_")[0])
        frames += counted(text_work(files, folder / name, of_city, class_numbers(TABLE, "ids")))
    instance_ap.average_precision(frames, TABLE)


def panoptic(folder: Path, predictions: str) -> None:
    name = "cityscapes_panoptic_val.json"
    gt = folder / "results/gtFine" / name
    frames = set(truth(folder, "instanceIds"))
    predicted = folder / "predictions" / predictions / name
    categories = read_panoptic_truth(gt).categories
    quality = [
        panoptic_quality.frame_quality(counts, categories)
        for counts in counted(
            panoptic_work(frames, gt, predicted, Reading(frames, TABLE, "ids"), {})
        )
    ]
    panoptic_quality.scores(sum(quality), categories)


def files_of(name: str, folder: Path) -> list[Path]:
    """The images that an evaluation cannot but decode."""
    kind, _, written = name.partition(", ")
    predictions = folder / "predictions" / (f"{kind}_pillow" if written else f"{kind}_good")
    if kind == "pixel":
        found = [*truth(folder, "labelIds").values(), *truth(folder, "instanceIds").values()]
        return found + list(predictions.rglob("*.png"))
    if kind == "panoptic":
        found = list((folder / "results/gtFine/cityscapes_panoptic_val").iterdir())
        return found + list(predictions.rglob("*.png"))
    masks = "masks_30" if "30" in name else "masks_100"
    return [*truth(folder, "instanceIds").values(), *(folder / masks / "masks").iterdir()]


def decode(files: list[Path]) -> None:
    for path in files:
        cv2.imdecode(np.fromfile(path, dtype=np.uint8), cv2.IMREAD_UNCHANGED)


def cpu(function, *arguments) -> float:
    begin = time.process_time()
    function(*arguments)
    return time.process_time() - begin


def reference_times(folder: Path) -> dict[str, float]:
    command = [REFERENCE, CLONE / "tests/bench/reference_times.py", folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def run(name: str, *arguments) -> None:
    command = [sys.executable, CLONE / "scripts" / name, *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=8, help="about so many of val")
    parser.add_argument("--rounds", type=int, default=3)
    main(**vars(parser.parse_args()))

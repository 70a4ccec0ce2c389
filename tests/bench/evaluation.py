"""Evaluation against the reference package, and against the mere decoding of the images.

Both sides score the same frames of the sample at 2048 x 1024, single-threaded, in this run. The
figures are CPU milliseconds a frame, from files to scores, without the start-up of Python.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

CLONE = Path(__file__).resolve().parents[2]
REFERENCE = CLONE / ".venv-reference/bin/python"
LABELS = CLONE / "config/labels.csv"
# Task -> at least so many times faster than the reference, at most so many times the decoding.
LIMITS = {
    "pixel": (4, 2),
    "instance, 30 masks": (5, 1.6),
    "instance, 100 masks": (10, 1.6),
    "panoptic": (6, 2),
}
sys.path.insert(0, str(CLONE / "scripts"))

from cityscapes import counting, instance_ap, panoptic_quality, pixel_encoding, pixel_scores
from cityscapes.labels import read_labels
from cityscapes.memory import keep_freed_memory
from cityscapes.panoptic_predictions import read_panoptic_truth

TABLE = read_labels(LABELS)


def main(frames: int, rounds: int) -> None:
    keep_freed_memory()
    cv2.setNumThreads(1)
    folder = Path(tempfile.mkdtemp(prefix="cityscapes-bench-"))
    count = prepare(folder, frames)
    tasks = {
        "pixel": lambda: pixel(folder),
        "instance, 30 masks": lambda: instance(folder, "masks_30"),
        "instance, 100 masks": lambda: instance(folder, "masks_100"),
        "panoptic": lambda: panoptic(folder),
    }
    print(f"{count} frames, best of {rounds} rounds, CPU ms a frame\n")
    print(f"{'':22}{'reference':>10}{'ours':>8}{'ratio':>8}{'limit':>7}"
          f"{'decoding':>10}{'ratio':>7}{'limit':>7}")  # fmt: skip
    times = [reference_times(folder) for _ in range(rounds)]
    for name, task in tasks.items():
        theirs = min(of[name] for of in times) / count * 1000
        ours = min(cpu(task) for _ in range(rounds)) / count * 1000
        decoding = min(cpu(decode, files_of(name, folder)) for _ in range(rounds)) / count * 1000
        faster, floor = LIMITS[name]
        print(f"{name:22}{theirs:10.1f}{ours:8.1f}{theirs / ours:8.1f}{'> ' + str(faster):>7}"
              f"{decoding:10.1f}{ours / decoding:7.2f}{'< ' + str(floor):>7}")  # fmt: skip
    many, ratio = two_workers(folder)
    print(f"\npixel, {many} frames, two workers against one: {ratio:.2f} x (at least 1.8)")
    shutil.rmtree(folder)


def two_workers(folder: Path, frames: int = 800) -> tuple[int, float]:
    """How much faster two workers count a city of so many frames, links to the few there are."""
    images = {kind: truth(folder, kind) for kind in ("labelIds", "instanceIds")}
    predicted = {
        "_".join(path.name.split("_")[:3]): path
        for path in (folder / "predictions/pixel_good").glob("*/*.png")
    }
    city = folder / "many/gtFine/val/ulm"
    city.mkdir(parents=True)
    lines = ["# expected=0", "frame\tpath"]
    for index in range(frames):
        frame, name = list(predicted)[index % len(predicted)], f"ulm_{index:06d}_000019"
        lines.append(f"{name}\t{predicted[frame]}")
        for kind, paths in images.items():
            (city / f"{name}_gtFine_{kind}.png").symlink_to(paths[frame])
    (folder / "many.tsv").write_text("\n".join(lines) + "\n")
    walls = []
    for jobs in (1, 2):
        begin = time.monotonic()
        run("evaluation_counts.py", "--task", "pixel", "--predictions", folder,
            "--files", folder / "many.tsv", "--truth", folder / "many", "--panoptic-truth", "none",
            "--dataset", folder / "many", "--split", "val", "--city", "ulm", "--labels", LABELS,
            "--output", folder / f"counts_{jobs}.tsv", "--jobs", jobs)  # fmt: skip
        walls.append(time.monotonic() - begin)
    return frames, walls[0] / walls[1]


def prepare(folder: Path, frames: int) -> int:
    """Draw a sample, its ground truth and predictions; the number of frames of val."""
    run("sample.py", "--output", folder / "zip", "--labels", LABELS, "--frames", frames * 3,
        "--types", "gtFine", "--jobs", 2)  # fmt: skip
    run("unpack_package.py", "--package", folder / "zip/gtFine_trainvaltest.zip",
        "--dataset", folder / "data", "--manifest", folder / "unpacked.tsv")  # fmt: skip
    manifests = []
    for city in sorted((folder / "data/gtFine/val").iterdir()):
        for kinds in (["labelIds", "instanceIds"], ["panoptic"]):
            manifest = folder / f"manifests/{city.name}.{kinds[-1]}.tsv"
            run("ground_truth.py", "--dataset", folder / "data", "--results", folder / "results",
                "--shard", f"gtFine/val/{city.name}", "--kinds", *kinds, "--labels", LABELS,
                "--manifest", manifest, "--jobs", 2)  # fmt: skip
        manifests.append(manifest)
    run("panoptic.py", "--manifests", *manifests, "--labels", LABELS,
        "--output", folder / "results/gtFine/cityscapes_panoptic_val.json")  # fmt: skip
    run("sample_predictions.py", "--dataset", folder / "data", "--labels", LABELS,
        "--output", folder / "predictions", "--manifest", folder / "made.tsv",
        "--jobs", 2)  # fmt: skip
    images = truth(folder, "instanceIds")
    for masks in (30, 100):
        for frame, path in images.items():
            write_masks(folder / f"masks_{masks}", frame, path, masks)
    return len(images)


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


def where(folder: Path, city: str) -> counting.Truth:
    return counting.Truth(folder / "results", folder / "data", "val", city)


def counted(work: list[counting.Work]) -> list:
    return [of.count(*of.arguments) for of in work]


def pixel(folder: Path) -> None:
    frames = []
    for city in sorted((folder / "predictions/pixel_good").iterdir()):
        files = {"_".join(path.name.split("_")[:3]): path for path in sorted(city.iterdir())}
        frames += counted(counting.pixel_work(files, where(folder, city.name)))
    ids = [pixel_encoding.in_ids(np.array(of), "ids", TABLE) for of in frames]
    pixel_scores.scores(ids, TABLE, pixel_scores.AVERAGE_SIZES)


def instance(folder: Path, name: str) -> None:
    frames = []
    for frame in truth(folder, "instanceIds"):
        files = {frame: folder / name / f"{frame}.txt"}
        of_city = where(folder, frame.split("_")[0])
        frames += counted(counting.text_work(files, folder / name, of_city, TABLE))
    instance_ap.average_precision(frames, TABLE)


def panoptic(folder: Path) -> None:
    name = "cityscapes_panoptic_val.json"
    gt = folder / "results/gtFine" / name
    frames = set(truth(folder, "instanceIds"))
    predicted = folder / "predictions/panoptic_good" / name
    categories = read_panoptic_truth(gt).categories
    quality = [
        panoptic_quality.frame_quality(of, categories)
        for of in counted(counting.panoptic_work(frames, gt, predicted, TABLE))
    ]
    panoptic_quality.scores(sum(quality), categories)


def files_of(name: str, folder: Path) -> list[Path]:
    """The images that an evaluation cannot but decode."""
    if name == "pixel":
        found = [*truth(folder, "labelIds").values(), *truth(folder, "instanceIds").values()]
        return found + list((folder / "predictions/pixel_good").glob("*/*.png"))
    if name == "panoptic":
        found = list((folder / "results/gtFine/cityscapes_panoptic_val").iterdir())
        pictures = folder / "predictions/panoptic_good/cityscapes_panoptic_val"
        return found + list(pictures.iterdir())
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

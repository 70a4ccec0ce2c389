"""A dataset of a few frames of 32 x 16 pixels, and the workflow run on it."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np

from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.labels import read_labels
from cityscapes.png import write as png

CLONE = Path(__file__).parent.parent


def blocks_of(page):
    """The blocks of commands of a page, by its path in the clone."""
    return re.findall(r"^```sh\n(.*?)^```", (CLONE / page).read_text(), re.M | re.S)


KINDS = ("labelIds", "instanceIds", "color", "labelTrainIds", "instanceTrainIds")
FRAMES = {
    "gtFine/train/aachen": [19, 20],
    "gtFine/val/frankfurt": [294, 576, 1016],
    "gtFine/val/lindau": [19],
    "gtFine/test/berlin": [19],
    "gtCoarse/train_extra/bad-honnef": [0, 30],
}


def make_dataset(root):
    """Write polygon files for `FRAMES`, and two raw types for the same frames."""
    for shard, numbers in FRAMES.items():
        for number in numbers:
            write_polygons(polygons_path(root, shard, number), shift=number % 7)
    for raw in ("leftImg8bit/val/frankfurt", "camera/val/frankfurt"):
        (root / raw).mkdir(parents=True)
    grey = png.encode(np.zeros((16, 32, 3), dtype=np.uint8))
    (root / "leftImg8bit/val/frankfurt/frankfurt_000000_000294_leftImg8bit.png").write_bytes(grey)


def make_packages(folder):
    """The dataset as zip files, in `folder`."""
    make_dataset(folder / "dataset")
    for kind, ending in (
        ("gtFine", "_trainvaltest"),
        ("gtCoarse", ""),
        ("leftImg8bit", "_trainvaltest"),
    ):
        with zipfile.ZipFile(folder / f"{kind}{ending}.zip", "w") as package:
            package.writestr("README", f"This is {kind}.")
            for path in sorted((folder / "dataset" / kind).rglob("*.*")):
                package.write(path, path.relative_to(folder / "dataset"))
    shutil.rmtree(folder / "dataset")


def copy_project(folder):
    """What git would check out, with what is edited: no environment and no results."""
    command = "git ls-files -z --cached --others --exclude-standard".split()
    listed = subprocess.run(command, cwd=CLONE, stdout=subprocess.PIPE, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (CLONE / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CLONE / name, folder / name)


def frame_name(shard, number):
    return f"{shard.split('/')[2]}_000000_{number:06d}"


def polygons_path(root, shard, number):
    kind = shard.split("/")[0]
    return root / shard / f"{frame_name(shard, number)}_{kind}_polygons.json"


def write_polygons(path, shift=0, label="car"):
    """A road, two cars, a group and a licence plate; `shift` moves the first car."""

    def box(left, top, right, bottom):
        return [[left, top], [right, top], [right, bottom], [left, bottom]]

    objects = [
        {"label": "road", "polygon": box(-3, 8, 40, 20)},
        {"label": label, "polygon": box(2 + shift, 6, 9 + shift, 12)},
        {"label": "car", "polygon": box(20, 7, 25, 11)},
        {"label": "persongroup", "polygon": box(28, 3, 30, 9)},
        {"label": "license plate", "polygon": box(22, 9, 23, 10)},
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"imgHeight": 16, "imgWidth": 32, "objects": objects}))


def stereo_paths(root, place, number):
    """The disparity image and the camera file of a frame; `place` is split/city."""
    name = f"{place.split('/')[1]}_000000_{number:06d}"
    return (
        root / "disparity" / place / f"{name}_disparity.png",
        root / "camera" / place / f"{name}_camera.json",
    )


def write_stereo(root, place, number, seed=0, fx=2262.52, baseline=0.209313):
    """Disparities of all sizes, 0 and 1 among them, and the camera of a frame."""
    disparity, camera = stereo_paths(root, place, number)
    image = np.random.default_rng([seed, number]).integers(0, 1 << 16, (16, 32), dtype=np.uint16)
    image[0, :8] = [0, 1, 2, 3, 400, 475, 500, 65535]
    record = {"intrinsic": {"fx": fx}, "extrinsic": {"baseline": baseline}}
    for path, data in ((disparity, png.encode(image)), (camera, json.dumps(record).encode())):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def write_released(root):
    """The label images that packages hold, beside the polygon files."""
    table = read_labels(CLONE / "config/labels.csv")
    for path in root.glob("gt*/*/*/*_polygons.json"):
        annotation = parse_annotation(path.read_bytes(), table)
        for kind in ("labelIds", "instanceIds", "color"):
            image = FrameImages(annotation, table, "released").image(kind)
            name = path.name.replace("_polygons.json", f"_{kind}.png")
            path.with_name(name).write_bytes(png.encode(image))


def write_prediction(folder, shard, number):
    """A pixel-level prediction for a frame: road everywhere, as a labelIds image."""
    folder.mkdir(parents=True, exist_ok=True)
    image = np.full((16, 32), 7, dtype=np.uint8)
    (folder / f"{frame_name(shard, number)}_pred.png").write_bytes(png.encode(image))


def snakemake(folder, *arguments, clone=CLONE, cores=2, background=False, **environment):
    """Run the workflow in a folder that holds the dataset `data`; the finished process.

    `cores=None` leaves their number to the profile.
    """
    command = [sys.executable, "-m", "snakemake", "-s", clone / "Snakefile"]
    command += ["--cores", str(cores)] if cores else []
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("CITYSCAPES")},
        **environment,
    }
    process = subprocess.Popen(
        [*command, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    if background:
        return process
    output, _ = process.communicate(timeout=300)
    return subprocess.CompletedProcess(command, process.returncode, output)


def succeed(folder, *arguments, **options):
    """Run the workflow; what it printed. Fails the test where the run fails."""
    done = snakemake(folder, *arguments, **options)
    assert done.returncode == 0, done.stdout
    return done.stdout


def refuse(folder, *arguments, **options):
    """Run the workflow, which must fail without a traceback of ours; what it printed."""
    done = snakemake(folder, *arguments, **options)
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    return done.stdout


def nothing_to_do(output):
    return "Nothing to be done" in output


def snapshot(folder):
    """Path below the results -> time of writing, for all but the workflow's own records.

    Exports are left out, which test_exports.py is about.
    """
    results = folder / "results"
    others = {"manifests", "tables", "annotations", "exports"}
    return {
        str(path.relative_to(results)): path.lstat().st_mtime_ns
        for path in results.rglob("*")
        if (path.is_file() or path.is_symlink()) and not others & set(path.parts)
    }


def changed(before, after):
    """Paths that were written, made or removed between two snapshots."""
    return {path for path in before | after if before.get(path) != after.get(path)}


def images_of(shard, number, kinds=KINDS):
    """The label images of a frame, below the results."""
    kind_of_shard = shard.split("/")[0]
    return {f"{shard}/{frame_name(shard, number)}_{kind_of_shard}_{kind}.png" for kind in kinds}


def panoptic_images_of(shard, number):
    """The panoptic images of a frame of gtFine, below the results."""
    split = shard.split("/")[1]
    name = f"{frame_name(shard, number)}_gtFine_panoptic.png"
    return {f"gtFine/cityscapes_panoptic_{split}{suffix}/{name}" for suffix in ("", "_trainId")}


def panoptic_json_of(*splits, suffixes=("", "_trainId")):
    """The panoptic JSON files of splits, below the results."""
    return {
        f"gtFine/cityscapes_panoptic_{split}{suffix}.json"
        for split in splits
        for suffix in suffixes
    }

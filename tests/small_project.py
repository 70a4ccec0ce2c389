"""A working directory with a dataset of three frames, two prediction sets, and its config.

What is looked at are files, output and exit codes; manifests are files like others.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import yaml

from cityscapes.png import write as png
from tiny import (
    CLONE,
    changed,
    frame_name,
    nothing_to_do,
    polygons_path,
    snakemake,
    succeed,
    write_polygons,
    write_prediction,
)

VAL = "gtFine/val/frankfurt"
SHARDS = {VAL: [294, 576], "gtFine/val/lindau": [19]}
EVERYTHING = ("prepare_all", "check_all", "evaluate_all")
MAKERS = (*EVERYTHING, "verify_release")
SETS = {
    "mine": {"task": "pixel", "path": "pixel"},
    "segments": {"task": "panoptic", "path": "panoptic/cityscapes_panoptic_val.json"},
}


def make_project(folder):
    """Write dataset, predictions and config."""
    for shard, numbers in SHARDS.items():
        for number in numbers:
            write_polygons(polygons_path(folder / "data", shard, number), shift=number % 7)
            write_prediction(folder / "pixel", shard, number)
    (folder / "data/camera/val/frankfurt").mkdir(parents=True)
    write_panoptic_predictions(folder / "panoptic")
    configure(folder)


def configure(folder, sets=SETS, **settings):
    """Write the config of a folder."""
    config = {
        "dataset": "data",
        "types": ["gtFine"],
        "splits": ["val"],
        "checks": {"image_size": [32, 16], "counts": "any"},
        "predictions": sets,
        **settings,
    }
    (folder / "config").mkdir(exist_ok=True)
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config))


def write_panoptic_predictions(folder):
    """Road in the lower half of every frame."""
    pictures = folder / "cityscapes_panoptic_val"
    pictures.mkdir(parents=True)
    image = np.zeros((16, 32, 3), dtype=np.uint8)
    image[8:, :, 0] = 7
    annotations = []
    for shard, numbers in SHARDS.items():
        for number in numbers:
            name = f"{frame_name(shard, number)}_pred.png"
            (pictures / name).write_bytes(png.encode(image))
            annotations.append(
                {
                    "image_id": frame_name(shard, number),
                    "file_name": name,
                    "segments_info": [{"id": 7, "category_id": 7}],
                }
            )
    document = {"annotations": annotations}
    (folder / "cityscapes_panoptic_val.json").write_text(json.dumps(document))


def edit_polygons(path, top=10):
    """Another upper edge of the road: all images, counts and scores change."""
    data = json.loads(path.read_text())
    (road,) = (thing for thing in data["objects"] if thing["label"] == "road")
    road["polygon"][0][1] = road["polygon"][1][1] = top
    path.write_text(json.dumps(data))


def edit_train_ids(folder):
    """A label table of the folder's own, in which cars have another trainId."""
    table = (CLONE / "config/labels.csv").read_text()
    edited = table.replace("car,26,13,", "car,26,14,")
    assert edited != table
    (folder / "config/labels.csv").write_text(edited)


def is_image_data(path):
    """Whether a path below the results is ground truth, or a link to a raw type."""
    others = {
        "manifests", "tables", "checks", "evaluation", "statistics", "report", "annotations",
        "exports", "submissions", "citypersons", "unedited",
    }  # fmt: skip
    return path.split("/")[0] not in others


def files_below(root):
    """Path -> (file type and mode, size, time of writing, link target) of all that is there."""
    found = {}
    for path in root.rglob("*"):
        status = path.lstat()
        target = os.readlink(path) if path.is_symlink() else ""
        found[str(path.relative_to(root))] = (
            *(status.st_mode, status.st_size if not path.is_dir() else 0),
            *(status.st_mtime_ns, target),
        )
    return found


def contents_below(root):
    """Path -> type and content (or link target) of all that is there; folders have none."""
    found = {}
    for path in [root, *root.rglob("*")]:
        if path.is_symlink():
            what = ("link", os.readlink(path))
        elif path.is_dir():
            what = ("folder", b"")
        else:
            what = ("file", path.read_bytes())
        found[str(path.relative_to(root))] = what
    return found


EXPORTS = ("annotations", "exports")


def times_of_images(folder, exports=False):
    """Path below the results -> time of writing, of ground truth, links to raw types, exports.

    Of JSON files and links the content: Snakemake tracks the former, which it removes before they
    are made again, be it with the same content; the latter say nothing but where they lead.
    """
    results = folder / "results"
    return {
        name: _time_or_content(path)
        for path in results.rglob("*")
        if is_image_data(name := str(path.relative_to(results)))
        or (exports and name.startswith(EXPORTS))
        if (path.is_symlink() or not path.is_dir())
    }


def _time_or_content(path):
    if path.is_symlink():
        return os.readlink(path)
    return path.read_bytes() if path.suffix == ".json" else path.stat().st_mtime_ns


def contents_of_images(folder):
    """Path below the results -> content, of ground truth and links to raw types."""
    return {
        path: what
        for path, what in contents_below(folder / "results").items()
        if is_image_data(path) and what[0] != "folder" and path != "."
    }


def tables(folder):
    """Path below the results -> content, of reports and scores."""
    results = folder / "results"
    return {
        str(path.relative_to(results)): path.read_bytes()
        for kind in ("checks", "evaluation")
        for path in (results / kind).rglob("*")
        if path.is_file()
    }


def dry_run(folder, *arguments):
    """Run without doing anything, and see to it that nothing was written.

    In .snakemake there may be empty folders, logs, and what Snakemake itself keeps of a dry run.
    """

    def listing():
        found = files_below(folder)
        hidden = {path for path in found if path.split("/")[0] == ".snakemake"}
        snakemakes = {
            path
            for path in hidden
            if (folder / path).is_dir() or path.split("/")[1] in ("iocache", "log")
        }
        return {path: what for path, what in found.items() if path not in snakemakes}

    before = listing()
    done = snakemake(folder, "--dry-run", *(arguments or EVERYTHING))
    assert listing() == before
    return done.stdout


def run(folder, *arguments):
    """Run everything: a dry run first, the run, and one more that must find nothing to do.

    The paths of ground truth and links that were written, made or removed.
    """
    dry_run(folder, *arguments)
    made = run_once(folder, *arguments)
    nothing_more(folder, *arguments)
    return made


def run_once(folder, *arguments):
    """Run everything, which must succeed; the paths of ground truth and links that it changed."""
    before = times_of_images(folder)
    output = succeed(folder, *(arguments or EVERYTHING))
    assert "Traceback" not in output
    return changed(before, times_of_images(folder))


def nothing_more(folder, *arguments):
    """Run everything: nothing may be left to do, nor be written."""
    before = times_of_images(folder)
    output = succeed(folder, *(arguments or EVERYTHING))
    assert nothing_to_do(output), output
    assert times_of_images(folder) == before


def fail(folder, *arguments):
    """Run everything, which must fail with a message and no traceback of ours; the output."""
    done = snakemake(folder, *(arguments or EVERYTHING))
    assert done.returncode != 0, done.stdout
    assert f'File "{CLONE}' not in done.stdout, done.stdout
    return done.stdout


def copy(folder, target):
    """A copy of a working directory, with all times."""
    shutil.copytree(folder, target, symlinks=True)
    return target


def run_as(prefix, folder, *arguments, **environment):
    """Run the workflow by way of another command, such as one that changes the user."""
    return subprocess.run(
        [
            *prefix,
            *(sys.executable, "-m", "snakemake", "-s", CLONE / "Snakefile", "--cores", "2"),
            *arguments,
        ],
        cwd=folder,
        env={
            **{
                key: value for key, value in os.environ.items() if not key.startswith("CITYSCAPES")
            },
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


def in_the_way(path, content="somebody's"):
    """Put a folder with a file in it where a file is to be written."""
    if path.is_symlink() or path.exists():
        path.unlink()
    path.mkdir(parents=True)
    (path / "mine").write_text(content)


def out_of_the_way(path):
    """Remove what `in_the_way` put there."""
    shutil.rmtree(path)


def log_of(folder, rule, part=""):
    """The log file of a job."""
    (path,) = (
        path
        for path in (folder / "logs").rglob("*.log")
        if rule in path.relative_to(folder / "logs").parts[0] and part in str(path)
    )
    return path


def image(number, kind, shard=VAL):
    """Path of a label image below the results."""
    return f"{shard}/{frame_name(shard, number)}_gtFine_{kind}.png"


def link(number, shard=VAL):
    """Path of a link to a polygon file below the results."""
    return str(polygons_path(Path(), shard, number))

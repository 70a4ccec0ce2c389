"""Where several machines share the results: who writes what, and what readers believe."""

import os
import shutil
import subprocess
import sys

import pytest

from cityscapes.ground_truth.kinds import (
    EXPORT_NAMES,
    FIRST_SOURCE,
    GROUPS,
    NAMES,
    derived_path,
    kinds_of,
)
from cityscapes.ground_truth.shard_records import manifest_path, table_path
from cityscapes.incremental.state import token
from cityscapes.incremental.tables import write_tracked
from cityscapes.layout import Shard
from tiny import (
    CLONE,
    FRAMES,
    frame_name,
    images_of,
    make_dataset,
    polygons_path,
    snapshot,
    write_polygons,
    write_prediction,
)

VAL = "gtFine/val/frankfurt"
LABELS = ["--labels", CLONE / "config/labels.csv"]


def start(folder, script, *arguments):
    """A script by hand, on the dataset and the results of a folder."""
    command = [sys.executable, CLONE / "scripts" / script, *LABELS]
    return subprocess.Popen([*command, *arguments], cwd=folder, stderr=subprocess.PIPE, text=True)


def run(folder, script, *arguments):
    """What a script said that must succeed."""
    process = start(folder, script, *arguments)
    _, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return said


def fail(folder, script, *arguments):
    """What a script said that must fail, without a traceback."""
    process = start(folder, script, *arguments)
    _, said = process.communicate(timeout=600)
    assert process.returncode == 1
    assert "Traceback" not in said
    return said


PAINTING = (
    *("ground_truth.py", "--dataset", "data", "--results", "results", "--shard", VAL, "--tables"),
    *(f"results/tables/{VAL}.{group}.tsv" for group in ("labels", "trainIds", "panoptic")),
)
JOINING = (
    *("panoptic.py", "--dataset", "data", "--results", "results"),
    *("--split", "val", "--output", "results/panoptic.json"),
    *("--tables", f"results/tables/{VAL}.panoptic.tsv"),
)
COUNTING = (
    *("evaluation_counts.py", "--task", "pixel", "--predictions", "mine", "--files", "files.tsv"),
    *("--truth", "results", "--split", "val", "--city", "frankfurt"),
    *("--truth-table", f"results/tables/{VAL}.labels.tsv", "--dataset", "data"),
    *("--manifest", "counts.jsonl", "--output", "counts.tsv"),
)


@pytest.fixture
def work(tmp_path):
    make_dataset(tmp_path / "data")
    return tmp_path


def test_two_jobs_never_write_one_file(tmp_path):
    files = []
    for shard_type in FIRST_SOURCE:
        for split, city in (("train", "ulm"), ("val", "ulm"), ("val", "bonn")):
            shard = Shard(shard_type, split, city)
            # The folders of Pascal VOC hold all splits: a frame of two splits is refused there.
            asked = [*NAMES, *(name for name in EXPORT_NAMES if not name.startswith("voc_"))]
            kinds = [kind for kind in kinds_of(shard_type, asked) if kind.ending]
            made = [derived_path(shard, f"{city}_000000_000019", kind.name) for kind in kinds]
            assert len(made) >= 1
            files += [tmp_path / path for path in made]
            files += [table_path(tmp_path, shard, group) for group in GROUPS]
            files.append(manifest_path(tmp_path, shard))
    assert len(files) == len({*files})


def test_a_job_that_runs_twice_at_once_makes_the_same(work):
    """As where the first run was given up for lost; the slower one may fail, but loses nothing."""
    for number in range(3000, 3100):
        write_polygons(polygons_path(work / "data", VAL, number))
    once = work / "once"
    once.mkdir()
    shutil.copytree(work / "data", once / "data")
    run(once, *PAINTING)
    both = [start(work, *PAINTING) for _ in range(2)]
    said = [process.communicate(timeout=600)[1] for process in both]
    assert 0 in [process.returncode for process in both], said
    assert "Traceback" not in "".join(said)
    last = run(work, *PAINTING)
    assert snapshot(work).keys() == snapshot(once).keys()
    for path in snapshot(once):
        assert (work / "results" / path).read_bytes() == (once / "results" / path).read_bytes()
    assert "0 files written, 0 orphans removed" in last
    assert not list(work.rglob("results/**/.*"))


def test_a_manifest_of_before_an_edit_is_not_believed(work):
    """As a node may still see it on a slow file system."""
    run(work, *PAINTING)
    run(work, *JOINING)
    for path in (work / "data" / VAL).iterdir():
        os.utime(path)  # other times are no edit
    run(work, *JOINING)
    made = (work / "results/panoptic.json").read_bytes()
    write_polygons(polygons_path(work / "data", VAL, 576), shift=6)
    said = fail(work, *JOINING)
    assert f"results/tables/{VAL}.panoptic.tsv: was not made from the raw files" in said
    assert (work / "results/panoptic.json").read_bytes() == made
    run(work, *PAINTING)
    run(work, *JOINING)


def test_label_images_that_are_not_as_their_manifest_says_are_not_scored(work):
    run(work, *PAINTING)
    for number in FRAMES[VAL]:
        write_prediction(work / "mine", VAL, number)
    names = [frame_name(VAL, number) for number in FRAMES[VAL]]
    rows = [
        {"frame": name, "city": "frankfurt", "path": f"mine/{name}_pred.png"} for name in names
    ]
    write_tracked(work / "files.tsv", ["frame", "city", "path"], rows)
    images = {
        number: work / "results" / image
        for number in FRAMES[VAL]
        for image in images_of(VAL, number, ["labelIds"])
    }
    # A whole image, but that of another frame: only its content tells.
    shutil.copy(images[294], images[576])
    said = fail(work, *COUNTING)
    assert "1 of 3 predictions for frankfurt are wrong" in said
    assert f"{images[576].relative_to(work)}: is not what was written there" in said
    run(work, *PAINTING)
    run(work, *COUNTING)


def test_a_token_stays_while_a_job_runs_and_changes_with_every_event():
    missing = [token("T", "all there", now) for now in ("one gone", "two gone")]
    assert missing[0] == missing[1] != "T"
    assert token("T", "all there", "all there") == "T"
    assert token("T", "all there", "touched", lambda: True) == "T"
    assert token(missing[0], "all there", "one gone") not in (missing[0], "T")

"""Edits take the place of polygon files in all that is made, and leave the scores as they are."""

import csv
import html
import os
import shutil
import subprocess
import sys
import time

import pytest
import yaml

from small_project import (
    EVERYTHING,
    SETS,
    SHARDS,
    VAL,
    configure,
    contents_of_images,
    edit_polygons,
    link,
    make_project,
    nothing_more,
    run,
    run_once,
    tables,
)
from tiny import (
    CLONE,
    frame_name,
    images_of,
    nothing_to_do,
    panoptic_images_of,
    panoptic_json_of,
    polygons_path,
    refuse,
    snakemake,
    succeed,
    write_polygons,
    write_released,
)
from viewer_project import write_masks

NEW = 999  # a frame of which the dataset has no annotation
NOTE = "not the benchmark's scores: 1 frame is compared with edits"
ALL = (*EVERYTHING, "statistics_all")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with sets of all tasks of label images, in which everything was made."""
    folder = tmp_path_factory.mktemp("edits")
    make_project(folder)
    for shard, numbers in SHARDS.items():
        for number in numbers:
            write_masks(folder / "masks", frame_name(shard, number))
    metrics = {"pixel": "boundary_f", "panoptic": "boundary_iou"}
    sets = {name: {**one, "metrics": [metrics[one["task"]]]} for name, one in SETS.items()}
    sets["masks"] = {"task": "instance", "path": "masks", "metrics": ["boundary_iou"]}
    configure(folder, sets)
    succeed(folder, *ALL)
    succeed(folder, "evaluate_coco")
    return folder


def edit_of(folder, number):
    return polygons_path(folder / "edits", VAL, number)


def write_edit(folder, number, top=11):
    """An edit of a frame of the dataset, or one of a frame without annotation there."""
    path, raw = edit_of(folder, number), polygons_path(folder / "data", VAL, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    if raw.exists():
        shutil.copy(raw, path)
        edit_polygons(path, top)
    else:
        write_polygons(path, shift=3)


def files_of(number):
    """All that is made of a frame."""
    return images_of(VAL, number) | panoptic_images_of(VAL, number) | {link(number)}


def scores(folder):
    return {path: data for path, data in tables(folder).items() if path.startswith("evaluation/")}


def looked_into(folder, rule, place):
    """What the logs of a job over frames say: frames, and those that it looked into."""
    logs = sorted((folder / "logs" / rule).glob(f"*/{place}.log"))
    assert logs
    lines = [line for log in logs for line in log.read_text().splitlines()]
    return {line.split(": ")[-1] for line in lines if "to update" in line}


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def evaluate(folder, **settings):
    config = yaml.safe_load((folder / "config/config.yaml").read_text())
    config["evaluation"] = settings
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config))


def test_edits_cost_their_frames_and_no_score_and_can_be_taken_back(work):
    images, before = contents_of_images(work), tables(work)
    write_edit(work, 294)
    write_edit(work, NEW)
    made = run(work, *ALL)
    assert made == files_of(294) | files_of(NEW) | panoptic_json_of("val")
    assert scores(work) == {path: before[path] for path in scores(work)}
    assert looked_into(work, "evaluation_counts", "frankfurt") == {"2 frames, 1 to update"}
    assert looked_into(work, "evaluation_counts", "lindau") == {"1 frames, 0 to update"}
    succeed(work, "evaluate_coco")
    assert tables(work)["evaluation/masks/coco.csv"] == before["evaluation/masks/coco.csv"]
    assert tables(work)["evaluation/masks/coco_classes.csv"]

    # What tells of them.
    notes = [
        row for row in rows_of(work / "results/checks/problems.csv") if row["severity"] == "note"
    ]
    assert [(row["check"], row["where"]) for row in notes] == [
        ("edited", str(edit_of(work, number).relative_to(work))) for number in (294, NEW)
    ]
    changes = rows_of(work / "results/statistics/gtFine_val/edits.csv")
    assert {(row["frame"], row["edit"]) for row in changes} == {
        (frame_name(VAL, 294), "yes"), (frame_name(VAL, NEW), "new"),
    }  # fmt: skip
    assert {(row["before"], row["now"]) for row in changes if row["edit"] == "yes"} == {
        ("road", "unlabeled")
    }
    summary = dict(csv.reader(open(work / "results/statistics/gtFine_val/summary.csv")))
    assert (summary["frames"], summary["edited frames"]) == ("4", "2")
    script = [sys.executable, CLONE / "scripts/summary.py", "--results", work / "results"]
    printed = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    assert "edited frames: 2 of gtFine/val" in printed

    # And back.
    shutil.rmtree(work / "edits")
    run(work, *ALL)
    succeed(work, "evaluate_coco")
    assert contents_of_images(work) == images
    assert tables(work) == before
    assert not list((work / "results/unedited").rglob("*.png"))
    assert not rows_of(work / "results/statistics/gtFine_val/edits.csv")


def test_a_frame_that_only_has_an_edit_is_prepared_and_not_scored(work):
    before = scores(work)
    write_edit(work, NEW)
    assert run(work, *EVERYTHING) == files_of(NEW) | panoptic_json_of("val")
    succeed(work, "evaluate_coco")
    assert scores(work) == before
    assert not (work / "results/unedited").exists()


def test_scores_against_edits_say_so_in_every_table(work):
    write_edit(work, 294)
    evaluate(work, edits=True)
    before = scores(work)
    run(work, *EVERYTHING)
    assert not (work / "results/unedited").exists()
    succeed(work, "evaluate_coco", "report_all")
    found = [path for path in (work / "results/evaluation").rglob("*.csv")]
    assert len(found) > 15
    for path in found:
        assert path.read_bytes() != before.get(str(path.relative_to(work / "results")))
        for row in rows_of(path):
            assert row["note"] == "not the benchmark's scores: 1 frame is compared with edits", (
                path
            )
    page = (work / "results/report/index.html").read_text()
    assert f"mine: {html.escape(NOTE)}" in page
    assert "gtFine val: 1 edited frame<" in page
    evaluate(work, edits=True, truth="released")
    assert "set `edits: false`, or `truth: prepared`" in refuse(work, "evaluate_all")


def test_an_edit_of_a_frame_that_cannot_be_painted_is_made_and_not_scored(work):
    write_edit(work, 294)
    polygons_path(work / "data", VAL, 294).write_text("{")
    output = refuse(work, "prepare_all", "evaluate_all")
    assert f"{frame_name(VAL, 294)} is edited, and cannot be scored" in output
    assert str(polygons_path(work / "data", VAL, 294).relative_to(work)) in output
    assert nothing_to_do(succeed(work, "prepare_all"))
    evaluate(work, edits=True)
    succeed(work, "evaluate_all")


def test_the_comparison_with_the_release_leaves_edited_frames_out(work):
    write_released(work / "data")
    write_edit(work, 294)
    output = succeed(work, "verify_release")
    assert "0 of 6 released images differ" in output
    assert "Left out: 1 edited frame." in output
    rows = rows_of(work / "results/checks/release_differences.csv")
    edited = [row for row in rows if row["status"] == "edited"]
    assert {row["frame"] for row in edited} == {frame_name(VAL, 294)} and len(edited) == 3
    shutil.rmtree(work / "edits")
    assert "0 of 9 released images differ" in succeed(work, "verify_release")


def test_problems_name_the_edit_that_is_wrong_and_all_else_is_made(work):
    write_edit(work, 576)
    edit_of(work, 294).write_text('{"imgHeight": 16, "imgWidth": 32, "objects": 1}')
    output = refuse(work, "prepare_all", "check_all")
    assert "edits/gtFine/val/frankfurt/frankfurt_000000_000294_gtFine_polygons.json: " in output
    rows = rows_of(work / "results/checks/problems.csv")
    (wrong,) = [row for row in rows if row["severity"] == "error"]
    assert wrong["where"] == str(edit_of(work, 294).relative_to(work))
    edit_of(work, 294).unlink()
    succeed(work, "prepare_all")
    assert (work / "results" / link(576)).samefile(edit_of(work, 576))


def test_one_image_that_is_asked_for_is_made_of_the_edit(work, tmp_path):
    write_edit(work, 294)
    name = f"results/{VAL}/{frame_name(VAL, 294)}_gtFine_labelIds.png"
    before = (work / name).read_bytes()
    succeed(work, name)
    assert (work / name).read_bytes() != before
    assert run_once(work, "prepare_all") >= files_of(294) - {name.removeprefix("results/")}


def test_clean_leaves_edits_alone(work):
    write_edit(work, 294)
    succeed(work, *ALL)
    there = edit_of(work, 294).read_bytes()
    succeed(work, "clean")
    assert not [path for path in (work / "results").rglob("*") if path.is_file()]
    assert edit_of(work, 294).read_bytes() == there


@pytest.mark.parametrize("folder", ["data/edits", "results/edits", "data"])
def test_a_folder_of_edits_in_dataset_or_results_is_refused(work, folder):
    output = refuse(work, "prepare_all", "--config", f"edits={folder}")
    assert "name another folder as `edits` in the config" in output
    assert nothing_to_do(succeed(work, "prepare_all"))


# In the job alone: what it opens is held up until the test has saved an edit.
HELD_UP = """
import os, sys, time

def hold_up(event, arguments):
    if event == "open" and str(arguments[0]).endswith({name!r}) and not there:
        there.append(1)
        open({marker!r}, "w").close()
        while os.path.exists({marker!r}):
            time.sleep(0.01)

there = []
if any("ground_truth.py" in text for text in sys.orig_argv):
    sys.addaudithook(hold_up)
"""


@pytest.mark.parametrize(
    "name", ["frankfurt_000000_000294_gtFine_polygons.json", ".frankfurt.jsonl.journal"]
)
def test_an_edit_saved_while_a_job_is_at_it_is_not_lost(work, tmp_path, name):
    # Held up before the edit is read, and when it was painted, but nothing of it is noted yet.
    write_edit(work, 294, top=9)
    (tmp_path / "slow").mkdir()
    marker = tmp_path / "slow/marker"
    text = HELD_UP.format(name=name, marker=str(marker))
    (tmp_path / "slow/sitecustomize.py").write_text(text)
    running = snakemake(work, "prepare_all", background=True, PYTHONPATH=str(tmp_path / "slow"))
    while not marker.exists():
        assert running.poll() is None, running.stdout.read()
        time.sleep(0.01)
    write_edit(work, 294, top=12)
    marker.unlink()
    output, _ = running.communicate(timeout=600)
    assert running.returncode == 0, output
    succeed(work, "prepare_all")
    nothing_more(work, "prepare_all")
    found = contents_of_images(work)
    shutil.rmtree(work / "results")
    shutil.rmtree(work / ".snakemake")
    succeed(work, "prepare_all")
    assert contents_of_images(work) == found
    assert os.path.samefile(work / "results" / link(294), edit_of(work, 294))

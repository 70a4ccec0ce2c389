"""What a user's mistakes lead to: one clear error, nothing lost, and the rest still made."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tiny import (
    CLONE,
    FRAMES,
    changed,
    frame_name,
    images_of,
    make_dataset,
    nothing_to_do,
    polygons_path,
    refuse,
    snakemake,
    snapshot,
    succeed,
    write_polygons,
    write_prediction,
)

VAL = "gtFine/val/frankfurt"
OURS = ["--config", "dataset=data"]


@pytest.fixture
def work(tmp_path):
    make_dataset(tmp_path / "data")
    return tmp_path


def test_all_bad_frames_are_listed_and_the_good_ones_made(work):
    first, second, third = (polygons_path(work / "data", VAL, number) for number in FRAMES[VAL])
    write_polygons(first, label="caar")
    second.write_text(second.read_text()[:-20])
    strange = third.with_name("_gtFine_polygons.json")
    strange.write_text(third.read_text())

    output = refuse(work, "prepare_all", *OURS)
    assert "3 frames of gtFine/val could not be made; all others are prepared" in output
    for line in (
        f"{first.relative_to(work)}: object 1: label 'caar' is not in the label table",
        f"{second.relative_to(work)}: not JSON",
        f"{strange.relative_to(work)}: it is not the name of a frame's file",
    ):
        assert output.count(line) == 1
    made = snapshot(work)
    assert images_of(VAL, 1016) <= made.keys()
    assert images_of("gtFine/val/lindau", 19) <= made.keys()
    assert not images_of(VAL, 294) & made.keys()
    assert "gtFine/cityscapes_panoptic_val.json" not in made
    assert "gtFine/cityscapes_panoptic_train.json" in made

    # They are looked into again each time, and nothing else is.
    again = refuse(work, "prepare_all", *OURS)
    assert f"{second.relative_to(work)}: not JSON" in again
    log = (work / f"logs/ground_truth/{VAL}.log").read_text()
    assert f"3 of 4 frames of {VAL} are wrong" in log
    assert "3 frames, 2 to update" in log
    assert snapshot(work) == made

    write_polygons(first)
    write_polygons(second)
    strange.unlink()
    succeed(work, "prepare_all", *OURS)
    after = snapshot(work)
    assert images_of(VAL, 294) | images_of(VAL, 576) <= after.keys()
    assert not changed(made, after) & (images_of(VAL, 1016) | images_of("gtFine/val/lindau", 19))
    assert nothing_to_do(succeed(work, "prepare_all", *OURS))


def test_a_bad_file_that_is_removed_leaves_nothing_wrong(work):
    bad = polygons_path(work / "data", VAL, 3000)
    write_polygons(bad, label="caar")
    assert "1 frame of gtFine/val could not be made" in refuse(work, "prepare_all", *OURS)
    bad.unlink()
    succeed(work, "prepare_all", *OURS)
    assert "gtFine/cityscapes_panoptic_val.json" in snapshot(work)
    assert nothing_to_do(succeed(work, "prepare_all", *OURS))


def test_a_frame_that_breaks_later_keeps_its_files_until_it_is_mended(work):
    succeed(work, "prepare_all", *OURS)
    made = snapshot(work)
    polygons_path(work / "data", VAL, 576).write_text("")
    assert "the file is empty" in refuse(work, "prepare_all", *OURS)
    assert not changed(made, snapshot(work))
    assert "the file is empty" in refuse(work, "verify_release", *OURS)
    predictions = ["predictions={mine: {task: pixel, path: predictions}}"]
    for number in FRAMES[VAL]:
        write_prediction(work / "predictions", VAL, number)
    write_prediction(work / "predictions", "gtFine/val/lindau", 19)
    assert "the file is empty" in refuse(work, "evaluate_all", *OURS, *predictions)
    assert not (work / "results/evaluation").exists()
    images = {path for path in changed(made, snapshot(work)) if not path.startswith("checks")}
    assert not images

    write_polygons(polygons_path(work / "data", VAL, 576), shift=576 % 7)
    succeed(work, "evaluate_all", *OURS, *predictions)
    succeed(work, "prepare_all", *OURS)
    assert images_of(VAL, 576) <= made.keys()
    assert nothing_to_do(succeed(work, "prepare_all", *OURS))


def test_a_file_without_read_permission_is_named(work):
    path = polygons_path(work / "data", VAL, 576)
    path.chmod(0o000)
    output = paint_with_permissions(work)
    assert f"{path.relative_to(work)}: cannot be read: Permission denied" in output
    assert images_of(VAL, 294, ["color"]) <= snapshot(work).keys()


def test_results_without_write_permission_are_named(work):
    (work / "results").mkdir()
    (work / "results").chmod(0o555)
    assert "results/manifests: Permission denied" in paint_with_permissions(work)
    assert not snapshot(work)


@pytest.fixture
def read_only():
    """Takes a folder, from then on read-only; skipped where root's power cannot be limited."""
    closed = []

    def close(folder):
        if os.geteuid() != 0:
            folder.chmod(0o555)
            closed.append(["chmod", "755", folder])
            return
        bind = ["mount", "--bind", folder, folder]
        if subprocess.run(bind, capture_output=True, check=False).returncode:
            pytest.skip("root, whom permissions do not stop, and nothing can be mounted here")
        closed.append(["umount", "-l", folder])
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)

    def reopen():
        while closed:
            subprocess.run(closed.pop(), check=True)

    close.reopen = reopen
    yield close
    reopen()


def test_read_only_results_are_named_and_stay_as_they_are(work, read_only):
    succeed(work, "prepare_all", *OURS)
    made = snapshot(work)
    read_only(work / "results")
    assert nothing_to_do(succeed(work, "prepare_all", *OURS))
    write_polygons(polygons_path(work / "data", VAL, 576), shift=6)
    output = refuse(work, "prepare_all", *OURS)
    assert f"{work / 'results'} cannot be written to" in output
    assert "affected files:\n        results/" in output
    read_only.reopen()
    assert snapshot(work) == made
    succeed(work, "prepare_all", *OURS)
    assert images_of(VAL, 576) <= changed(made, snapshot(work))
    assert nothing_to_do(succeed(work, "prepare_all", *OURS))


def paint_with_permissions(folder):
    """Paint a shard by hand, as one whom permissions stop; what it printed. It must fail."""
    command = [
        *(sys.executable, CLONE / "scripts/ground_truth.py", "--dataset", "data"),
        *("--results", "results", "--shard", VAL, "--kinds", "color", "--jobs", "1"),
        *("--labels", CLONE / "config/labels.csv"),
    ]
    if os.geteuid() == 0:  # permissions do not stop root, unless this is taken away
        no_override = "--bounding-set=-dac_override,-dac_read_search"
        command = ["setpriv", "--inh-caps=-all", no_override, *command]
    done = subprocess.run(command, cwd=folder, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 700 kB; skipped where it cannot be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=700k", "none", folder]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here (that needs root)")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_loses_nothing(small_disk, tmp_path):
    make_dataset(tmp_path / "data")
    for number in range(3000, 3100):
        write_polygons(polygons_path(tmp_path / "data", VAL, number))
    dataset = ["--config", f"dataset={tmp_path / 'data'}"]
    # Snakemake's own log lies on the same disk; that it cannot be written may show as a traceback.
    done = snakemake(small_disk, "prepare_all", "--cores", "1", *dataset)
    assert done.returncode != 0
    assert f'File "{CLONE / "scripts"}' not in done.stdout
    assert "No space left on device" in done.stdout
    made = snapshot(small_disk)
    assert made
    subprocess.run(["mount", "-o", "remount,size=100m", small_disk], check=True)
    snakemake(small_disk, "--unlock", *dataset)
    succeed(small_disk, "prepare_all", *dataset)
    after = snapshot(small_disk)
    assert images_of(VAL, 3099) <= after.keys()
    kept = [path for path in made if after[path] == made[path]]
    assert len(kept) > len(made) / 2
    assert nothing_to_do(succeed(small_disk, "prepare_all", *dataset))


def test_a_root_without_frames_says_what_lies_there(tmp_path):
    make_dataset(tmp_path / "packages/cityscapes")
    output = refuse(tmp_path, "prepare_all", "--config", "dataset=packages")
    assert "dataset packages: no frames found. Searched packages/{gtFine,gtCoarse}/" in output
    assert "found cityscapes. Is the dataset root packages/cityscapes?" in output


def test_a_root_that_is_missing_is_named(tmp_path):
    output = refuse(tmp_path, "prepare_all", "--config", "dataset=nowhere")
    assert "dataset nowhere: no such folder" in output


def test_the_results_are_no_dataset_of_their_own(work):
    succeed(work, "prepare_all", *OURS)
    output = refuse(work, "prepare_all", CITYSCAPES_DATASET="results")
    results = work / "results"
    assert f"the dataset results ({results}) is the folder of the results results" in output


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("kind=[color]", "'kind' was unexpected"),
        ("kinds=[colour]", "'colour' is not one of"),
        ("fill=even-odd", "'even-odd' is not one of"),
        ("splits=val", "'val' is not of type 'array'"),
        ("checks={counts: all}", "checks: counts: 'all' is not one of"),
        ("predictions={comparison.csv: {task: pixel, path: x}}", "comparison.csv' does not match"),
        ("predictions={'{set}': {task: pixel, path: x}}", "{set}' does not match"),
        ("labels=none.csv", "none.csv: cannot be read as a label table"),
    ],
)
def test_wrong_settings_are_named(work, setting, message):
    assert message in refuse(work, "prepare_all", *OURS, setting)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            r'dataset: "a\0b"',
            r"'a\x00b' is in the config or environment, but no path can contain NUL",
        ),
        (
            r'labels: "a\0b"',
            r"'a\x00b' is in the config or environment, but no path can contain NUL",
        ),
        (r'site: "https://a\0b"', r"'https://a\x00b' does not match"),
    ],
)
def test_texts_that_no_command_can_be_given_are_named(work, line, message):
    (work / "config").mkdir()
    (work / "config/config.yaml").write_text(
        line if "dataset" in line else f"{line}\ndataset: data"
    )
    assert message in refuse(work, "prepare_all")


def test_two_panoptic_files_of_one_name_are_named(work):
    for folder in ("a", "b"):
        (work / "predictions" / folder).mkdir(parents=True)
        (work / "predictions" / folder / "cityscapes_panoptic_val.json").touch()
    output = refuse(work, "evaluate_all", *OURS, CITYSCAPES_RESULTS="predictions")
    first, second = (f"predictions/{folder}/cityscapes_panoptic_val.json" for folder in "ab")
    assert f"{second} has the name of {first}" in output


def test_folders_named_like_a_flag(work):
    (work / "data").rename(work / "-rf")
    succeed(work, "prepare_all", "--config", "dataset=-rf")
    assert images_of(VAL, 294) <= snapshot(work).keys()


def test_a_wrong_label_table_is_refused_as_a_whole(work):
    table = (CLONE / "config/labels.csv").read_text()
    table = table.replace("car,26,13,", "car,26,300,").replace("bus,28,", "bus,27,")
    (work / "labels.csv").write_text(table)
    output = refuse(work, "prepare_all", *OURS, "labels=labels.csv")
    assert "labels.csv: the label table is wrong:" in output
    assert "line 28: trainId is 300, not 0 to 255" in output
    assert "line 30: id 27 is already that of line 29" in output


def test_results_without_their_records_are_compared_with_their_manifests(work):
    succeed(work, "prepare_all", *OURS)
    made = snapshot(work)
    for record in (work / ".snakemake/metadata").iterdir():
        record.unlink()
    write_polygons(polygons_path(work / "data", VAL, 576), shift=6)
    assert "localrule records:" in succeed(work, "prepare_all", *OURS)
    assert images_of(VAL, 576) <= changed(made, snapshot(work))
    assert not images_of(VAL, 294) & changed(made, snapshot(work))
    assert nothing_to_do(succeed(work, "prepare_all", *OURS))


def test_results_of_the_sample_and_of_a_dataset_are_not_mixed(work):
    succeed(work, "prepare_all", *OURS)
    made = snapshot(work)
    output = refuse(work, "prepare_all")
    assert "results/ was made from data, and the dataset now is the sample" in output
    assert snapshot(work) == made
    succeed(work, "clean")
    (work / "config").mkdir()
    (work / "config/config.yaml").write_text("sample: {frames: 8, width: 64, height: 32}\n")
    succeed(work, "prepare_all")


def test_a_file_name_that_is_no_text_is_listed(work):
    strange = os.fsencode(work / "data" / VAL) + b"/frankf\xff_gtFine_polygons.json"
    with open(strange, "w") as file:
        file.write("{}")
    assert "it is not the name of a frame's file" in refuse(work, "prepare_all", *OURS)
    assert images_of(VAL, 294) <= snapshot(work).keys()


def test_absurd_numbers_do_not_stop_the_good_frames(work):
    path = polygons_path(work / "data", VAL, 576)
    path.write_text(path.read_text().replace("[20, 7]", f"[{'9' * 5000}, 7]"))
    assert (
        f"{path.relative_to(work)}: JSON that cannot be read: a whole number of 5000 digits"
        in refuse(work, "prepare_all", *OURS)
    )
    assert images_of(VAL, 294) <= snapshot(work).keys()


def test_something_in_the_way_of_a_link_is_named(work):
    (work / "results/camera").mkdir(parents=True)
    output = refuse(work, "prepare_all", *OURS)
    assert (
        "these files have the names of links to the dataset; move them away and run again:"
        in output
    )
    assert "results/camera" in output


def test_verify_release_names_what_differs(work):
    succeed(work, "prepare_all", *OURS)
    for path in images_of(VAL, 294, ["labelIds", "color"]):
        shutil.copy(work / "results" / path, work / "data" / path)
    output = succeed(work, "verify_release", *OURS)
    assert "0 of 2 released images differ (0 of 1024 pixels)" in output
    output = refuse(work, "verify_release", *OURS, "kinds=[labelTrainIds]")
    assert "verify_release: nothing to compare" in output
    succeed(work, "prepare_all", *OURS)

    write_polygons(polygons_path(work / "data", VAL, 294), shift=9)
    (work / "data" / VAL / f"{frame_name(VAL, 576)}_gtFine_color.png").write_bytes(b"no image")
    output = refuse(work, "verify_release", *OURS)
    assert "verify_release: 3 of 3 released images differ" in output
    table = (work / "results/checks/release_differences.csv").read_text()
    assert f"{frame_name(VAL, 294)},labelIds,differs," in table
    assert f"{frame_name(VAL, 576)},color,unreadable,," in table
    assert f"{frame_name(VAL, 1016)},color,not released,," in table


ZIGZAG = [[x % 2048, x % 2 * 1024] for x in range(20_000)]


@pytest.mark.parametrize(
    ("height", "objects", "message"),
    [
        (0, [], "imgHeight is 0, not a whole number from 1 to 32768"),
        (
            1024,
            [{"label": "car", "polygon": ZIGZAG}],
            "the outlines of all objects have 20,000 points and cut the rows of the image "
            "20,480,000 times, at most 8,388,608 can be painted",
        ),
    ],
)
def test_a_script_by_hand_says_what_is_wrong(tmp_path, height, objects, message):
    polygons = polygons_path(tmp_path / "data", "gtFine/train/aachen", 19)
    polygons.parent.mkdir(parents=True)
    document = {"imgWidth": 2048, "imgHeight": height, "objects": objects}
    polygons.write_text(json.dumps(document))
    done = subprocess.run(
        [
            *(sys.executable, CLONE / "scripts/frame_image.py", "--dataset", tmp_path / "data"),
            *("--results", tmp_path / "results", "--shard", "gtFine/train/aachen"),
            *("--frame", "aachen_000000_000019", "--kind", "color"),
            *("--labels", CLONE / "config/labels.csv"),
        ],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1] == f"ERROR {polygons}: {message}"


@pytest.mark.parametrize(
    "script", sorted(Path(CLONE, "scripts").glob("*.py")), ids=lambda p: p.name
)
def test_every_script_explains_itself(script):
    done = subprocess.run([sys.executable, script, "--help"], capture_output=True, check=True)
    assert b"usage:" in done.stdout

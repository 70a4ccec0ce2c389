"""What a run re-makes after each event in the life of a working directory, and what it leaves.

Every event is followed by a dry run (which writes nothing), a run, and one more run that must find
nothing to do.
"""

import json
import os
import random
import shutil
import signal
import time
import zipfile

import numpy as np
import pytest

from cityscapes.png import write as png
from small_project import (
    EVERYTHING,
    SHARDS,
    VAL,
    configure,
    contents_of_images,
    dry_run,
    edit_polygons,
    edit_train_ids,
    fail,
    image,
    in_the_way,
    link,
    log_of,
    nothing_more,
    out_of_the_way,
    run,
    run_once,
    tables,
    times_of_images,
)
from tiny import (
    frame_name,
    images_of,
    nothing_to_do,
    panoptic_images_of,
    panoptic_json_of,
    polygons_path,
    snakemake,
    succeed,
    write_polygons,
    write_prediction,
    write_released,
)

JSONS = panoptic_json_of("val")


@pytest.fixture(scope="session")
def all_bytes(made):
    """The contents of all images and tables, by path."""
    return contents_of_images(made) | tables(made)


def bytes_of(folder):
    return contents_of_images(folder) | tables(folder)


def raw(folder, number, shard=VAL):
    return polygons_path(folder / "data", shard, number)


def files_of(number, shard=VAL):
    """All images that are made of a frame."""
    return images_of(shard, number) | panoptic_images_of(shard, number)


def without_links(paths):
    """Whether a link to a file with another content is made again is left open."""
    return {path for path in paths if not path.endswith("_polygons.json")}


# What changes nothing


def test_fresh_results_are_complete_and_a_second_run_does_nothing(made):
    expected = {"camera"} | JSONS
    for shard, numbers in SHARDS.items():
        for number in numbers:
            expected |= files_of(number, shard) | {link(number, shard)}
    assert times_of_images(made).keys() == expected
    assert nothing_to_do(dry_run(made))
    nothing_more(made)


def test_touched_files_re_make_nothing(work, all_bytes):
    touched = [raw(work, 294), work / "pixel" / f"{frame_name(VAL, 294)}_pred.png"]
    touched += [work / "results" / image(576, kind) for kind in ("labelIds", "labelTrainIds")]
    touched += [work / "results" / path for path in panoptic_images_of(VAL, 294) | JSONS]
    for path in touched:
        os.utime(path)
    assert run(work) == set()
    assert bytes_of(work) == all_bytes


def test_moved_as_a_whole_nothing_is_to_be_done(work):
    moved = work.with_name("moved")
    work.rename(moved)
    nothing_more(moved)


@pytest.mark.parametrize("records", [True, False], ids=["with records", "without records"])
def test_a_copy_without_times_makes_no_image(work, all_bytes, records):
    folder = work.with_name("copy")
    shutil.copytree(work, folder, symlinks=True, copy_function=shutil.copy)
    if not records:
        shutil.rmtree(folder / ".snakemake")
    assert run(folder, *(EVERYTHING if records else ["prepare_all"])) == set()
    assert bytes_of(folder) == all_bytes


# Edits


def test_an_edited_polygon_file_costs_its_frame(work, all_bytes):
    edit_polygons(raw(work, 576))
    assert without_links(run(work)) == files_of(576) | JSONS
    after = bytes_of(work)
    different = {path for path in after if after[path] != all_bytes[path]}
    assert {"evaluation/mine/images.csv", "evaluation/segments/images.csv"} <= different
    assert image(576, "labelIds") in different
    assert not different & files_of(294)


def test_deleted_files_are_made_again_each_time(work, all_bytes):
    deleted = {image(294, "labelIds"), image(576, "labelTrainIds"), link(294), "camera"}
    deleted |= panoptic_images_of("gtFine/val/lindau", 19) | panoptic_json_of("val", suffixes=[""])
    for path in deleted:
        (work / "results" / path).unlink()
    assert run(work) == deleted
    # The same damage a second time is noticed a second time.
    for path in deleted:
        (work / "results" / path).unlink()
    assert run_once(work, "prepare_all") == deleted
    assert bytes_of(work) == all_bytes


def test_edited_train_ids_re_make_what_shows_them(work, all_bytes):
    edit_train_ids(work)
    expected = panoptic_json_of("val", suffixes=["_trainId"])
    for shard, numbers in SHARDS.items():
        for number in numbers:
            expected |= images_of(shard, number, ["labelTrainIds", "instanceTrainIds"])
    assert run(work) == expected
    after = bytes_of(work)
    assert {path for path in after if after[path] != all_bytes[path]} == expected


def test_frames_added_and_removed_end_as_if_made_at_once(work, tmp_path):
    shard = "gtFine/val/munster"
    write_polygons(raw(work, 19, shard))
    write_prediction(work / "pixel", shard, 19)
    raw(work, 294).unlink()
    (work / "pixel" / f"{frame_name(VAL, 294)}_pred.png").unlink()
    panoptic = work / "panoptic/cityscapes_panoptic_val.json"
    document = json.loads(panoptic.read_text())
    document["annotations"][0] |= {"image_id": frame_name(shard, 19)}
    panoptic.write_text(json.dumps(document))
    expected = files_of(294) | {link(294)} | files_of(19, shard) | {link(19, shard)} | JSONS
    assert run_once(work) == expected
    nothing_more(work)

    fresh = tmp_path / "fresh"
    fresh.mkdir()
    for name in ("data", "pixel", "panoptic", "config"):
        shutil.copytree(work / name, fresh / name)
    succeed(fresh, *EVERYTHING)
    assert bytes_of(work) == bytes_of(fresh)


def test_two_files_asked_for_by_name_and_then_all(work):
    edit_polygons(raw(work, 576))
    targets = ["results/gtFine/cityscapes_panoptic_val.json", "results/evaluation/mine/images.csv"]
    before = tables(work)
    first = run(work, *targets)
    assert panoptic_images_of(VAL, 576) | {"gtFine/cityscapes_panoptic_val.json"} <= first
    assert tables(work)["evaluation/mine/images.csv"] != before["evaluation/mine/images.csv"]
    then = run(work)
    assert without_links(first | then) == files_of(576) | JSONS


def test_forced_nothing_is_made_that_is_current(work, all_bytes):
    assert run_once(work, *EVERYTHING, "--forceall") == set()
    assert bytes_of(work) == all_bytes
    nothing_more(work)


def test_forced_an_edit_that_keeps_size_and_time_is_noticed(work, all_bytes):
    def edit(path, data):
        status = path.stat()
        assert len(data) == status.st_size
        assert data != path.read_bytes()
        path.write_bytes(data)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    polygons = raw(work, 576)
    edit(polygons, polygons.read_bytes().replace(b"[20, 7]", b"[21, 7]"))
    derived = work / "results" / image(294, "labelIds")
    data = bytearray(derived.read_bytes())
    data[len(data) // 2] ^= 1
    edit(derived, bytes(data))
    other = np.full((16, 32), 8, dtype=np.uint8)
    edit(work / "pixel/lindau_000000_000019_pred.png", png.encode(other))

    made_again = run_once(work, *EVERYTHING, "--forceall")
    assert without_links(made_again) == files_of(576) | JSONS | {image(294, "labelIds")}
    after = bytes_of(work)
    assert after[image(294, "labelIds")] == all_bytes[image(294, "labelIds")]
    assert after[image(576, "labelIds")] != all_bytes[image(576, "labelIds")]
    rows = {
        line.split(",")[0]: line
        for line in after["evaluation/mine/images.csv"].decode().splitlines()
    }
    before = all_bytes["evaluation/mine/images.csv"].decode().splitlines()
    assert rows["lindau_000000_000019"] not in before
    nothing_more(work)


# Jobs that fail, and are repaired


def repaired(folder, *arguments):
    """Run after a repair, which makes what is missing; one more run has nothing to do.

    A single plain run: it may not take a second one to notice.
    """
    made = run_once(folder, *arguments)
    nothing_more(folder, *arguments)
    return made


def test_after_a_folder_in_place_of_a_label_image_it_is_made(work, all_bytes):
    edit_polygons(raw(work, 576))
    path = image(576, "labelIds")
    in_the_way(work / "results" / path)
    assert f"results/{path}" in fail(work)
    dry_run(work)
    assert (work / "results" / path / "mine").exists()
    out_of_the_way(work / "results" / path)
    assert path in repaired(work)
    # All of the frame shows the edit, and so do the scores.
    after = bytes_of(work)
    different = {path for path in after if after[path] != all_bytes[path]}
    assert different >= files_of(576) | JSONS
    assert "evaluation/mine/images.csv" in different


@pytest.mark.parametrize("repair", ["the old one", "another"])
def test_after_a_broken_prediction_it_is_counted(work, all_bytes, repair):
    path = work / "pixel" / f"{frame_name(VAL, 576)}_pred.png"
    data, status = path.read_bytes(), path.stat()
    path.write_bytes(b"garbage")
    assert f"pixel/{path.name}" in fail(work, "evaluate_all")
    dry_run(work, "evaluate_all")
    if repair == "another":
        data = png.encode(np.full((16, 32), 8, dtype=np.uint8))
    path.write_bytes(data)
    if repair == "the old one":
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert repaired(work, "evaluate_all") == set()
    if repair == "another":
        name = "evaluation/mine/images.csv"
        assert tables(work).keys() | contents_of_images(work).keys() == all_bytes.keys()
        assert tables(work)[name] != all_bytes[name]
    else:
        assert bytes_of(work) == all_bytes


def test_after_checks_that_failed_they_are_made(work):
    write_polygons(raw(work, 576), label="caar")
    log = log_of(work, "frame_checks", "frankfurt")
    in_the_way(log)
    assert snakemake(work, "check_all").returncode != 0
    dry_run(work, "check_all")
    out_of_the_way(log)
    repaired(work, "check_all")
    assert b"unknown label" in tables(work)["checks/problems.csv"]
    assert b"unknown label" in tables(work)["checks/summary.txt"]


def test_after_a_folder_in_place_of_the_panoptic_json_it_is_made(work, all_bytes):
    path = "gtFine/cityscapes_panoptic_val.json"
    in_the_way(work / "results" / path)
    assert f"results/{path}" in fail(work)
    dry_run(work)
    assert (work / "results" / path / "mine").exists()
    out_of_the_way(work / "results" / path)
    assert repaired(work) == {path}
    assert bytes_of(work) == all_bytes


def test_after_a_folder_in_place_of_a_link_it_is_made(work, all_bytes):
    in_the_way(work / "results/camera")
    assert "results/camera" in fail(work)
    dry_run(work)
    assert (work / "results/camera/mine").exists()
    out_of_the_way(work / "results/camera")
    assert "camera" in repaired(work)
    assert bytes_of(work) == all_bytes


def test_after_a_comparison_with_the_release_that_failed_it_is_made(work):
    write_released(work / "data")
    succeed(work, "verify_release")
    (work / "data" / image(576, "labelIds")).write_bytes(b"no image")
    log = log_of(work, "release_differences", "frankfurt")
    in_the_way(log)
    assert snakemake(work, "verify_release").returncode != 0
    out_of_the_way(log)
    # What differs is reported, and the run fails.
    assert "1 of 9 released images differ" in fail(work, "verify_release")
    shutil.copy(work / "results" / image(576, "labelIds"), work / "data" / image(576, "labelIds"))
    assert repaired(work, "verify_release") == set()
    assert b"unreadable" not in tables(work)["checks/release_differences.csv"]


def test_after_a_damaged_package_the_right_one_is_unpacked(tmp_path):
    configure(tmp_path, {}, packages=["gtFine_trainvaltest"], packages_folder="zips")
    config = tmp_path / "config/config.yaml"
    config.write_text(config.read_text().replace("dataset: data\n", "kinds: [labelIds]\n"))

    def pack(name, number):
        data = tmp_path / name
        write_polygons(polygons_path(data, VAL, number))
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            for path in sorted(data.rglob("*.json")):
                archive.write(path, path.relative_to(data))
        return (tmp_path / f"{name}.zip").read_bytes()

    first, second = pack("first", 294), pack("second", 576)
    package = tmp_path / "zips/gtFine_trainvaltest.zip"
    package.parent.mkdir()
    package.write_bytes(first[: len(first) // 2])
    assert str(package.relative_to(tmp_path)) in fail(tmp_path, "prepare_all")
    package.write_bytes(first)
    assert image(294, "labelIds") in run_once(tmp_path, "prepare_all")

    package.write_bytes(second[: len(second) // 2])
    fail(tmp_path, "prepare_all")
    dry_run(tmp_path, "prepare_all")
    package.write_bytes(second)
    repaired(tmp_path, "prepare_all")
    there = {path for path in times_of_images(tmp_path) if path.endswith(".png")}
    assert there == {image(576, "labelIds")}


def test_a_bad_polygon_file_is_listed_once_and_the_others_are_made(work):
    edit_polygons(raw(work, 576))
    write_polygons(raw(work, 19, "gtFine/val/lindau"), label="caar")
    before = times_of_images(work)
    output = fail(work, "prepare_all")
    bad = str(raw(work, 19, "gtFine/val/lindau").relative_to(work))
    assert output.count(bad) == 1, output
    made = {path for path, at in times_of_images(work).items() if before.get(path) != at}
    assert images_of(VAL, 576) | panoptic_images_of(VAL, 576) <= made
    dry_run(work)
    write_polygons(raw(work, 19, "gtFine/val/lindau"), shift=1)
    assert without_links(repaired(work)) == files_of(19, "gtFine/val/lindau") | JSONS


def test_killed_in_mid_run_the_next_one_makes_the_rest(work):
    numbers = range(3000, 3100)
    for number in numbers:
        write_polygons(raw(work, number), shift=number % 7)
    write_polygons(raw(work, 19, "gtFine/val/lindau"), shift=1)
    running = snakemake(work, "prepare_all", background=True)
    while not len(list(work.glob(f"results/{VAL}/*_0030*.png"))) > 15:
        assert running.poll() is None, running.stdout.read()
        time.sleep(0.005)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    survivors = times_of_images(work)
    dry_run(work, "prepare_all", "--nolock")
    succeed(work, "--unlock")
    made = repaired(work, "prepare_all")
    after = times_of_images(work)
    everything = {path for number in numbers for path in files_of(number)}
    assert everything <= after.keys()
    assert not made & (files_of(294) | files_of(576))
    # At most what the killed jobs were at, and had not noted yet, is made a second time.
    twice = {path for path in everything & survivors.keys() if path in made}
    assert len(twice) <= len(everything & survivors.keys()) / 2
    assert not [path for path in after if "/." in path]


# Records and manifests that are gone or cut


def test_without_records_nothing_that_is_current_is_made(work, all_bytes):
    shutil.rmtree(work / ".snakemake")
    assert run(work) == set()
    assert bytes_of(work) == all_bytes


def test_results_from_elsewhere_are_looked_through(work, tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        ignored = shutil.ignore_patterns("results", ".snake*")
        shutil.copytree(work, folder, symlinks=True, ignore=ignored)
    edit_train_ids(other)
    run_once(other, "prepare_all")
    # Snakemake has records of one, but none of what is copied there.
    run_once(one, "check_all")
    shutil.copytree(
        other / "results", one / "results", symlinks=True, copy_function=shutil.copy,
        dirs_exist_ok=True,
    )  # fmt: skip
    run_once(one, "prepare_all")
    assert contents_of_images(one) == contents_of_images(work)
    nothing_more(one, "prepare_all")


@pytest.mark.parametrize("gone", [".snakemake", ".snakemake/metadata"])
def test_without_records_what_is_stale_is_made(work, all_bytes, gone):
    shutil.rmtree(work / gone)
    expected = files_of(576) | JSONS
    edit_polygons(raw(work, 576))
    if gone == ".snakemake":  # a setting, too
        edit_train_ids(work)
        for shard, numbers in SHARDS.items():
            for number in numbers:
                expected |= images_of(shard, number, ["labelTrainIds", "instanceTrainIds"])
    assert without_links(run(work, "prepare_all")) == expected
    after = bytes_of(work)
    assert {path for path in after if after[path] != all_bytes[path]} == expected


def damage(path, how):
    data = path.read_bytes()
    if how == "truncated":
        path.write_bytes(data[: len(data) // 2])
    elif how == "emptied":
        path.write_bytes(b"")
    elif how == "random":
        path.write_bytes(random.Random(len(data)).randbytes(max(100, len(data))))


def test_unreadable_manifests_are_no_manifests(work, all_bytes):
    """Each file has each damage once, beside others with another damage or none."""
    ways = ["truncated", "emptied", "random", "none"]
    for round_ in range(len(ways)):
        files = sorted(path for path in (work / "results/manifests").rglob("*") if path.is_file())
        assert files
        for number, path in enumerate(files):
            damage(path, ways[(number + round_) % len(ways)])
        if round_ == 0:
            dry_run(work)
        run_once(work)
        assert bytes_of(work) == all_bytes
    nothing_more(work)

"""The whole workflow on a tiny dataset: what it makes, and what it re-makes after each event."""

import json
import os
import random
import shutil
import signal
import time

import cv2
import pytest

from tiny import (
    CLONE,
    FRAMES,
    changed,
    frame_name,
    images_of,
    make_dataset,
    nothing_to_do,
    panoptic_images_of,
    panoptic_json_of,
    polygons_path,
    snakemake,
    snapshot,
    succeed,
    write_polygons,
)

VAL = "gtFine/val/frankfurt"
OURS = ["--config", "dataset=data"]


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A folder in which prepare_all has run; not to be changed."""
    folder = tmp_path_factory.mktemp("finished")
    make_dataset(folder / "data")
    succeed(folder, "prepare_all", *OURS)
    return folder


def run(folder, *arguments, **options):
    """Run prepare_all; the files that this changed. A further run must find nothing to do."""
    before = snapshot(folder)
    succeed(folder, "prepare_all", *OURS, *arguments, **options)
    after = snapshot(folder)
    assert nothing_to_do(succeed(folder, "prepare_all", *OURS, *arguments, **options))
    return changed(before, after)


def everything():
    files = set()
    for shard, numbers in FRAMES.items():
        for number in numbers:
            files |= images_of(shard, number)
            if shard.startswith("gtFine"):
                files |= panoptic_images_of(shard, number)
    return files


def contents(folder, files):
    """Path below the results -> bytes."""
    return {path: (folder / "results" / path).read_bytes() for path in files}


def links():
    return {
        str(polygons_path(CLONE, shard, number).relative_to(CLONE))
        for shard, numbers in FRAMES.items()
        for number in numbers
    }


def test_all_files_in_the_official_layout(finished):
    expected = everything() | links() | panoptic_json_of("train", "val", "test")
    assert set(snapshot(finished)) == expected | {"leftImg8bit", "camera"}


def test_a_second_run_does_nothing(finished):
    assert nothing_to_do(succeed(finished, "prepare_all", *OURS))


def test_the_results_are_a_dataset_root(finished):
    left = finished / "results/leftImg8bit/val/frankfurt/frankfurt_000000_000294_leftImg8bit.png"
    assert left.is_file()
    name = f"{frame_name(VAL, 294)}_gtFine_polygons.json"
    assert json.loads((finished / "results" / VAL / name).read_text())["imgWidth"] == 32


def test_relative_datasets_can_be_moved_with_their_results(work):
    name = f"{frame_name(VAL, 294)}_gtFine_polygons.json"
    assert (work / "results" / VAL / name).is_file()
    assert nothing_to_do(succeed(work, "prepare_all", *OURS))


def test_one_edited_polygon_file_costs_one_frame(work):
    write_polygons(polygons_path(work / "data", VAL, 576), shift=5)
    assert run(work) == (
        images_of(VAL, 576)
        | panoptic_images_of(VAL, 576)
        | panoptic_json_of("val")
        | {f"{VAL}/{frame_name(VAL, 576)}_gtFine_polygons.json"}
    )


def test_edited_train_ids_re_make_what_shows_them(work):
    (work / "config").mkdir()
    table = (CLONE / "config/labels.csv").read_text()
    (work / "config/labels.csv").write_text(table.replace("car,26,13,", "car,26,14,"))
    expected = panoptic_json_of("train", "val", "test", suffixes=["_trainId"])
    for shard, numbers in FRAMES.items():
        for number in numbers:
            expected |= images_of(shard, number, ["labelTrainIds", "instanceTrainIds"])
    assert run(work) == expected
    name = f"{frame_name(VAL, 294)}_gtFine_labelTrainIds.png"
    image = cv2.imread(str(work / "results" / VAL / name), cv2.IMREAD_UNCHANGED)
    assert set(image.flat) == {0, 11, 14, 255}


def test_edited_colors_re_make_color_images_and_the_json(work):
    table = (CLONE / "config/labels.csv").read_text()
    (work / "my_labels.csv").write_text(table.replace("1,0,0,0,142", "1,0,1,2,3", 1))
    expected = panoptic_json_of("train", "val", "test")
    for shard, numbers in FRAMES.items():
        for number in numbers:
            expected |= images_of(shard, number, ["color"])
    assert run(work, "labels=my_labels.csv") == expected


def test_another_fill_re_makes_all_images(work):
    assert run(work, "fill=pillow") == everything() | panoptic_json_of("train", "val", "test")


def test_deleted_and_truncated_files_are_made_again(work):
    gone = images_of(VAL, 294, ["color"]) | images_of("gtFine/test/berlin", 19, ["labelTrainIds"])
    cut = images_of(VAL, 1016, ["labelIds"])
    link = f"{VAL}/{frame_name(VAL, 294)}_gtFine_polygons.json"
    for path in gone | {link}:
        (work / "results" / path).unlink()
    for path in cut:
        (work / "results" / path).write_bytes(b"\x89PNG")
    damaged = gone | cut | {link}
    before = {path: (work / "results" / path) for path in damaged}
    assert run(work) == damaged
    # The same damage a second time is noticed a second time.
    for path in gone:
        before[path].unlink()
    assert run(work) == gone


def test_a_thousand_deleted_files_are_made_again_and_no_other(work):
    for number in range(3000, 3150):
        write_polygons(polygons_path(work / "data", VAL, number), shift=number % 7)
    run(work)
    images = sorted((work / "results").glob("gt*/**/*.png"))
    before = {path: path.read_bytes() for path in images}
    deleted = set(random.Random(0).sample(images, 1000))
    for path in deleted:
        path.unlink()
    made = run(work)
    assert {path: path.read_bytes() for path in images} == before
    assert {path for path in made if path.endswith(".png")} == {
        str(path.relative_to(work / "results")) for path in deleted
    }


def test_a_deleted_panoptic_file_is_made_again(work):
    gone = panoptic_images_of(VAL, 294) | panoptic_json_of("val")
    for path in gone:
        (work / "results" / path).unlink()
    assert run(work) == gone


def test_a_damaged_panoptic_json_is_made_again(work):
    (work / "results/gtFine/cityscapes_panoptic_val.json").write_text("{")
    assert run(work) == {"gtFine/cityscapes_panoptic_val.json"}


def test_another_order_of_classes_re_makes_the_panoptic_json(work):
    (work / "config").mkdir()
    lines = (CLONE / "config/labels.csv").read_text().splitlines(keepends=True)
    lines[8], lines[9] = lines[9], lines[8]
    (work / "config/labels.csv").write_text("".join(lines))
    assert run(work) == panoptic_json_of("train", "val", "test")


def test_a_deleted_link_is_made_again(work):
    (work / "results/camera").unlink()
    assert "camera" in run(work)


def test_added_frames_are_made(work):
    write_polygons(polygons_path(work / "data", VAL, 2000))
    write_polygons(polygons_path(work / "data", "gtFine/val/munster", 19))
    added = set()
    for shard, number in ((VAL, 2000), ("gtFine/val/munster", 19)):
        added |= images_of(shard, number) | panoptic_images_of(shard, number)
        added |= {f"{shard}/{frame_name(shard, number)}_gtFine_polygons.json"}
    assert run(work) == added | panoptic_json_of("val")


def test_the_files_of_removed_frames_are_removed(work):
    polygons_path(work / "data", VAL, 294).unlink()
    shutil.rmtree(work / "data/gtFine/val/lindau")
    removed = set()
    for shard, number in ((VAL, 294), ("gtFine/val/lindau", 19)):
        removed |= images_of(shard, number) | panoptic_images_of(shard, number)
        removed |= {f"{shard}/{frame_name(shard, number)}_gtFine_polygons.json"}
    assert run(work) == removed | panoptic_json_of("val")
    assert not any((work / "results" / path).exists() for path in removed)


def test_of_a_city_that_is_gone_only_what_was_made_is_removed(tmp_path):
    make_dataset(tmp_path / "data")
    succeed(tmp_path, "prepare_all", *OURS, "kinds=[labelIds]")
    shutil.rmtree(tmp_path / "data/gtFine/val/lindau")
    changes = run(tmp_path)
    assert images_of("gtFine/val/lindau", 19, ["labelIds"]) <= changes
    assert panoptic_json_of("val") <= changes


def test_the_panoptic_files_of_a_split_that_is_gone_are_removed(work):
    shutil.rmtree(work / "data/gtFine/test")
    assert panoptic_json_of("test") <= run(work)
    assert not list((work / "results/gtFine").glob("cityscapes_panoptic_test*"))


def test_what_was_made_with_a_bad_file_is_removed_with_its_raw_files(work):
    shard = "gtFine/val/ulm"
    write_polygons(polygons_path(work / "data", shard, 19))
    write_polygons(polygons_path(work / "data", shard, 20), label="caar")
    assert snakemake(work, "prepare_all", *OURS).returncode != 0
    assert images_of(shard, 19) <= snapshot(work).keys()
    shutil.rmtree(work / "data" / shard)
    assert images_of(shard, 19) <= run(work)
    assert not images_of(shard, 19) & snapshot(work).keys()


def test_a_city_whose_files_are_all_bad_may_go_again(work):
    shard = "gtFine/val/ulm"
    write_polygons(polygons_path(work / "data", shard, 20), label="caar")
    assert snakemake(work, "prepare_all", *OURS).returncode != 0
    shutil.rmtree(work / "data" / shard)
    assert run(work) <= panoptic_json_of("val")


def test_many_touched_files_re_make_nothing(finished, tmp_path):
    for number in range(3000, 3120):
        write_polygons(polygons_path(tmp_path / "data", VAL, number))
    succeed(tmp_path, "prepare_all", *OURS)
    for path in (tmp_path / "data" / VAL).iterdir():
        os.utime(path)
    assert nothing_to_do(succeed(tmp_path, "prepare_all", *OURS))


def test_a_touched_raw_file_re_makes_nothing(work):
    os.utime(polygons_path(work / "data", VAL, 294))
    assert run(work) == set()


def test_touched_images_are_not_made_again(work):
    for path in images_of(VAL, 294):
        os.utime(work / "results" / path)
    assert run(work) == set()


def test_clocks_that_disagree_re_make_nothing(work):
    """Files of an hour ago and of an hour to come, as machines with other clocks write them."""
    hour = 3600 * 10**9
    files = [path for path in (work / "results").rglob("*") if path.is_file()]
    edited = polygons_path(work / "data", VAL, 576)
    for seed in range(3):
        clock = random.Random(seed)
        for path in files:
            if not path.is_symlink():
                time = path.stat().st_mtime_ns + clock.choice([-hour, hour])
                os.utime(path, ns=(time, time))
        assert run(work) == set()
        time = edited.stat().st_mtime_ns - hour
        write_polygons(edited, shift=4 + seed)
        os.utime(edited, ns=(time, time))
        assert images_of(VAL, 576) | panoptic_json_of("val") <= run(work)


def test_files_of_macos_archives_are_no_frames(work):
    (work / "data" / VAL / f"._{frame_name(VAL, 294)}_gtFine_polygons.json").write_bytes(b"\0")
    assert nothing_to_do(succeed(work, "prepare_all", *OURS))


def test_an_edit_of_the_painter_re_makes_what_it_painted(work, tmp_path):
    clone = tmp_path / "clone"
    for folder in ("config", "envs", "profiles", "rules", "scripts"):
        shutil.copytree(CLONE / folder, clone / folder)
    for name in ("Snakefile", "CITATION.cff"):
        shutil.copy(CLONE / name, clone)
    # Another clone with the same code re-makes nothing, whatever the times of its files.
    assert nothing_to_do(succeed(work, "prepare_all", *OURS, clone=clone))
    with (clone / "scripts/cityscapes/ground_truth/paint.py").open("a") as file:
        file.write("# an edit\n")
    assert run(work, clone=clone) == everything()


def test_one_image_can_be_asked_for_by_name(tmp_path):
    make_dataset(tmp_path / "data")
    (image,) = images_of(VAL, 294, ["instanceTrainIds"])
    succeed(tmp_path, f"results/{image}", *OURS)
    before = snapshot(tmp_path)
    assert set(before) == {image}
    write_polygons(polygons_path(tmp_path / "data", VAL, 294), shift=6)
    succeed(tmp_path, f"results/{image}", *OURS)
    assert changed(before, snapshot(tmp_path)) == {image}
    succeed(tmp_path, "prepare_all", *OURS)
    assert nothing_to_do(succeed(tmp_path, "prepare_all", *OURS))


def test_only_what_the_config_asks_for(tmp_path):
    make_dataset(tmp_path / "data")
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text(
        "dataset: data\ntypes: [gtFine]\nsplits: [val]\nkinds: [labelTrainIds]\n"
    )
    succeed(tmp_path, "prepare_all")
    made = {path for path in snapshot(tmp_path) if path.endswith((".png", "panoptic_val.json"))}
    assert made == {
        *images_of("gtFine/val/lindau", 19, ["labelTrainIds"]),
        *(path for n in FRAMES[VAL] for path in images_of(VAL, n, ["labelTrainIds"])),
    }
    # --configfile wins over the folder's config, --config over both.
    (tmp_path / "other.yaml").write_text("kinds: [color]\nsplits: [test]\n")
    succeed(tmp_path, "prepare_all", "--configfile", "other.yaml", "--config", "splits=[train]")
    added = set(snapshot(tmp_path)) & images_of("gtFine/train/aachen", 19)
    assert added == images_of("gtFine/train/aachen", 19, ["color"])


def test_the_dataset_of_the_environment(tmp_path):
    make_dataset(tmp_path / "raw")
    root = str(tmp_path / "raw")
    succeed(tmp_path, "prepare_all", CITYSCAPES_DATASET=root)
    link = tmp_path / "results" / VAL / f"{frame_name(VAL, 294)}_gtFine_polygons.json"
    assert os.readlink(link) == str(polygons_path(tmp_path / "raw", VAL, 294))


def test_results_may_lie_behind_a_link(tmp_path):
    make_dataset(tmp_path / "work/data")
    (tmp_path / "far/away/results").mkdir(parents=True)
    (tmp_path / "work/results").symlink_to(tmp_path / "far/away/results")
    succeed(tmp_path / "work", "prepare_all", *OURS)
    link = tmp_path / "work/results" / VAL / f"{frame_name(VAL, 294)}_gtFine_polygons.json"
    assert link.is_file()
    assert (tmp_path / "work/results/leftImg8bit/val").is_dir()
    succeed(tmp_path / "work", "clean", *OURS)
    assert not list((tmp_path / "far/away/results").iterdir())


def test_odd_names_of_folders(tmp_path):
    root = tmp_path / "a data{set} $(x)"
    make_dataset(root)
    shutil.copytree(root / VAL, root / f"{VAL} {{copy}}")
    output = succeed(tmp_path, "prepare_all", CITYSCAPES_DATASET=str(root))
    assert "frankfurt {copy} is left out: a city's name holds no braces" in output
    assert everything() <= snapshot(tmp_path).keys()


def test_a_deleted_table_of_the_sample_is_made_again(tmp_path):
    """Two checkpoints stand before these tables, and both are up to date."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text(
        "sample: {frames: 5, width: 128, height: 64}\n"
        "types: [gtFine]\nsplits: [val]\nkinds: [labelIds, instanceIds, color]\n"
        "predictions:\n"
        "  mine: {task: pixel, path: resources/sample/predictions/pixel_good}\n"
    )
    succeed(tmp_path, "prepare_all", "evaluate_all")
    succeed(tmp_path)
    made = snapshot(tmp_path)
    deleted = {
        "evaluation/comparison.csv", "evaluation/mine/images.csv",
        "checks/labels.csv", "checks/overview.jpg",
    }  # fmt: skip
    for path in deleted:
        (tmp_path / "results" / path).unlink()
    succeed(tmp_path)
    assert snapshot(tmp_path).keys() == made.keys()
    assert deleted <= made.keys()
    assert nothing_to_do(succeed(tmp_path))


def test_a_smaller_sample_leaves_nothing_of_the_larger_one(tmp_path):
    (tmp_path / "config").mkdir()
    for frames in (12, 8):
        sample = f"sample: {{frames: {frames}, width: 64, height: 32}}\n"
        (tmp_path / "config/config.yaml").write_text(f"{sample}kinds: [labelIds]\n")
        succeed(tmp_path, "prepare_all")
    raw = list((tmp_path / "resources/sample/dataset").rglob("*_polygons.json"))
    made = list((tmp_path / "results").rglob("*_labelIds.png"))
    assert len(raw) == len(made) > 0
    assert nothing_to_do(succeed(tmp_path, "prepare_all"))


def test_clean_removes_what_was_made_and_nothing_else(work):
    mine = work / "results/gtFine/val/frankfurt/mine.txt"
    mine.write_text("mine")
    before = sorted((work / "data").rglob("*"))
    succeed(work, "clean", *OURS)
    left = [path for path in (work / "results").rglob("*") if not path.is_dir()]
    assert left == [mine]
    assert sorted((work / "data").rglob("*")) == before
    succeed(work, "prepare_all", *OURS)


def test_killed_in_the_middle_the_next_run_completes(finished, tmp_path):
    folder = tmp_path / "killed"
    shutil.copytree(finished / "data", folder / "data")
    for number in range(3000, 3200):
        write_polygons(polygons_path(folder / "data", VAL, number))
    running = snakemake(folder, "prepare_all", *OURS, background=True)
    while not len(list(folder.glob(f"results/{VAL}/*.png"))) > 40:
        assert running.poll() is None, running.stdout.read()
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    survivors = {path: path.stat().st_mtime_ns for path in folder.glob(f"results/{VAL}/*.png")}
    assert len(survivors) < 200 * 3
    assert "was made from data" in snakemake(folder, "prepare_all").stdout
    for path in survivors:
        assert cv2.imread(str(path), cv2.IMREAD_UNCHANGED) is not None, f"{path} is cut"

    locked = snakemake(folder, "prepare_all", *OURS)
    assert locked.returncode != 0
    assert "--unlock" in locked.stdout
    succeed(folder, "--unlock", *OURS)
    run(folder)
    assert not list(folder.rglob("results/**/.*"))  # neither temporary files nor journals
    kept = [path for path, time in survivors.items() if path.stat().st_mtime_ns == time]
    assert len(kept) > len(survivors) / 2  # the frames that the killed job had finished
    assert contents(folder, everything()) == contents(finished, everything())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_after_a_signal_the_next_run_completes(finished, tmp_path, number):
    folder = tmp_path / "stopped"
    shutil.copytree(finished / "data", folder / "data")
    for frame in range(3000, 3100):
        write_polygons(polygons_path(folder / "data", VAL, frame))
    running = snakemake(folder, "prepare_all", *OURS, background=True)
    while not list(folder.glob(f"results/{VAL}/*.png")):
        assert running.poll() is None, running.stdout.read()
        time.sleep(0.01)
    running.send_signal(number)
    output, _ = running.communicate(timeout=600)  # of jobs that outlive it, too
    assert "Traceback" not in output
    succeed(folder, "--unlock", *OURS)
    run(folder)
    assert contents(folder, everything()) == contents(finished, everything())


@pytest.mark.parametrize("cores", [1, 64])
def test_any_number_of_cores_makes_the_same(finished, tmp_path, cores):
    shutil.copytree(finished / "data", tmp_path / "data")
    run(tmp_path, cores=cores)
    files = everything() | panoptic_json_of("train", "val", "test")
    assert contents(tmp_path, files) == contents(finished, files)


def test_a_second_run_at_once_is_refused(finished, tmp_path):
    folder = tmp_path / "twice"
    shutil.copytree(finished / "data", folder / "data")
    for number in range(3000, 3100):
        write_polygons(polygons_path(folder / "data", VAL, number))
    first = snakemake(folder, "prepare_all", *OURS, background=True)
    while not (folder / "results").exists():
        assert first.poll() is None, first.stdout.read()
        time.sleep(0.01)
    second = snakemake(folder, "prepare_all", *OURS)
    assert second.returncode != 0
    assert "locked" in second.stdout
    output, _ = first.communicate(timeout=600)
    assert first.returncode == 0, output
    assert contents(folder, everything()) == contents(finished, everything())

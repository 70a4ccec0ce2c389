"""check_all on a tiny dataset: what it finds, and what it checks again after each event."""

import csv
import os
import signal
import time
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import yaml
from snakemake.exceptions import WorkflowError
from snakemake.utils import validate

import check_summary
import check_tables
from cityscapes.checks import listing, tables
from cityscapes.checks.doctor import missing_files
from cityscapes.checks.formats import GREY_8, RGB_8, SPLITS, TYPES
from cityscapes.checks.image_file import inspect_image
from cityscapes.checks.inventory import Inventory
from cityscapes.checks.odd_names import explain
from cityscapes.files.tables import write_csv
from cityscapes.incremental.manifest import Manifest, journal_path
from cityscapes.png import write as png
from tiny import (
    CLONE,
    FRAMES,
    frame_name,
    make_dataset,
    nothing_to_do,
    polygons_path,
    snakemake,
    succeed,
    write_polygons,
    write_released,
)

VAL = "gtFine/val/frankfurt"


def configure(folder, check="report", **checks):
    """Write the config of a folder; `checks` are for the key of that name."""
    (folder / "config").mkdir(exist_ok=True)
    checks = {"image_size": [32, 16], "counts": "any", **checks}
    config = {"dataset": "data", "check": check, "checks": checks}
    (folder / "config/config.yaml").write_text(yaml.dump(config))


def make_sound(root):
    """The tiny dataset with label images, left images, and blurred ones in val."""
    frames = [(shard, number) for shard, numbers in FRAMES.items() for number in numbers]
    for shift, (shard, number) in enumerate(frames):
        write_polygons(polygons_path(root, shard, number), shift)
        write_left(root, shard, number)
    write_released(root)


def write_left(root, shard, number):
    """A noisy left image, and in val its blurred twin: four pixels of a car are changed."""
    _, split, city = shard.split("/")
    path = root / f"leftImg8bit/{split}/{city}/{frame_name(shard, number)}_leftImg8bit.png"
    seed = [number, *city.encode()]
    image = np.random.default_rng(seed).integers(0, 200, (16, 32, 3), dtype=np.uint8)
    write(path, png.encode(image))
    if split == "val":
        image[8:10, 21:23] += 50
        twin = str(path).replace("leftImg8bit", "leftImg8bit_blurred")
        write(Path(twin), png.encode(image))


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def rows(folder, table):
    """The rows of one of the reports."""
    with open(folder / "results/checks" / table, newline="") as file:
        return list(csv.DictReader(file))


def problems(folder):
    """(severity, check, where) of all that was found."""
    return [(row["severity"], row["check"], row["where"]) for row in rows(folder, "problems.csv")]


def checked_cities(output):
    """How many jobs that check a city a run had."""
    return output.count("rule frame_checks:")


def to_check(folder, city):
    """What the log of a city says about the number of frames that had to be checked."""
    return (folder / f"logs/frame_checks/{city}.log").read_text().splitlines()[0].split(": ")[1]


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A folder in which check_all has run on a sound dataset; not to be changed."""
    folder = tmp_path_factory.mktemp("checked")
    make_sound(folder / "data")
    configure(folder, check="strict")
    succeed(folder, "check_all")
    return folder


def test_a_sound_dataset_passes_the_strict_check_and_absent_types_are_not_wrong(finished):
    assert problems(finished) == []
    holdings = {
        (row["type"], row["split"], row["city"]): row for row in rows(finished, "inventory.csv")
    }
    assert holdings["camera", "val", ""]["status"] == "absent"
    assert holdings["gtFine", "val", "frankfurt"]["expected"] == "3"
    summary = (finished / "results/checks/summary.txt").read_text()
    assert "absent: camera, disparity" in summary
    assert summary.endswith("No problems were found.\n")


def test_a_second_run_does_nothing(finished):
    assert nothing_to_do(succeed(finished, "check_all"))


def test_an_edit_costs_one_frame_and_strict_fails_after_the_reports(work):
    path = polygons_path(work / "data", VAL, 576)
    write_polygons(path, label="caar")
    done = snakemake(work, "check_all")
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    assert "Found: 1 error." in done.stdout
    assert "check: strict" in done.stdout
    assert checked_cities(done.stdout) == 1
    assert to_check(work, "val/frankfurt") == "3 frames, 1 to update"
    wrong = [("error", "unknown label", str(path.relative_to(work / "data")))]
    assert problems(work) == wrong

    (work / "results/checks/problems.csv").unlink()
    configure(work)  # report: the same is no failure
    output = succeed(work, "check_all")
    assert checked_cities(output) == 0
    assert problems(work) == wrong
    assert "unknown label" in (work / "results/checks/summary.txt").read_text()


def test_thresholds_change_the_verdict_without_a_check_and_the_tolerance_with_one(work):
    pytest.importorskip("fastparquet")
    configure(work, blurred={"max_share": 0.001}, parquet=True)
    assert checked_cities(succeed(work, "check_all")) == 0
    assert {(severity, check) for severity, check, _ in problems(work)} == {
        ("error", "too different")
    }
    assert len(problems(work)) == 4
    assert (work / "results/checks/frames.parquet").read_bytes()[:4] == b"PAR1"

    configure(work, blurred={"tolerance": 60, "min_psnr_outside": 0})
    assert checked_cities(succeed(work, "check_all")) == 5
    assert {(severity, check) for severity, check, _ in problems(work)} == {
        ("note", "nothing blurred")
    }


def test_a_dataset_of_images_alone_is_checked_and_counted_by_default(tmp_path):
    for number in FRAMES[VAL]:
        write_left(tmp_path / "data", VAL, number)
    configure(tmp_path, counts="published")
    output = succeed(tmp_path)
    assert "497 of 500 published frames are in no type" in output
    assert problems(tmp_path) == [("warning", "frames not there", "val")]
    assert (tmp_path / "results/leftImg8bit/val/frankfurt").is_dir()
    assert nothing_to_do(succeed(tmp_path))


@pytest.mark.parametrize(
    ("root", "hint"),
    [
        ("data/cityscapes/gtFine", "data/cityscapes"),  # too low
        ("data", "data/cityscapes"),  # too high
    ],
)
def test_a_root_at_the_wrong_level_is_named(tmp_path, root, hint):
    make_dataset(tmp_path / "data/cityscapes")
    done = snakemake(tmp_path, "--dry-run", "check_all", "--config", f"dataset={root}")
    assert done.returncode != 0
    assert f"Is the dataset root {hint}?" in done.stdout


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("check", "loud"),
        ("checks", {"image_size": [2048]}),
        ("checks", {"image_size": [0, 1024]}),
        ("checks", {"counts": "some"}),
        ("checks", {"blurred": {"tolerance": 300}}),
        ("checks", {"blurred": {"max_share": 2}}),
        ("checks", {"blured": {}}),
    ],
)
def test_settings_that_cannot_be_are_refused(key, value):
    with pytest.raises(WorkflowError):
        validate({key: value}, CLONE / "config/schema.yaml")


def test_killed_in_the_middle_the_next_run_checks_the_rest(tmp_path):
    configure(tmp_path)
    data = tmp_path / "data"
    for number in range(600):
        write_polygons(polygons_path(data, VAL, number), shift=number % 10)
    running = snakemake(tmp_path, "check_all", background=True)
    manifest = tmp_path / "results/manifests/checks/val/frankfurt.jsonl"
    journal = journal_path(manifest)
    while not (journal.exists() and journal.read_bytes().count(b'"frame"') > 40):
        assert running.poll() is None, running.stdout.read()
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    done = len(Manifest(manifest).rows)
    assert 40 <= done < 600
    succeed(tmp_path, "--unlock")
    succeed(tmp_path, "check_all")
    assert to_check(tmp_path, "val/frankfurt") == f"600 frames, {600 - done} to update"
    assert len(rows(tmp_path, "frames.csv")) == 600
    assert not list(tmp_path.glob("results/**/.*"))


# Which files there are


def test_files_by_frame_and_what_is_derived_is_not_odd(tmp_path):
    folder = tmp_path / VAL
    for ending in ("polygons.json", "labelIds.png", "labelTrainIds.png", "instanceTrainIds.png"):
        write(folder / f"frankfurt_000000_000294_gtFine_{ending}", b"")
    write(folder / "._frankfurt_000000_000294_gtFine_color.png", b"")
    write(folder / os.fsdecode(b"caf\xe9.txt"), b"")
    write(tmp_path / "gtFine/val/.DS_Store", b"")
    found = listing.list_raw(tmp_path, list(TYPES), "val", "frankfurt")
    assert {name: set(slots) for name, slots in found.frames.items()} == {
        "frankfurt_000000_000294": {"gtFine_polygons", "gtFine_labelIds"}
    }
    # Reports are UTF-8, whatever file names are.
    assert [entry.name for entry in found.odd] == [f"{VAL}/caf\\xe9.txt"]


def test_of_a_dataset_of_ones_own_any_name_with_the_right_ending_is_a_frames(tmp_path):
    for name in (
        "frame2890_gtFine_polygons.json",
        "a b_gtFine_labelIds.png",
        "notes.txt",
        "119_gtFine_labelTrainIds.png",
    ):
        (tmp_path / "gtFine/val/119").mkdir(parents=True, exist_ok=True)
        (tmp_path / "gtFine/val/119" / name).write_text("")
    found = listing.list_raw(tmp_path, ["gtFine"], "val", "119", official=False)
    assert {name: list(slots) for name, slots in found.frames.items()} == {
        "a b": ["gtFine_labelIds"], "frame2890": ["gtFine_polygons"],
    }  # fmt: skip
    assert [entry.name for entry in found.odd] == ["gtFine/val/119/notes.txt"]
    names = {entry.name for entry in listing.list_raw(tmp_path, ["gtFine"], "val", "119").odd}
    assert len(names) == 4


def test_cities_and_folders_that_are_none(tmp_path):
    names = ["bad-honnef", "stuttgart_00", "ulm (copy)", "ulm_old", ".hidden"]
    for name in names:
        (tmp_path / "leftImg8bit/val" / name).mkdir(parents=True)
    assert listing.find_cities(tmp_path, ["leftImg8bit"], ["val"]) == [
        ("val", "bad-honnef"),
        ("val", "stuttgart_00"),
    ]
    odd = ["leftImg8bit/val/ulm (copy)", "leftImg8bit/val/ulm_old"]
    assert listing.odd_folders(tmp_path, ["leftImg8bit"], ["val"]) == odd
    any_name = listing.find_cities(tmp_path, ["leftImg8bit"], ["val"], official=[])
    assert [city for _, city in any_name] == sorted(set(names) - {".hidden"})
    assert listing.odd_folders(tmp_path, ["leftImg8bit"], ["val"], official=[]) == []


def test_results_next_to_the_types_do_not_lie_too_low(tmp_path):
    for folder in ("gtFine/train", "results/gtFine/train", "old/gtFine/cityscapes_panoptic_train"):
        (tmp_path / folder).mkdir(parents=True)
    assert listing.misplaced_types(tmp_path) == []
    (tmp_path / "gtFine_val/gtFine/val").mkdir(parents=True)
    assert listing.misplaced_types(tmp_path) == ["gtFine_val/gtFine"]


def test_links_to_nothing_are_found_on_three_levels(tmp_path):
    (tmp_path / "gtFine/val/ulm").mkdir(parents=True)
    for place in ("camera", "gtFine/train", "gtFine/val/aachen"):
        (tmp_path / place).symlink_to("gone")
    (tmp_path / "vehicle").symlink_to("gtFine")
    found = listing.broken_links(tmp_path, ["camera", "gtFine", "vehicle"], ["train", "val"])
    assert set(found) == {
        *("camera", "gtFine/train", "gtFine/val/aachen"),
        *("vehicle/train", "vehicle/val/aachen"),
    }


# Which frames there should be


def test_folders_without_frames_are_an_error(tmp_path):
    (tmp_path / "gtFine/val").mkdir(parents=True)
    check_tables.main(
        tmp_path, [], list(TYPES), SPLITS, CLONE / "config/packages.tsv",
        CLONE / "config/frames.tsv", SPLITS, SPLITS, [0.1, 45, 0.25], tmp_path / "results/checks",
    )  # fmt: skip
    assert problems(tmp_path) == [("error", "no frames", ".")]
    reports = tmp_path / "results/checks"
    check_summary.main(
        tmp_path,
        reports / "inventory.csv",
        reports / "problems.csv",
        "report",
        reports / "summary.txt",
    )
    assert "\nnothing\n" in (reports / "summary.txt").read_text()


@pytest.mark.parametrize(("published", "missing"), [(0, 0), (1, 2)])
def test_polygons_are_not_missing_where_label_images_take_their_place(published, missing):
    images = frozenset({"gtFine_labelIds", "gtFine_instanceIds", "leftImg8bit"})
    found = {
        ("val", "ulm"): {"1": images, "2": images},
        ("val", "bonn"): {"3": frozenset({"gtFine_polygons", *images}), "4": images},
    }
    counts = {("val", "ulm"): 2} if published else {}
    taken = Inventory(found, counts, {}, ["val"] * published)
    assert [row.frame for row in taken.missing()] == ["4", *["1", "2"][:missing]]
    (ulm,) = (row for row in taken.holdings() if (row.type, row.city) == ("gtFine", "ulm"))
    assert (ulm.found, ulm.status) == ((0, "incomplete") if published else (2, "complete"))


def inventory(frames, published=0):
    """The inventory of val/ulm: name of a frame -> its types, all of a single file."""
    found = {("val", "ulm"): {name: frozenset(types) for name, types in frames.items()}}
    return Inventory(found, {("val", "ulm"): published} if published else {}, {})


def test_a_frame_of_half_of_the_types_is_known_and_one_of_fewer_unexpected():
    frames = {"a": ["camera", "vehicle"], "b": ["camera"], "c": ["disparity"]}
    found = inventory({**frames, "d": ["camera", "vehicle", "disparity", "rightImg8bit"]})
    assert found.known("val", "ulm") == {"a", "d"}
    assert [(row.frame, row.type) for row in found.unexpected()] == [
        ("b", "camera"),
        ("c", "disparity"),
    ]
    assert [(row.frame, row.type) for row in found.missing()] == [
        ("a", "disparity"),
        ("a", "rightImg8bit"),
    ]


def test_a_type_of_the_published_count_is_believed():
    frames = {"a": ["camera", "vehicle", "disparity"], "b": ["camera"], "c": ["vehicle"]}
    assert inventory(frames).known("val", "ulm") == {"a"}
    assert inventory(frames | {"d": ["vehicle"]}, 3).known("val", "ulm") == {"a", "c", "d"}
    assert inventory(frames, 5).nowhere() == {"val": (4, 5)}


def test_video_is_counted_and_nothing_of_it_is_missing():
    found = inventory({"a": ["camera", "leftImg8bit_sequence"], "b": ["leftImg8bit_sequence"]})
    assert found.missing() == []
    assert found.unexpected() == []
    (_, video) = found.holdings()
    assert (video.expected, video.found, video.status) == (None, 2, "complete")


def test_all_that_is_missing_in_a_folder_is_one_problem():
    frames = {"ulm_000000_000019": ["gtFine_polygons", "gtFine_labelIds"], "ulm_000001_000019": []}
    names = ["camera", "vehicle", "leftImg8bit", "disparity", "rightImg8bit"]
    rows = inventory({name: [*names, *slots] for name, slots in frames.items()}).missing()
    (found,) = missing_files(rows, {("gtFine", "val"): "gt.zip"})
    assert found[:3] == ("error", "missing", "gtFine/val/ulm")
    assert found.what == (
        "2 files are missing, ulm_000001_000019_gtFine_labelIds.png first: "
        "1 *_labelIds.png, 1 *_polygons.json"
    )
    assert found.to_do.startswith("unpack gt.zip again (snakemake --forcerun unpack_package")


def test_files_that_no_frame_of_a_split_has_are_one_problem():
    frames = {f"ulm_000000_{n:06d}": ["gtFine_color", "camera"] for n in range(3)}
    counted = inventory(frames)
    assert len(counted.missing()) == 6
    (found,) = missing_files(counted.missing(), {}, counted.lacking())
    assert found[:3] == ("error", "missing", "gtFine/val")
    assert found.what == "no frame of the split has its *_labelIds.png, *_polygons.json"


# The reports


def test_text_that_is_none_is_written_all_the_same(tmp_path):
    write_csv(tmp_path / "a.csv", ["label"], [("\ud800",), ("é",)])
    assert (tmp_path / "a.csv").read_text() == "label\n\\ud800\né\n"


def test_a_report_that_fails_in_the_middle_leaves_the_old_one(tmp_path):
    write_csv(tmp_path / "a.csv", ["label"], [("old",)])
    with pytest.raises(ZeroDivisionError):
        write_csv(tmp_path / "a.csv", ["label"], ((1 / n,) for n in (1, 0)))
    assert (tmp_path / "a.csv").read_text() == "label\nold\n"
    assert len(list(tmp_path.iterdir())) == 1


def test_the_summary_is_short_and_shows_each_remedy():
    long = "a polygon " * 100
    found = pd.DataFrame(
        [("error", "name", f"f{n}", long, f"rename it to {n % 2}") for n in range(5)],
        columns=["severity", "check", "where", "what", "to_do"],
    )
    text = check_summary.first_of_each_sort(found)
    assert "error: name (and 2 more)\n    f0: a polygon" in text
    assert "-> rename it to 0" in text
    assert "error: name (and 1 more)\n    f1: a polygon" in text
    assert "others" not in text
    assert max(map(len, text.splitlines())) < 200
    other = found.assign(to_do=[f"rename it to {n}" for n in range(5)])
    assert check_summary.first_of_each_sort(other).endswith("\nand 2 others")


def test_what_is_kept_of_files_finds_copies_of_the_same_kind(tmp_path):
    contents = {"leftImg8bit": "a", "rightImg8bit": "a", "disparity": "a"}
    files = {slot: [f"{slot}/x", 9, content, []] for slot, content in contents.items()}
    frame = tables.Frame("val", "ulm", "x", {"files": files})
    copies = tables.Copies()
    copies.note(frame)
    assert copies.paths([frame]) == {"rightImg8bit/x": "leftImg8bit/x"}


# Files with strange names


def lacking(*numbers):
    """The files that are missing where camera files of these frames are."""
    frames = {f"ulm_000000_{n:06d}": ["vehicle"] for n in numbers}
    return inventory({**frames, "ulm_000000_999999": ["camera", "vehicle"]}).missing()


def test_where_several_are_missing_a_slip_is_not_guessed():
    odd = ["camera/val/ulm/ulm_000000_0019_camera.json", "camera/val/ulm/notes.json"]
    found, missing = explain(odd[:1], [], lacking(19))
    assert found[odd[0]].what.endswith("ulm_000000_000019_camera.json is missing")
    assert missing == []

    found, missing = explain(odd, [], lacking(19, 20))
    assert {path: problem.severity for path, problem in found.items()} == dict.fromkeys(
        odd, "note"
    )
    assert len(missing) == 2


def test_an_unexpected_frame_is_a_slip_only_where_one_is_missing():
    unexpected = ["camera/val/ulm/ulm_000000_000091_camera.json"]
    found, missing = explain([], unexpected, lacking(19))
    assert found[unexpected[0]].check == "name"
    assert missing == []
    assert explain([], unexpected, []) == ({}, [])


# One image


IMAGE = np.random.default_rng(0).integers(0, 255, (16, 32), dtype=np.uint8)


def look(data, expected=GREY_8, size=(32, 16)):
    """(severity, check) of all that is wrong with the bytes of an image."""
    return [problem[:2] for problem in inspect_image(data, expected, size).problems]


def test_wherever_a_png_is_cut_it_is_one_error():
    data = png.encode(IMAGE)
    assert look(data) == []
    for length in range(len(data)):
        (problem,) = look(data[:length])
        assert problem == ("error", "not a PNG" if length < 8 else "truncated")


def test_whichever_byte_of_a_png_is_another_it_is_one_error():
    data = png.encode(IMAGE)
    for position in range(len(data)):
        broken = bytearray(data)
        broken[position] ^= 0x21
        ((severity, _),) = look(bytes(broken))
        assert severity == "error", position


def test_a_png_begins_with_its_header():
    data = png.encode(IMAGE)
    assert look(data[:8] + data[-12:]) == [("error", "damaged")]
    assert look(data[:8] + data[33:]) == [("error", "damaged")]


def test_all_that_is_wrong_with_the_kind_of_an_image_is_said():
    found = inspect_image(png.encode(IMAGE), RGB_8, (64, 16))
    assert found.pixels is None
    assert [problem.what for problem in found.problems] == [
        "the image is 32 x 16, not 64 x 16",
        "the image is grey, not RGB",
    ]


def test_a_single_pixel_makes_an_image_that_is_not_constant():
    image = np.full((16, 32), 7, dtype=np.uint8)
    assert look(png.encode(image)) == [("warning", "constant image")]
    image[15, 31] = 8
    assert look(png.encode(image)) == []


def test_the_same_pixels_packed_by_others_are_read_the_same():
    ours = inspect_image(png.encode(IMAGE), GREY_8, (32, 16))
    theirs = inspect_image(cv2.imencode(".png", IMAGE)[1].tobytes(), GREY_8, (32, 16))
    np.testing.assert_array_equal(ours.pixels, theirs.pixels)
    np.testing.assert_array_equal(ours.pixels, IMAGE)

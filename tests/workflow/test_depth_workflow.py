"""Depth images in the whole workflow: what is made, what is made again, and what is said."""

import json
import shutil
import subprocess
import sys

import cv2
import numpy as np
import pytest
import yaml

from cityscapes.ground_truth.kinds import KINDS, NAMES
from cityscapes.png import write as png
from cityscapes.png.labels import read_grey
from cityscapes.sample.frame_files import _Frame
from cityscapes.sample.frames import CITIES, spread
from depth_formula import slow_value
from tiny import (
    CLONE,
    changed,
    images_of,
    nothing_to_do,
    polygons_path,
    snakemake,
    snapshot,
    stereo_paths,
    succeed,
    write_polygons,
    write_stereo,
)

OURS = ["--config", "dataset=data", "kinds=[labelIds,depth]"]
FRAMES = {"val/frankfurt": [294, 576, 1016], "val/lindau": [19], "train/aachen": [19]}


def depth_of(place, number):
    """The depth image of a frame, below the results; `place` is split/city."""
    return f"depth/{place}/{place.split('/')[1]}_000000_{number:06d}_depth.png"


def all_depth():
    return {depth_of(place, number) for place, numbers in FRAMES.items() for number in numbers}


def depth_files(folder):
    """The depth images that lie in the results."""
    return {path for path in snapshot(folder) if path.startswith("depth/")}


def assert_right(folder):
    """Each depth image in the results is what disparity and camera in the dataset say."""
    found = sorted((folder / "results/depth").glob("*/*/*_depth.png"))
    assert found
    for path in found:
        city, _, number = path.name.split("_")[:3]
        sources = stereo_paths(folder / "data", f"{path.parts[-3]}/{city}", int(number))
        disparity = cv2.imread(str(sources[0]), cv2.IMREAD_UNCHANGED)
        document = json.loads(sources[1].read_text())
        camera = Lens(document["intrinsic"]["fx"], document["extrinsic"]["baseline"])
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert image.dtype == np.uint16
        assert image.shape == disparity.shape
        assert image.ravel().tolist() == [slow_value(int(p), camera) for p in disparity.flat]


class Lens:
    """A camera as a test reads it."""

    def __init__(self, fx, baseline):
        self.fx, self.baseline = fx, baseline


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which label and depth images were made; not to be changed."""
    folder = tmp_path_factory.mktemp("finished")
    for place, numbers in FRAMES.items():
        for number in numbers:
            write_stereo(folder / "data", place, number)
            write_polygons(polygons_path(folder / "data", f"gtFine/{place}", number))
    succeed(folder, "prepare_all", *OURS)
    return folder


def run(folder):
    """Run prepare_all; the files that this changed. A further run must find nothing to do."""
    before = snapshot(folder)
    succeed(folder, "prepare_all", *OURS)
    assert nothing_to_do(succeed(folder, "prepare_all", *OURS))
    return changed(before, snapshot(folder))


def test_every_frame_with_disparity_and_camera_has_its_depth(finished):
    assert depth_files(finished) == all_depth()
    assert_right(finished)


def test_a_second_run_does_nothing_and_says_nothing(finished):
    output = succeed(finished, "prepare_all", *OURS)
    assert nothing_to_do(output)
    assert "no depth" not in output


def test_depth_is_made_only_where_it_is_named(work):
    shutil.rmtree(work / "results")
    succeed(work, "prepare_all", "--config", "dataset=data")
    assert not depth_files(work)
    assert images_of("gtFine/val/frankfurt", 294) <= snapshot(work).keys()


def test_the_schema_names_the_kinds_and_its_default_the_default_ones():
    kinds = yaml.safe_load((CLONE / "config/schema.yaml").read_text())["properties"]["kinds"]
    assert tuple(kinds["items"]["enum"]) == NAMES
    assert kinds["default"] == [name for name in NAMES if KINDS[name].default]
    assert yaml.safe_load((CLONE / "config/config.yaml").read_text())["kinds"] == kinds["default"]


def test_an_edited_disparity_or_camera_costs_one_frame(work):
    edited, _ = stereo_paths(work / "data", "val/frankfurt", 294)
    edited.write_bytes(png.encode(np.full((16, 32), 257, np.uint16)))
    assert run(work) == {depth_of("val/frankfurt", 294)}
    _, edited = stereo_paths(work / "data", "val/frankfurt", 576)
    edited.write_text(edited.read_text().replace("2262.52", "2268.36"))
    assert run(work) == {depth_of("val/frankfurt", 576)}
    assert_right(work)


def test_an_edit_of_a_camera_that_gives_no_depth_changes_no_pixel(work):
    """The frame is looked into, as the file is another one; the image comes out the same."""
    _, camera = stereo_paths(work / "data", "val/lindau", 19)
    before = (work / "results" / depth_of("val/lindau", 19)).read_bytes()
    camera.write_text(camera.read_text().replace('"fx"', '"fy": 1.0, "fx"'))
    assert run(work) <= {depth_of("val/lindau", 19)}
    assert (work / "results" / depth_of("val/lindau", 19)).read_bytes() == before


def test_touched_files_re_make_nothing(work):
    for path in stereo_paths(work / "data", "val/frankfurt", 294):
        path.touch()
    (work / "results" / depth_of("val/frankfurt", 576)).touch()
    before = {path: (work / "results" / path).stat().st_mtime_ns for path in all_depth()}
    succeed(work, "prepare_all", *OURS)
    assert before == {path: (work / "results" / path).stat().st_mtime_ns for path in all_depth()}


def test_deleted_and_truncated_images_are_made_again(work):
    gone, cut = depth_of("val/frankfurt", 294), depth_of("val/lindau", 19)
    (work / "results" / gone).unlink()
    (work / "results" / cut).write_bytes(b"\x89PNG")
    assert run(work) == {gone, cut}
    assert_right(work)


def test_an_edited_polygon_file_leaves_depth_alone(work):
    write_polygons(polygons_path(work / "data", "gtFine/val/frankfurt", 294), shift=5)
    made = run(work)
    assert images_of("gtFine/val/frankfurt", 294, ["labelIds"]) <= made
    assert not {path for path in made if path.startswith("depth/")}


def test_frames_come_and_go(work):
    write_stereo(work / "data", "val/frankfurt", 2000)
    write_stereo(work / "data", "val/munster", 19)
    for path in stereo_paths(work / "data", "val/frankfurt", 294):
        path.unlink()
    shutil.rmtree(work / "data/disparity/val/lindau")
    assert run(work) == {
        depth_of("val/frankfurt", 2000), depth_of("val/munster", 19),
        depth_of("val/frankfurt", 294), depth_of("val/lindau", 19),
    }  # fmt: skip
    assert not (work / "results" / depth_of("val/frankfurt", 294)).exists()
    assert not (work / "results" / depth_of("val/lindau", 19)).exists()
    assert_right(work)


def test_a_frame_without_disparity_is_not_wrong(work):
    stereo_paths(work / "data", "val/frankfurt", 294)[0].unlink()
    assert run(work) == {depth_of("val/frankfurt", 294)}


def test_wrong_frames_are_listed_and_all_others_are_made(work):
    shutil.rmtree(work / "results")
    _, missing = stereo_paths(work / "data", "val/frankfurt", 294)
    camera = missing.read_bytes()
    missing.unlink()
    cut, _ = stereo_paths(work / "data", "val/frankfurt", 576)
    image = cut.read_bytes()
    cut.write_bytes(image[:-20])
    (work / "data/disparity/val/lindau/lindau\n19_disparity.png").write_bytes(image)
    done = snakemake(work, "prepare_all", *OURS, "--keep-going")
    assert done.returncode != 0
    said = [line.strip() for line in done.stdout.splitlines()]
    place = "data/disparity/val/frankfurt/frankfurt_000000_000"
    assert "ERROR 3 frames of disparity/val could not be made; all others are prepared:" in said
    assert any(
        line.startswith(f"data/camera/val/frankfurt/{missing.name}: is missing") for line in said
    )
    assert any(line.startswith(f"{place}576_disparity.png: cannot be decoded") for line in said)
    assert any("19_disparity.png: it is not the name of a frame's file" in line for line in said)
    wrong = {depth_of("val/frankfurt", number) for number in (294, 576)}
    assert depth_files(work) == all_depth() - wrong
    checked = work / "results/tables/disparity"
    assert not (checked / "val.depth.checked.tsv").exists()
    assert (checked / "train.depth.checked.tsv").exists()

    missing.write_bytes(camera)
    cut.write_bytes(image)
    (work / "data/disparity/val/lindau/lindau\n19_disparity.png").unlink()
    assert run(work) == wrong
    assert (checked / "val.depth.checked.tsv").exists()


def test_a_camera_that_is_gone_is_said_and_the_image_stays(work):
    _, camera = stereo_paths(work / "data", "val/lindau", 19)
    camera.unlink()
    done = snakemake(work, "prepare_all", *OURS)
    assert done.returncode != 0
    assert f"data/camera/val/lindau/{camera.name}: is missing" in done.stdout
    assert depth_files(work) == all_depth()


def test_one_line_says_which_splits_have_no_disparity(work):
    shutil.rmtree(work / "data/disparity/train")
    write_polygons(polygons_path(work / "data", "gtFine/test/berlin", 19))
    output = succeed(work, "prepare_all", *OURS)
    line = (
        "no depth is made of train, test: "
        "no files data/disparity/{train,test}/<city>/*_disparity.png"
    )
    assert output.splitlines().count(line) == 1
    assert depth_files(work) == {path for path in all_depth() if "/train/" not in path}


def test_one_line_says_that_a_split_has_no_cameras(work):
    shutil.rmtree(work / "data/camera/val")
    done = snakemake(work, "prepare_all", *OURS)
    assert done.returncode != 0
    line = "no depth is made of val: no files data/camera/val/<city>/*_camera.json"
    assert done.stdout.splitlines().count(line) == 1
    assert "ERROR 4 frames of disparity/val could not be made" in done.stdout


def test_a_dataset_of_disparity_and_camera_alone(work):
    shutil.rmtree(work / "results")
    shutil.rmtree(work / "data/gtFine")
    succeed(work, "--config", "dataset=data", "kinds=[depth]")
    assert depth_files(work) == all_depth()
    assert not (work / "results/gtFine").exists()


def test_a_dataset_with_neither_says_what_was_looked_for(tmp_path):
    (tmp_path / "data").mkdir()
    done = snakemake(tmp_path, "prepare_all", *OURS)
    assert done.returncode != 0
    assert "<city>/*{_polygons.json,_labelIds.png} and data/disparity/{train,val," in done.stdout
    assert "<city>/*_disparity.png; found nothing" in done.stdout


def test_a_city_can_be_asked_for_by_its_table(work):
    shutil.rmtree(work / "results")
    lindau = "results/tables/disparity/val/lindau.depth.tsv"
    succeed(work, lindau, *OURS)
    assert snapshot(work).keys() == {depth_of("val/lindau", 19)}
    for folder, config, message in (
        ("lindau", "kinds=[labelIds]", "disparity/val/lindau: name depth in `kinds`"),
        ("bonn", "kinds=[depth]", "data/disparity/val/bonn: no frames there"),
    ):
        table = lindau.replace("lindau", folder)
        done = snakemake(work, table, "--force", "--config", "dataset=data", config)
        assert done.returncode != 0
        assert f"ERROR {message}" in done.stdout
        assert "Traceback" not in done.stdout


def test_an_image_of_the_users_own_stays(work):
    shutil.rmtree(work / "results")
    mine = work / "results" / depth_of("val/lindau", 19)
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    done = snakemake(work, "prepare_all", *OURS)
    assert done.returncode != 0
    assert "lindau_000000_000019_depth.png was not made by this workflow" in done.stdout
    assert mine.read_bytes() == b"mine"


def test_clean_removes_depth_and_nothing_else(work):
    mine = work / "results/depth/val/frankfurt/mine.png"
    mine.write_bytes(b"mine")
    before = sorted((work / "data").rglob("*"))
    succeed(work, "clean", "--config", "dataset=data")  # the kinds of the config do not matter
    left = [path for path in (work / "results").rglob("*") if not path.is_dir()]
    assert left == [mine]
    assert sorted((work / "data").rglob("*")) == before


def test_the_summary_counts_depth(finished):
    command = [sys.executable, CLONE / "scripts/summary.py", "--results", "results"]
    done = subprocess.run(command, cwd=finished, capture_output=True, text=True, check=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["depth/val", "4", "frames", "4", "files"] in lines
    assert ["gtFine/val", "4", "frames", "8", "files"] in lines
    assert not [line for line in lines if line[:1] == ["disparity/val"]]
    assert "results/depth\n" in done.stdout


def test_by_hand_all_but_depth_is_the_default(work):
    command = [sys.executable, CLONE / "scripts/ground_truth.py", "--dataset", "data"]
    command += ["--results", "by_hand", "--labels", CLONE / "config/labels.csv", "--shard"]
    subprocess.run([*command, "gtFine/val/lindau"], cwd=work, check=True)
    subprocess.run([*command, "disparity/val/lindau", "--kinds", "depth"], cwd=work, check=True)
    made = {path.name for path in (work / "by_hand/depth").rglob("*.png")}
    assert made == {"lindau_000000_000019_depth.png"}
    subprocess.run([*command, "disparity/train/aachen"], cwd=work, check=True)
    assert not (work / "by_hand/depth/train").exists()


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The results of a small sample, with depth."""
    folder = tmp_path_factory.mktemp("sample")
    settings = {"frames": 7, "width": 512, "height": 256}
    config = {"sample": settings, "kinds": ["labelIds", "depth"], "types": ["gtFine"]}
    (folder / "config").mkdir()
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config))
    succeed(folder, "prepare_all")
    return folder


def drawn_frames():
    frames = spread(7, {city.split for city in CITIES})
    return [(frame, _Frame(frame, None, 512, 256, 0)) for frame in frames]


def path_of(folder, frame):
    return folder / f"results/depth/{frame.split}/{frame.city}/{frame.name}_depth.png"


def test_depth_of_the_sample_is_that_of_its_geometry(sample):
    """Every measured pixel lies within what two roundings leave open: of disparity, of depth."""
    for frame, drawn in drawn_frames():
        image = read_grey(path_of(sample, frame), bits=16)
        true = drawn.disparity.astype(np.float64)
        there = image > 0
        assert there.mean() > 0.2
        focus = drawn.camera.baseline * drawn.camera.fx
        half = 1 / 512 + 1e-9  # half a step, of a 256th of a pixel or of a metre
        assert (true[there] > half).all()
        metres = image[there] / 256
        assert (metres >= focus / (true[there] + half) - half).all()
        assert (metres <= focus / (true[there] - half) + half).all()


def test_the_road_of_the_sample_lies_on_the_ground(sample):
    """Without any disparity: where the ray of a pixel meets the plane z = 0."""
    for frame, drawn in drawn_frames():
        if frame.split == "test":  # its annotations are withheld
            continue
        image = read_grey(path_of(sample, frame), bits=16)
        depth = ground(drawn.camera)
        names = read_grey(
            sample / f"results/gtFine/{frame.split}/{frame.city}/{frame.name}_gtFine_labelIds.png",
            bits=8,
        )
        road = cv2.erode((names == 7).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        road &= (image > 0) & (depth < 30)
        assert road.sum() > 200
        # Half a step of disparity, as depth, and half a step of depth.
        step = depth**2 / (drawn.camera.baseline * drawn.camera.fx) / 512 + 1 / 512
        assert (np.abs(image / 256 - depth) <= step)[road].all(), frame.name


def ground(camera):
    """float64 (height, width): depth in metres at which the ray of a pixel meets the ground."""
    v, u = np.mgrid[: camera.height, : camera.width].astype(np.float64)
    rays = np.stack(
        [np.ones_like(u), -(u - camera.u0) / camera.fx, -(v - camera.v0) / camera.fy], axis=-1
    )
    down = rays @ camera.sensor_from_vehicle()[:, :3][:, 2]  # z in the vehicle's axes
    return np.where(down < 0, camera.z / np.maximum(-down, 1e-9), np.inf)

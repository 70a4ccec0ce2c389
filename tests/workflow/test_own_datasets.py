"""Datasets in the layout of Cityscapes that are not Cityscapes: other names, other files."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from cityscapes.png import write as png
from small_project import (
    SHARDS,
    VAL,
    configure,
    contents_of_images,
    fail,
    image,
    nothing_more,
    run_once,
    tables,
)
from tiny import (
    blocks_of,
    copy_project,
    nothing_to_do,
    polygons_path,
    succeed,
    write_polygons,
)

CITIES = ("münchen", "new_york", "new", "st. gallen", "-rf")


def test_cities_and_frames_of_any_name_are_prepared_and_checked(tmp_path):
    source = polygons_path(tmp_path / "one", "gtFine/val/x", 1)
    write_polygons(source)
    for city in CITIES:
        folder = tmp_path / "data/gtFine/val" / city
        folder.mkdir(parents=True)
        shutil.copy(source, folder / f"{city}_000000_000001_gtFine_polygons.json")
        shutil.copy(source, folder / "frame2890_gtFine_polygons.json")
    configure(tmp_path, {}, checks={"image_size": "any"}, kinds=["labelIds", "panoptic"])
    succeed(tmp_path, "prepare_all", "check_all")
    made = contents_of_images(tmp_path)
    for city in CITIES:
        assert f"gtFine/val/{city}/frame2890_gtFine_labelIds.png" in made
        picture = f"gtFine/cityscapes_panoptic_val/{city}_frame2890_gtFine_panoptic.png"
        assert picture in made
    document = json.loads(made["gtFine/cityscapes_panoptic_val.json"][1])
    names = {image["id"] for image in document["images"]}
    assert names == {f"{c}_{f}" for c in CITIES for f in ("frame2890", "000000_000001")}
    with open(tmp_path / "results/checks/problems.csv", newline="") as file:
        assert {row["check"] for row in csv.DictReader(file)} == {"copy"}
    assert nothing_to_do(succeed(tmp_path, "prepare_all", "check_all"))
    shutil.rmtree(tmp_path / "data/gtFine/val/new")
    succeed(tmp_path, "prepare_all")
    left = contents_of_images(tmp_path)
    assert made.keys() - left.keys() == {path for path in made if is_of_new(path)}
    succeed(tmp_path, "clean")
    assert contents_of_images(tmp_path) == {}


def is_of_new(path):
    """Whether a file is of city `new`; that of new_york begins alike."""
    name = path.rpartition("/")[2]
    return "/new/" in path or name.startswith(("new_frame", "new_000000"))


def test_label_images_without_polygons_are_prepared_checked_and_scored(work):
    before, scores = contents_of_images(work), tables(work)
    for shard, numbers in SHARDS.items():
        for number in numbers:
            polygons_path(work / "data", shard, number).unlink()
            for kind in ("labelIds", "instanceIds"):
                data = before[image(number, kind, shard)][1]
                (work / "data" / image(number, kind, shard)).write_bytes(data)
    run_once(work)
    nothing_more(work)
    after = contents_of_images(work)
    assert {path for path in before.keys() - after.keys()} == {
        path for path in before if path.endswith("_polygons.json")
    }
    assert after.items() <= before.items()
    evaluation = {path: data for path, data in scores.items() if path.startswith("evaluation")}
    assert evaluation.items() <= tables(work).items()
    succeed(work, "clean")
    succeed(work, "evaluate_all", "prepare_all")
    assert evaluation.items() <= tables(work).items()
    assert contents_of_images(work) == after


def test_several_roots_are_one_dataset(work):
    before = contents_of_images(work)
    succeed(work, "clean")
    data = work / "data"
    (work / "b/gtFine/val").mkdir(parents=True)
    (data / "gtFine/val/lindau").rename(work / "b/gtFine/val/lindau")
    configure(work, dataset=["data", "b"])
    succeed(work, "prepare_all", "check_all", "evaluate_all")
    after = contents_of_images(work)
    assert images_of(after) == images_of(before)
    nothing_more(work)
    number = SHARDS[VAL][0]
    shutil.copytree(data / VAL, work / "b" / VAL)
    output = fail(work, "prepare_all")
    name = polygons_path(Path(), VAL, number)
    assert f"  data/{name} and b/{name}" in output
    shutil.rmtree(work / "b" / VAL)
    write_polygons(polygons_path(work / "b", "gtFine/val/bonn", 7))
    succeed(work, "prepare_all")
    assert image(7, "color", "gtFine/val/bonn") in contents_of_images(work)


def images_of(contents):
    """Those of PNG and JSON files, which links are not."""
    return {path: what for path, what in contents.items() if what[0] == "file"}


def test_results_within_one_of_several_roots_are_refused(work):
    (work / "b/camera").mkdir(parents=True)
    (work / "results").rename(work / "b/results")
    (work / "results").symlink_to("b/results")
    configure(work, dataset=["data", "b"])
    assert "lies in the dataset b" in fail(work, "prepare_all")


def test_a_folder_of_unpacked_packages_is_a_dataset(tmp_path):
    root = tmp_path / "data/gtFine_trainvaltest"
    for shard, numbers in SHARDS.items():
        for number in numbers:
            write_polygons(polygons_path(root, shard, number))
    (tmp_path / "data/leftImg8bit_trainvaltest/leftImg8bit/val/frankfurt").mkdir(parents=True)
    configure(tmp_path, {}, kinds=["labelIds"])
    succeed(tmp_path, "prepare_all")
    assert image(SHARDS[VAL][0], "labelIds") in contents_of_images(tmp_path)
    assert (tmp_path / "results/leftImg8bit/val/frankfurt").is_dir()
    assert nothing_to_do(succeed(tmp_path, "prepare_all"))


def test_the_commands_of_the_page_make_a_dataset_of_a_flat_folder(tmp_path):
    mine = tmp_path / "scratch/me"
    for folder in ("images", "masks"):
        (mine / folder).mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in ("a", "b", "c"):
        pixels = rng.integers(0, 256, (16, 32, 3), dtype=np.uint8)
        labels = np.where(pixels[..., 0] > 99, 7, 26).astype(np.uint8)
        (mine / f"masks/{name}.png").write_bytes(png.encode(labels))
        (mine / f"images/{name}.png").write_bytes(png.encode(pixels))
    Image.open(mine / "images/c.png").save(mine / "images/c.jpg")
    (mine / "images/c.png").unlink()
    (mine / "train.txt").write_text("a\nb\n")
    (mine / "val.txt").write_text("c\n")
    copy_project(tmp_path / "clone")
    (script,) = blocks_of("docs/own-datasets.md")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CITYSCAPES")}
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", script.replace("/scratch/me", str(mine))],
        cwd=tmp_path / "clone",
        env={**environment, "PATH": f"{Path(sys.executable).parent}:{environment['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No problems were found." in done.stdout + done.stderr
    made = contents_of_images(tmp_path / "clone")
    assert "gtFine/val/mine/c_gtFine_labelTrainIds.png" in made
    document = json.loads(made["gtFine/cityscapes_panoptic_train.json"][1])
    assert [image["id"] for image in document["images"]] == ["mine_a", "mine_b"]

"""Small pictures, staleness and config of the viewer, without a server."""

import os
import sqlite3
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from cityscapes.errors import DataError
from cityscapes.png import write as png
from cityscapes.viewer import scores, staleness, tables
from cityscapes.viewer.catalogue import take
from cityscapes.viewer.packed import pack
from cityscapes.viewer.project import Project
from cityscapes.viewer.thumbnails import NAME, Thumbnails
from cityscapes.workflow.config import read_config
from cityscapes.workflow.removal import remove_all
from config_defaults import filled
from tiny import CLONE
from viewer_project import make_viewed, unpack


def image(folder, name="a.png", size=(64, 128), seed=0):
    random = np.random.default_rng(seed)
    path = folder / name
    path.write_bytes(png.encode(random.integers(0, 256, (*size, 3), dtype=np.uint8)))
    return path


def rows(results):
    with sqlite3.connect(results / NAME) as base:
        return base.execute("SELECT COUNT(*), SUM(LENGTH(picture)) FROM thumbnails").fetchone()


@pytest.fixture
def results(tmp_path):
    (tmp_path / "results").mkdir()
    return tmp_path / "results"


def test_a_picture_is_made_once_and_kept_for_the_next_viewer(results, tmp_path, monkeypatch):
    path = image(tmp_path, size=(1024, 2048))
    first = Thumbnails(results)
    data = first.of(path)
    first.close()
    assert cv2.imdecode(np.frombuffer(data, np.uint8), -1).shape == (128, 256, 3)
    monkeypatch.setattr("cityscapes.viewer.thumbnails.thumbnail", lambda path: 1 / 0)
    second = Thumbnails(results)
    assert second.of(path) == data
    second.close()


def test_a_picture_of_another_content_is_made_again(results, tmp_path):
    cache = Thumbnails(results)
    path = image(tmp_path)
    before = cache.of(path)
    image(tmp_path, seed=1)
    os.utime(path, ns=(1, 1))
    assert cache.of(path) != before
    cache.close()
    assert rows(results)[0] == 1


def test_the_file_has_a_bound_and_the_oldest_go(results, tmp_path):
    one = len(Thumbnails(None).of(image(tmp_path)))
    cache = Thumbnails(results, most_bytes=10 * one)
    paths = [image(tmp_path, f"{i}.png", seed=i) for i in range(40)]
    for path in paths:
        cache.of(path)
    cache.close()
    count, size = rows(results)
    assert size <= 11 * one and count >= 5
    with sqlite3.connect(results / NAME) as base:
        kept = {Path(row[0]).name for row in base.execute("SELECT path FROM thumbnails")}
    assert "39.png" in kept and "0.png" not in kept


def test_without_results_nothing_is_written(tmp_path):
    cache = Thumbnails(tmp_path / "results")
    assert cache.of(image(tmp_path))
    cache.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png"]


def test_a_damaged_cache_and_one_that_is_a_link_are_left_alone(results, tmp_path):
    (results / "manifests").mkdir()
    (results / NAME).write_bytes(b"no database" * 100)
    cache = Thumbnails(results)
    assert cache.of(image(tmp_path))
    cache.close()
    assert (results / NAME).read_bytes() == b"no database" * 100
    (results / NAME).unlink()
    (results / NAME).symlink_to(tmp_path / "elsewhere")
    cache = Thumbnails(results)
    assert cache.of(tmp_path / "a.png")
    cache.close()
    assert not (tmp_path / "elsewhere").exists()


def test_threads_share_it(results, tmp_path):
    cache = Thumbnails(results)
    paths = [image(tmp_path, f"{i}.png", seed=i) for i in range(8)]
    wrong = []

    def work():
        try:
            for path in paths:
                cache.of(path)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cache.close()
    assert wrong == [] and rows(results)[0] == 8


def test_clean_removes_it(results, tmp_path):
    cache = Thumbnails(results)
    cache.of(image(tmp_path))
    cache.close()
    assert (results / NAME).exists()
    remove_all(results)
    assert not (results / NAME).exists()
    assert list(results.iterdir()) == []


def test_an_image_of_16_bits_has_a_picture_too(tmp_path):
    grey = np.full((64, 128, 3), 20_000, dtype=np.uint16)
    grey[:32] = 40_000
    (tmp_path / "a.png").write_bytes(png.encode(grey))
    picture = cv2.imdecode(np.frombuffer(Thumbnails(None).of(tmp_path / "a.png"), np.uint8), -1)
    assert picture[0, 0, 0] > 200 > 50 > picture[-1, -1, 0]


@pytest.mark.parametrize(
    "name", ["a.png", "_leftImg8bit.png", "._a_leftImg8bit.png", "a_leftImg8bit.jpg"]
)
def test_names_that_are_none_of_frames_are_not_listed(tmp_path, name):
    folder = tmp_path / "leftImg8bit/val/frankfurt"
    folder.mkdir(parents=True)
    (folder / name).touch()
    assert take(tmp_path, ["val"]).frames == {}


def test_frames_and_cities_of_any_name_are_listed(tmp_path):
    folder = tmp_path / "leftImg8bit/val/my city"
    folder.mkdir(parents=True)
    (folder / "902541 ä_leftImg8bit.png").touch()
    assert [tuple(place) for place in take(tmp_path, ["val"]).frames] == [
        ("val", "my city", "902541 ä")
    ]


def test_a_folder_of_thousands_of_frames_is_listed_once(tmp_path, monkeypatch):
    folder = tmp_path / "leftImg8bit/train/aachen"
    folder.mkdir(parents=True)
    for number in range(3000):
        (folder / f"aachen_000000_{number:06d}_leftImg8bit.png").touch()
    listings = []
    before = os.listdir
    monkeypatch.setattr(os, "listdir", lambda path: listings.append(path) or before(path))
    assert len(take(tmp_path, ["train"]).frames) == 3000
    assert len(listings) == 1  # a listing a folder, and no look at any file


def test_arrays_come_back_as_they_were():
    a = np.arange(15, dtype=np.uint16).reshape(3, 5) * 4000
    b = np.arange(7, dtype=np.uint8)
    found = unpack(pack({"text": "ä"}, a=a, b=b))
    assert np.array_equal(found["a"], a) and np.array_equal(found["b"], b)
    assert found["text"] == "ä"


def test_the_config_is_that_of_the_clone_the_folder_and_the_flag(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    own = {"checks": {"counts": "any"}, "splits": ["val"]}
    (tmp_path / "config/config.yaml").write_text(yaml.safe_dump(own))
    (tmp_path / "flag.yaml").write_text("splits: [train]\n")
    config = read_config(CLONE, tmp_path / "flag.yaml")
    default = filled(yaml.safe_load((CLONE / "config/config.yaml").read_text()))
    assert config["splits"] == ["train"]
    assert config["checks"] == default["checks"] | {"counts": "any"}
    assert config["fill"] == "released" and config["evaluation"] == default["evaluation"]


def test_links_out_of_all_roots_are_told_by_their_target(tmp_path, monkeypatch):
    make_viewed(tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    project = Project.here(CLONE)
    (tmp_path / "secret").write_text("x")
    (tmp_path / "work/data/link").symlink_to(tmp_path / "secret")
    with pytest.raises(DataError, match="outside of dataset, results and predictions"):
        project.checked(Path("data/link"))
    assert project.checked(Path("data/gtFine")) == Path("data/gtFine")


def scored_project(tmp_path, monkeypatch):
    """A folder in which a set was scored before its prediction was written."""
    make_viewed(tmp_path)
    monkeypatch.chdir(tmp_path)
    table = tmp_path / "results/evaluation/mine/images.csv"
    table.parent.mkdir(parents=True)
    table.write_text("frame,mIoU\nfrankfurt_000000_000294,0.5\n")
    return Project.here(CLONE), table


def test_scores_older_than_a_prediction_are_told(tmp_path, monkeypatch):
    project, table = scored_project(tmp_path, monkeypatch)
    one = project.sets["mine"]
    (path,) = (tmp_path / "pixel").glob("frankfurt_000000_000294*")
    os.utime(table, ns=(0, path.stat().st_mtime_ns - 10))
    assert staleness.of_scores(project, one, path) == f"scored before {path.name} was written"
    os.utime(table, ns=(0, path.stat().st_mtime_ns + 10))
    assert staleness.of_scores(project, one, path) == ""


def test_scores_without_their_counts_are_told(tmp_path, monkeypatch):
    project, _ = scored_project(tmp_path, monkeypatch)
    found = scores.of_frame(project, project.sets["mine"], "frankfurt_000000_000294")
    assert not found["scored"] and "evaluation/mine/images_classes.csv" in found["problem"]
    assert scores.of_all_frames(project, project.sets["mine"])["frames"] == {
        "frankfurt_000000_000294": 0.5
    }


@pytest.mark.parametrize(
    ("text", "value"), [("0.5", 0.5), ("1e-3", 0.001), ("nan", None), ("", None), ("bus", None)]
)
def test_numbers_of_tables(text, value):
    assert tables.number(text) == value


def test_problems_are_sorted_to_their_frames(tmp_path):
    folder = tmp_path / "checks"
    folder.mkdir()
    (folder / "problems.csv").write_text(
        "severity,check,where,what,to_do\n"
        "error,truncated,leftImg8bit/val/bonn/bonn_000000_000001_leftImg8bit.png,cut,unpack\n"
        "note,fewer frames,leftImg8bit/val/bonn,3 of 4,\n"
        "note,copy,gtFine/val/my city/12_gtFine_polygons.json,as 11,\n"
        "note,odd,somewhere,what,\n"
    )
    found = tables.problems_of_frames(tmp_path)
    assert [row["check"] for row in found["bonn_000000_000001"]] == ["truncated"]
    assert [row["check"] for row in found["12"]] == ["copy"]
    assert [row["check"] for row in found[""]] == ["fewer frames", "odd"]


def test_a_table_that_is_none_holds_nothing(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    assert tables.csv_rows(tmp_path / "a.csv") == tables.csv_rows(tmp_path / "none.csv") == []


def test_problems_of_an_edit_are_those_of_its_frame(results):
    name = "gtFine/val/frankfurt/frankfurt_000000_000294_gtFine_polygons.json"
    (results / "checks").mkdir()
    rows = [f"note,edited,{where},x,y" for where in (name, f"/scratch/edits/{name}", "gtFine/val")]
    text = "\n".join(["severity,check,where,what,to_do", *rows, ""])
    (results / "checks/problems.csv").write_text(text)
    found = tables.problems_of_frames(results)
    assert {frame: len(lines) for frame, lines in found.items()} == {
        "frankfurt_000000_000294": 2, "": 1,
    }  # fmt: skip

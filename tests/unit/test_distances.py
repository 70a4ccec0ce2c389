"""Distances of instances: by hand on frames whose depth is known."""

import json

import numpy as np
import pytest
from test_figures import LABELS, rows
from test_statistics import TABLE

import draw_figures
import instance_distances
import split_extra
from cityscapes.incremental.tables import problems_in, read_tracked, write_tracked
from cityscapes.layout import Shard
from cityscapes.png import write as png
from cityscapes.statistics.distances import EDGES, Measured, frame_distances, tables

ULM = Shard("gtFine", "val", "ulm")
CAMERA = {"intrinsic": {"fx": 1000.0}, "extrinsic": {"baseline": 0.2}}


def test_the_distance_is_the_median_of_what_is_measured():
    ids = np.array([[26001, 26001, 26001, 26001, 24002, 24003, 26, 7]], dtype=np.uint16)
    depth = np.array([[10, 30, 20, np.nan, np.nan, np.inf, 5, 5]], dtype=np.float32)
    assert frame_distances(ids, depth) == [
        Measured(24002, None, 0), Measured(24003, None, 1), Measured(26001, 20, 0.75),
    ]  # fmt: skip


def by_name(table):
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


def test_tables_of_a_split():
    frames = [
        [Measured(26001, 15.0, 1.0), Measured(26002, 25.0, 0.5), Measured(26003, 99.0, 0.49)],
        [Measured(26001, 500.0, 0.9), Measured(24001, None, 1.0)],
        [],
    ]
    made = tables(frames, TABLE, ["a frame is wrong"])
    classes, histogram = by_name(made["distances"]), by_name(made["distances_histogram"])
    car, person = classes["car"], classes["person"]
    assert (car["instances"], car["with distance"], car["mean metres"]) == (4, 3, 180)
    assert (car["quantile 0.5"], car["frames with depth"], car["frames left out"]) == (25, 3, 1)
    assert (person["instances"], person["with distance"], person["mean metres"]) == (1, 0, None)
    shown = {key: number for key, number in histogram["car"].items() if number and key != "name"}
    assert shown == {"from 10 m": 1, "from 20 m": 1, "from 200 m": 1}
    assert len(histogram["car"]) == 1 + len(EDGES)
    assert "road" not in classes


@pytest.fixture
def city(tmp_path):
    """Three frames: a car 10 m away, one without disparity, and one whose disparity is no PNG."""
    ids = np.full((4, 8), 7, dtype=np.uint16)
    ids[:2] = 26001
    # 0.2 m * 1000 / 20 = 10 m; a disparity of 20 pixels is released as 20 * 256 + 1.
    disparity = np.full((4, 8), 20 * 256 + 1, dtype=np.uint16)
    frames = [f"ulm_000000_00000{number}" for number in range(3)]
    files = {}
    for frame in frames:
        files[f"results/gtFine/val/ulm/{frame}_gtFine_instanceIds.png"] = png.encode(ids)
        files[f"data/camera/val/ulm/{frame}_camera.json"] = json.dumps(CAMERA).encode()
    files[f"data/disparity/val/ulm/{frames[0]}_disparity.png"] = png.encode(disparity)
    files[f"data/disparity/val/ulm/{frames[2]}_disparity.png"] = b"none"
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    write_tracked(tmp_path / "labels.tsv", ["frame"], [{"frame": frame} for frame in frames])
    output = tmp_path / "tables/ulm.tsv"
    instance_distances.main(
        tmp_path / "labels.tsv", tmp_path / "results", tmp_path / "data", ULM, output, 1
    )
    return output


def test_a_city_is_measured_and_what_is_wrong_is_left_out(city, capsys):
    (row,) = read_tracked(city)
    assert row["frame"] == "ulm_000000_000000"
    assert json.loads(row["instances"]) == [[26001, 10.0, 1.0]]
    (problem,) = problems_in(city)
    assert "ulm_000000_000002_disparity.png" in problem


def test_images_of_two_sizes_are_no_pair(city, tmp_path):
    results = tmp_path / "results/gtFine/val/ulm/ulm_000000_000000_gtFine_instanceIds.png"
    raw = [
        tmp_path / "data" / what / "val/ulm" / f"ulm_000000_000000_{what}.{ending}"
        for what, ending in (("disparity", "png"), ("camera", "json"))
    ]
    results.write_bytes(png.encode(np.zeros((2, 2), dtype=np.uint16)))
    assert "has 8 x 4 pixels" in instance_distances.measure(results, *raw)


def test_the_figure_shows_the_numbers_of_the_tables(city, tmp_path):
    split_extra.main("distances", [city], LABELS, tmp_path / "statistics")
    draw_figures.main(
        "distances", [tmp_path / "statistics"], None, LABELS, "", tmp_path / "figures"
    )
    (car,) = rows(tmp_path / "figures/distances.csv")
    assert (car["name"], car["with distance"], car["quantile 0.5"]) == ("car", "1", "10.0")
    assert (car["from 0 m"], car["from 10 m"]) == ("0", "1")
    assert (tmp_path / "figures/distances.svg").exists()


def test_a_split_in_which_nothing_is_measured_has_tables_and_a_figure(tmp_path):
    write_tracked(tmp_path / "ulm.tsv", ["frame", "instances"], [])
    split_extra.main("distances", [tmp_path / "ulm.tsv"], LABELS, tmp_path / "statistics")
    draw_figures.main(
        "distances", [tmp_path / "statistics"], None, LABELS, "", tmp_path / "figures"
    )
    assert rows(tmp_path / "figures/distances.csv") == []

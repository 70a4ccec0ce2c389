"""Coarse annotations against fine ones, by hand."""

import json

import numpy as np
import pytest
import yaml
from test_figures import LABELS, rows
from test_statistics import TABLE

import coarse_counts
import draw_figures
import split_extra
from cityscapes.figures import statistics
from cityscapes.figures.names import EXTRA as SHOWN
from cityscapes.incremental.tables import problems_in, read_tracked, write_tracked
from cityscapes.png import write as png
from cityscapes.statistics.coarse import MEAN, tables
from cityscapes.statistics.names import EXTRA, IMAGES
from tiny import CLONE

NAMES = [f"ulm_000000_00000{number}" for number in range(3)]


def by_name(table):
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


def test_only_pixels_that_both_annotate_are_compared():
    # Road 7, car 26, and 0, which is ignored: fine, coarse, pixels.
    frames = [
        np.array([[7, 7, 60], [7, 26, 20], [7, 0, 20], [26, 26, 30], [0, 26, 99]]),
        np.array([[26, 0, 10]]),
    ]
    made = by_name(tables(frames, TABLE, ["wrong"])["coarse"])
    road, car, every = made["road"], made["car"], made[MEAN]
    assert (road["fine pixels"], road["coarse pixels"], road["covered"]) == (100, 60, 0.8)
    assert (road["agreement"], road["IoU"]) == (1, 60 / 80)
    assert (car["fine pixels"], car["coarse pixels"], car["covered"]) == (40, 50, 0.75)
    assert (car["agreement"], car["IoU"]) == (0.6, 30 / 50)
    assert (every["covered"], every["agreement"]) == (110 / 140, 90 / 110)
    assert every["IoU"] == pytest.approx((0.75 + 0.6) / 2)
    assert (every["frames with both"], every["frames left out"]) == (2, 1)
    assert made["sky"]["IoU"] is None and "unlabeled" not in made


@pytest.fixture
def city(tmp_path):
    """A frame with both, one with a fine image alone, and one whose coarse image is damaged."""
    fine, coarse = np.full((4, 8), 7, dtype=np.uint8), np.full((4, 8), 7, dtype=np.uint8)
    coarse[:2] = 0
    for shard_type, image, frames in (("gtFine", fine, NAMES), ("gtCoarse", coarse, NAMES[::2])):
        folder = tmp_path / "results" / shard_type / "val/ulm"
        folder.mkdir(parents=True)
        for frame in frames:
            (folder / f"{frame}_{shard_type}_labelIds.png").write_bytes(png.encode(image))
        listed = [{"frame": frame} for frame in frames]
        write_tracked(tmp_path / f"{shard_type}.tsv", ["frame"], listed)
    (folder / f"{NAMES[2]}_gtCoarse_labelIds.png").write_bytes(b"none")
    output = tmp_path / "tables/ulm.tsv"
    coarse_counts.main(
        tmp_path / "gtFine.tsv", tmp_path / "gtCoarse.tsv", tmp_path / "results", "val", "ulm",
        output, 1,
    )  # fmt: skip
    return output


def test_a_city_is_compared_and_what_is_wrong_is_left_out(city):
    (row,) = read_tracked(city)
    assert (row["frame"], json.loads(row["pixels"])) == (NAMES[0], [[7, 0, 16], [7, 7, 16]])
    (problem,) = problems_in(city)
    assert f"{NAMES[2]}_gtCoarse_labelIds.png" in problem


def test_images_of_two_sizes_are_no_pair(city, tmp_path):
    fine, coarse = (
        tmp_path / f"results/{kind}/val/ulm/{NAMES[0]}_{kind}_labelIds.png"
        for kind in ("gtFine", "gtCoarse")
    )
    coarse.write_bytes(png.encode(np.zeros((2, 3), dtype=np.uint8)))
    assert "has 3 x 2 pixels" in coarse_counts.compare(fine, coarse)


def test_the_figure_shows_the_numbers_of_the_table(city, tmp_path):
    split_extra.main("coarse", [city], LABELS, tmp_path / "statistics")
    draw_figures.main("coarse", [tmp_path / "statistics"], None, LABELS, "", tmp_path / "figures")
    every, road = rows(tmp_path / "figures/coarse.csv")
    assert (every["name"], road["name"]) == (MEAN, "road")
    assert (road["covered"], road["agreement"], road["IoU"]) == ("0.5", "1.0", "1.0")


def test_a_split_without_pairs_has_a_table_and_a_figure(tmp_path):
    write_tracked(tmp_path / "ulm.tsv", ["frame", "pixels"], [])
    split_extra.main("coarse", [tmp_path / "ulm.tsv"], LABELS, tmp_path / "statistics")
    draw_figures.main("coarse", [tmp_path / "statistics"], None, LABELS, "", tmp_path / "figures")
    assert rows(tmp_path / "figures/coarse.csv") == []


def test_each_setting_of_the_statistics_has_tables_and_a_figure():
    schema = yaml.safe_load((CLONE / "config/schema.yaml").read_text())
    asked = schema["properties"]["statistics"]["properties"]
    assert {*asked} == {*EXTRA} == {*IMAGES} == {*SHOWN} == {*statistics.EXTRA}
    assert {*asked} == {*split_extra.EXTRA}
    assert not any(one["default"] for one in asked.values())
    for name in asked:
        assert (CLONE / f"rules/captions/{name}_figures.rst").exists()

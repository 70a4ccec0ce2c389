"""Statistics, figures and the report follow every edit, and are ours to remove."""

import csv

import pytest

from small_project import (
    SHARDS,
    VAL,
    configure,
    contents_below,
    edit_polygons,
    make_project,
)
from tiny import (
    frame_name,
    nothing_to_do,
    polygons_path,
    snakemake,
    succeed,
    write_polygons,
    write_stereo,
)


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """The small project with its report; changed by the tests in their order."""
    folder = tmp_path_factory.mktemp("reported")
    make_project(folder)
    succeed(folder, "report_all")
    return folder


def below(folder, *parts):
    """Path -> content of all files below some folders of the results."""
    return {
        f"{part}/{path}": content
        for part in parts
        for path, (kind, content) in contents_below(folder / "results" / part).items()
        if kind == "file"
    }


def road(folder):
    with open(folder / "results/statistics/gtFine_val/classes.csv") as file:
        (row,) = (row for row in csv.DictReader(file) if row["name"] == "road")
    return row


def test_all_of_it_is_made_and_a_second_run_finds_nothing_to_do(reported):
    assert road(reported)["frames"] == str(sum(map(len, SHARDS.values())))
    figures = below(reported, "report")
    assert "report/sets/mine/iou.svg" in figures
    assert "report/sets/segments/quality.csv" in figures
    assert "report/sets/mine/frames/worst.jpg" in figures
    assert "report/sets/segments/frames/worst.jpg" in figures
    assert b"gtFine val" in figures["report/index.html"]
    assert nothing_to_do(succeed(reported, "report_all"))


def test_an_edit_reaches_statistics_figures_and_page(reported):
    before, pixels = below(reported, "statistics", "report"), road(reported)["pixels"]
    edit_polygons(polygons_path(reported / "data", VAL, 294))
    succeed(reported, "report_all")
    after = below(reported, "statistics", "report")
    assert road(reported)["pixels"] != pixels
    changed = {path for path in after if after[path] != before[path]}
    assert {
        "statistics/gtFine_val/classes.csv",
        "report/statistics/gtFine_val/pixels.svg",
        "report/sets/mine/iou.csv",
        "report/index.html",
    } <= changed
    assert after.keys() == before.keys()
    assert nothing_to_do(succeed(reported, "report_all"))


def test_a_page_without_pictures_asks_for_none(reported):
    configure(reported, report={"pictures": False})
    succeed(reported, "report_all")
    page = (reported / "results/report/index.html").read_text()
    assert "data:image/svg" in page and "data:image/jpeg" not in page


def test_what_is_not_ours_stops_the_report_and_clean_leaves_it(reported):
    succeed(reported, "clean")
    assert not (reported / "results/statistics").exists()
    assert not (reported / "results/report").exists()
    own = reported / "results/report/index.html"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    done = snakemake(reported, "report_all")
    assert done.returncode != 0
    assert "were not made by this workflow" in done.stdout
    assert own.read_text() == "mine"


def test_extra_statistics_are_made_where_they_are_asked_for(tmp_path):
    make_project(tmp_path)
    asked = {"distances": True, "coarse": True, "positions": True}
    configure(tmp_path, sets={}, types=["gtFine", "gtCoarse"], statistics=asked)
    write_stereo(tmp_path / "data", "val/frankfurt", 294)
    write_polygons(polygons_path(tmp_path / "data", "gtCoarse/val/lindau", 19))
    vehicle = (
        tmp_path
        / "data/vehicle/val/lindau"
        / f"{frame_name('gtFine/val/lindau', 19)}_vehicle.json"
    )
    vehicle.parent.mkdir(parents=True)
    vehicle.write_text('{"gpsLatitude": 47.5, "gpsLongitude": 9.7}')
    succeed(tmp_path, "report_all")
    made = below(tmp_path, "statistics", "report")
    assert b"lindau,47.5,9.7" in made["statistics/gtFine_val/positions.csv"]
    for name, column in (("distances", "frames with depth"), ("coarse", "frames with both")):
        lines = made[f"statistics/gtFine_val/{name}.csv"].decode().splitlines()
        assert {row[column] for row in csv.DictReader(lines)} == {"1"}
        assert f"report/statistics/gtFine_val/{name}.svg" in made
    assert b"Distances of instances" in made["report/index.html"]
    assert b"Positions of frames" in made["report/index.html"]
    assert b"Coarse and fine annotations" in made["report/index.html"]
    assert nothing_to_do(succeed(tmp_path, "report_all"))
    succeed(tmp_path, "clean")
    assert not (tmp_path / "results/statistics").exists()
    assert not (tmp_path / "results/tables/distances").exists()

"""Positions of frames: read from vehicle files, with what is wrong left out."""

import json

import pytest
from test_figures import LABELS, rows

import draw_figures
import split_extra
import vehicle_positions
from cityscapes.errors import DataError
from cityscapes.incremental.tables import problems_in, read_tracked, write_tracked

RIGHT = {"gpsLatitude": 48.4, "gpsLongitude": -9.99, "speed": 1}


@pytest.fixture
def city(tmp_path):
    """Three frames: one is right, one has no vehicle file, one a text in place of a number."""
    names = [f"ulm_000000_00000{number}" for number in range(3)]
    for frame, record in ((names[0], RIGHT), (names[2], RIGHT | {"gpsLatitude": "north"})):
        (tmp_path / f"{frame}_vehicle.json").write_text(json.dumps(record))
    write_tracked(tmp_path / "labels.tsv", ["frame"], [{"frame": frame} for frame in names])
    vehicle_positions.main(tmp_path / "labels.tsv", tmp_path, tmp_path / "tables/ulm.tsv")
    return tmp_path / "tables/ulm.tsv"


def test_positions_are_read_and_what_is_wrong_is_left_out(city):
    (row,) = read_tracked(city)
    assert row == {"frame": "ulm_000000_000000", "position": "[48.4,-9.99]"}
    (problem,) = problems_in(city)
    assert "ulm_000000_000002_vehicle.json" in problem


@pytest.mark.parametrize(
    "record", [{"gpsLatitude": 91}, {"gpsLongitude": float("nan")}, {"gpsLatitude": 10**400}]
)
def test_what_is_no_place_on_earth_is_refused(tmp_path, record):
    path = tmp_path / "a_vehicle.json"
    path.write_text(json.dumps(RIGHT | record))
    with pytest.raises(DataError, match=r"a_vehicle\.json"):
        vehicle_positions.position(path)


def test_the_figure_shows_the_frames_and_their_city(city, tmp_path):
    split_extra.main("positions", [city], LABELS, tmp_path / "statistics")
    folders = [tmp_path / "statistics"]
    draw_figures.main("positions", folders, None, LABELS, "", tmp_path / "figures")
    (row,) = rows(tmp_path / "figures/positions.csv")
    assert [*row.values()] == ["ulm_000000_000000", "ulm", "48.4", "-9.99"]


def test_a_split_without_positions_has_a_table_and_a_figure(tmp_path):
    write_tracked(tmp_path / "ulm.tsv", ["frame", "position"], [])
    split_extra.main("positions", [tmp_path / "ulm.tsv"], LABELS, tmp_path / "statistics")
    folders = [tmp_path / "statistics"]
    draw_figures.main("positions", folders, None, LABELS, "", tmp_path / "figures")
    assert rows(tmp_path / "figures/positions.csv") == []

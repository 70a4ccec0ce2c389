"""Predicted boxes as the viewer tells true ones from false ones, and what it says of files."""

import json
from pathlib import Path

import numpy as np
import pytest

from cityscapes.evaluation.boxes3d.projection import amodal_boxes, parse_camera
from small_project import SHARDS, VAL, configure
from tiny import frame_name, polygons_path, write_polygons
from viewer_project import FRAME, PLACE, serve

VECTORS = json.loads((Path(__file__).parent / "vectors/objects/box3d_projection.json").read_text())
SENSOR = VECTORS[0]["sensor"]
OTHER = frame_name(VAL, 576)
TURN = [1, 0, 0, 0]
SETS = {
    "vehicles": {"task": "boxes3d", "path": "vehicles"},
    "texts": {"task": "pedestrians", "path": "texts"},
    "results": {"task": "pedestrians", "path": "results.json"},
    "some": {"task": "boxes3d", "path": "some", "allow_missing": True},
    "mine": {"task": "pixel", "path": "pixel"},
}


def vehicle(x, y=0.0, score=0.9, label="car"):
    return {
        "2d": {"amodal": [900, 400, 200, 200]},
        "3d": {"center": [x, y, 1], "dimensions": [4, 2, 2], "rotation": TURN},
        "label": label,
        "score": score,
    }


def person(x):
    box = [x, 100, 40, 100]
    return {"label": "pedestrian", "bbox": box, "bboxVis": box}


def write(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))


def true_of(folder, kind, frame=FRAME):
    return folder / f"data/{kind}/val/frankfurt/{frame}_{kind}.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("outcomes")
    for shard, numbers in SHARDS.items():
        for number in numbers:
            write_polygons(polygons_path(folder / "data", shard, number))
    found, missed = vehicle(20), vehicle(40, 8)
    # The true box in the image is that to which a prediction at the same place is projected.
    solid = (np.array([found["3d"][key]]) for key in ("center", "dimensions", "rotation"))
    found["2d"]["amodal"] = amodal_boxes(*solid, parse_camera(SENSOR), (2048, 1024))[0].tolist()
    document = {"sensor": SENSOR, "objects": [missed, found], "ignore": []}
    write(true_of(folder, "gtBbox3d"), document)
    write(true_of(folder, "gtBbox3d", OTHER), document)
    guesses = [vehicle(30, -9, 0.8), vehicle(20, score=0.75), vehicle(25, 9, 0.3)]
    write(folder / f"vehicles/{FRAME}.json", {"objects": guesses})
    write(folder / f"vehicles/{OTHER}.json", '{"objects": [{"label": "car"}]}')
    write(folder / f"some/{FRAME}.json", {"objects": []})
    people = {"imgWidth": 2048, "imgHeight": 1024, "objects": [person(100), person(300)]}
    for frame in (FRAME, OTHER):
        write(true_of(folder, "gtBboxCityPersons", frame), people)
    write(folder / f"texts/{FRAME}.txt", "102 100 40 100 0.9\n600 100 40 100 0.6\n")
    write(folder / f"texts/{OTHER}.txt", "102 100 40 x 0.9\n")
    entry = {"image_id": 2, "category_id": 1, "bbox": [300, 100, 40, 100], "score": 0.5}
    write(folder / "results.json", [entry])
    configure(folder, SETS, splits=["val"], types=["gtFine"])
    return folder


@pytest.fixture(scope="module")
def viewer(folder):
    with serve(folder) as client:
        client.json("frames")
        yield client


def outcomes(found):
    return [(box["outcome"], box["score"]) for box in found["boxes"]]


def test_sets_of_boxes_are_told_apart_from_those_of_pixels(viewer):
    about = viewer.json("project")
    assert list(about["sets"]) == ["mine"]
    assert set(about["boxSets"]) == {"vehicles", "texts", "results", "some"}


def test_vehicles_are_true_false_and_missed_with_their_shapes(viewer):
    found = viewer.json(f"outcomes/vehicles/{PLACE}")
    assert outcomes(found) == [("true", 0.75), ("false", 0.8), ("false", 0.3), ("missed", None)]
    assert found["counts"] == {"true": 1, "false": 2, "missed": 1, "ignored": 0}
    assert found["working"] == "of all scores: the set is not evaluated yet"
    true, false, _, missed = found["boxes"]
    assert true["truth"] == true["prediction"]  # both at one place
    assert false["truth"] is None and missed["prediction"] is None
    assert (false["prediction"]["depth"], missed["truth"]["depth"]) == (
        pytest.approx(981**0.5), pytest.approx(1664**0.5),
    )  # fmt: skip
    assert all(face["outline"] for face in true["prediction"]["faces"])


def test_what_is_below_the_working_confidence_is_not_shown(folder):
    table = folder / "results/evaluation/vehicles/classes.csv"
    write(table, "name,working confidence\ncar,0.76\ntruck,\n")
    with serve(folder) as viewer:
        viewer.json("frames")
        found = viewer.json(f"outcomes/vehicles/{PLACE}")
        assert outcomes(found) == [("false", 0.8), ("missed", None), ("missed", None)]
        assert found["working"] == "from the working confidence of its class on"
    table.unlink()


def test_pedestrians_are_true_false_and_missed(viewer, folder):
    found = viewer.json(f"outcomes/texts/{PLACE}")
    assert outcomes(found) == [("true", 0.9), ("false", 0.6), ("missed", None)]
    true, false, missed = found["boxes"]
    assert true["truth"]["full"] == [100, 100, 40, 100]
    assert true["prediction"]["full"] == [102, 100, 40, 100]
    assert false["prediction"]["full"] == [600, 100, 40, 100]
    assert missed["truth"]["full"] == [300, 100, 40, 100]
    assert found["path"].endswith(f"texts/{FRAME}.txt")
    table = folder / "results/evaluation/texts/images.csv"
    write(table, f"frame,from score\n{FRAME},0.7\n")
    found = viewer.json(f"outcomes/texts/{PLACE}")
    assert outcomes(found) == [("true", 0.9), ("missed", None)]
    write(table, f"frame,from score\n{FRAME},inf\n")
    assert viewer.json(f"outcomes/texts/{PLACE}")["counts"]["missed"] == 2
    table.unlink()


def test_a_results_file_counts_the_frames_from_1(viewer):
    first = viewer.json(f"outcomes/results/{PLACE}")
    assert first["counts"] == {"true": 0, "false": 0, "missed": 2, "ignored": 0}
    second = viewer.json(f"outcomes/results/val/frankfurt/{OTHER}")
    assert second["counts"] == {"true": 1, "false": 0, "missed": 1, "ignored": 0}


def test_a_frame_without_a_file_has_no_predictions_where_that_is_allowed(viewer):
    found = viewer.json(f"outcomes/some/val/frankfurt/{OTHER}")
    assert found["counts"] == {"true": 0, "false": 0, "missed": 2, "ignored": 0}
    assert found["path"] == ""


def test_what_is_wrong_with_a_file_is_said(viewer):
    damaged = viewer.json(f"outcomes/vehicles/val/frankfurt/{OTHER}", 422)["error"]
    assert f"vehicles/{OTHER}.json: object 0: 2d is missing" in damaged
    damaged = viewer.json(f"outcomes/texts/val/frankfurt/{OTHER}", 422)["error"]
    assert f"texts/{OTHER}.txt: line 1" in damaged
    assert "no prediction set of boxes mine" in viewer.json(f"outcomes/mine/{PLACE}", 404)["error"]
    lindau = "val/lindau/lindau_000000_000019"
    assert "has no gtBbox3d" in viewer.json(f"outcomes/vehicles/{lindau}", 404)["error"]

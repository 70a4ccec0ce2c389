"""Boxes as the page draws them, against vectors of the reference's box3dImageTransform."""

import json
from pathlib import Path

import numpy as np
import pytest

from cityscapes.errors import DataError
from cityscapes.evaluation.boxes3d.projection import parse_camera, project
from cityscapes.viewer import boxes

VECTORS = json.loads((Path(__file__).parent / "vectors/objects/box3d_projection.json").read_text())
SENSOR = VECTORS[0]["sensor"]


@pytest.mark.parametrize("index", range(len(VECTORS)))
def test_the_faces_that_are_cut_before_the_camera_span_the_amodal_box(index):
    case = VECTORS[index]
    camera = parse_camera(case["sensor"])
    seen = boxes.corners_seen(case, camera)
    points = [
        project(cut, camera)
        for face in boxes.FACES.values()
        if len(cut := boxes.near_cut(seen[list(face)]))
    ]
    if not points:
        assert case["expected"]["amodal"] == [0, 0, 0, 0]
        return
    found = np.concatenate(points).clip(0, (2047, 1023))
    low, high = found.min(axis=0), found.max(axis=0)
    assert np.allclose([*low, *high], case["expected"]["amodal"], atol=1e-6)


def vehicle(**changed):
    return {
        "2d": {"modal": [1, 2, 3, 4], "amodal": [0, 1, 5, 6]},
        "3d": {"center": [20, 0, 1], "dimensions": [4, 2, 2], "rotation": [1, 0, 0, 0]},
        "label": "car",
        "instanceId": 26001,
    } | changed


def write(path, document):
    path.write_text(json.dumps(document))
    return path


def test_of_a_car_ahead_the_back_is_in_sight_and_the_arrow_points_away(tmp_path):
    path = write(tmp_path / "a.json", {"sensor": SENSOR, "objects": [vehicle()], "ignore": []})
    (car,) = boxes.boxes3d(path)["objects"]
    seen = {face["name"] for face in car["faces"] if face["visible"]}
    assert "back" in seen and "front" not in seen and "bottom" not in seen
    assert car["depth"] == 20
    (_, y_middle), (_, y_front) = car["arrow"]
    assert y_front < y_middle  # farther on the ground is higher in the image


def test_a_box_behind_the_camera_has_no_faces(tmp_path):
    behind = vehicle()
    behind["3d"] = behind["3d"] | {"center": [-20, 0, 1]}
    path = write(tmp_path / "a.json", {"sensor": SENSOR, "objects": [behind], "ignore": []})
    (car,) = boxes.boxes3d(path)["objects"]
    assert car["faces"] == [] and car["arrow"] == []


@pytest.mark.parametrize(
    "broken",
    [
        vehicle(**{"3d": None}),
        vehicle(**{"2d": {"amodal": [1, 2, 3]}}),
        vehicle(**{"3d": {"center": [1, 2, 3], "dimensions": [1, 1, 1], "rotation": [1, 0, 0]}}),
        vehicle(
            **{"3d": {"center": ["x", 2, 3], "dimensions": [1] * 3, "rotation": [1, 0, 0, 0]}}
        ),
        "no object",
        None,
    ],
)
def test_a_broken_object_is_told_and_the_others_are_shown(tmp_path, broken):
    document = {"sensor": SENSOR, "objects": [broken, vehicle()], "ignore": []}
    first, second = boxes.boxes3d(write(tmp_path / "a.json", document))["objects"]
    assert first["problem"].startswith("cannot be read: ")
    assert second["label"] == "car"


def test_ignore_regions_and_people(tmp_path):
    region = {"2d": [1, 2, 3, 4], "label": "ignore"}
    path = write(tmp_path / "a.json", {"sensor": SENSOR, "objects": [], "ignore": [region]})
    assert boxes.boxes3d(path)["ignore"] == [{"label": "ignore", "full": [1, 2, 3, 4]}]
    person = {"label": "rider", "bbox": [1, 2, 3, 4], "bboxVis": [1, 2, 2, 2], "instanceId": 25000}
    path = write(tmp_path / "b.json", {"objects": [person, {"label": "rider"}]})
    first, second = boxes.city_persons(path)
    assert first["visible"] == [1, 2, 2, 2]
    assert second["problem"].startswith("cannot be read: 'bbox' is missing")


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ([], "not an object with objects"),
        ({"objects": [], "sensor": {}}, "sensor_T_ISO_8855 is missing, not a list"),
        ({"objects": 3, "sensor": SENSOR}, "objects is 3, not a list"),
    ],
)
def test_a_file_of_another_shape_has_one_message(tmp_path, document, what):
    with pytest.raises(DataError, match=what):
        boxes.boxes3d(write(tmp_path / "a.json", document))


def test_of_a_validated_object_the_label_and_its_share_are_told(tmp_path):
    voted = {"bbox": [10, 20, 40, 80], "soft_label": [0.25, 0.75]}
    added = voted | {"soft_label": [1.0, 0.0], "added_from_original_annotations": True}
    path = write(tmp_path / "a.json", {"classes": ["car", "truck"], "objects": [voted, added]})
    assert boxes.validated(path) == [
        {"label": "truck", "share": 0.75, "full": [10, 20, 30, 60], "added": False},
        {"label": "car", "share": 1.0, "full": [10, 20, 30, 60], "added": True},
    ]
    with pytest.raises(DataError, match=r"a\.json: object 0: bbox is missing"):
        boxes.validated(write(path, {"classes": ["car"], "objects": [{"soft_label": [1]}]}))

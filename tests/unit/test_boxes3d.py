"""3-D vehicle detection: equal to the reference in every field, and messages for bad files."""

import json
from pathlib import Path

import numpy as np
import pytest

from cityscapes.errors import DataError
from cityscapes.evaluation.boxes3d.boxes import parse_predictions, parse_truth
from cityscapes.evaluation.boxes3d.counts import count_frame
from cityscapes.evaluation.boxes3d.matching import (
    THRESHOLDS,
    intersection_over_union,
    match,
    thresholds_passed,
)
from cityscapes.evaluation.boxes3d.projection import (
    CORNER_NAMES,
    amodal_boxes,
    corners_in_sensor,
    corners_in_vehicle,
    parse_camera,
    project,
    side_visibilities,
)
from cityscapes.evaluation.boxes3d.scores import class_scores, results_json
from cityscapes.evaluation.boxes3d.settings import LABELS, Settings3d
from cityscapes.evaluation.boxes3d.tables import (
    outcomes,
    table_of_classes,
    table_of_depths,
    table_of_frames,
    table_of_matches,
)
from differences import largest_difference
from vehicle_settings import settings_of
from vehicles import make_case

VECTORS = Path(__file__).parent / "vectors/objects"


def read(name):
    return json.loads((VECTORS / name).read_text())


def as_bytes(document):
    return json.dumps(document).encode()


def counts_of(vector):
    settings = settings_of(vector["options"])
    return {
        key: count_frame(
            as_bytes(truth),
            as_bytes(vector["predictions"][key]) if key in vector["predictions"] else None,
            settings,
        )
        for key, truth in vector["gt"].items()
    }, settings


@pytest.mark.parametrize("name", sorted(path.name for path in VECTORS.glob("bbox3d_*.json")))
def test_results_are_those_of_the_reference(name):
    vector = read(name)
    frames, settings = counts_of(vector)
    frames = json.loads(json.dumps(frames))  # as the counts of a shard travel
    found = results_json(class_scores(frames.values(), settings), settings)
    assert largest_difference(json.loads(json.dumps(found)), vector["expected"]) <= 1e-12


def test_boxes_project_as_in_the_reference():
    for box in read("box3d_projection.json"):
        camera = parse_camera(box["sensor"])
        where = [np.array([box[key]], float) for key in ("center", "dimensions", "rotation")]
        expected = box["expected"]
        vehicle = corners_in_vehicle(*where)
        sensor = corners_in_sensor(vehicle, camera)
        for found, key in (
            (vehicle, "vertices_V"),
            (sensor, "vertices_S"),
            (project(sensor, camera), "vertices_2d"),
        ):
            corners = [expected[key][name] for name in CORNER_NAMES]
            np.testing.assert_allclose(found[0], corners, rtol=1e-12, atol=1e-12)
        x, y, width, height = amodal_boxes(*where, camera)[0]
        found = [x, y, x + width, y + height]
        np.testing.assert_allclose(found, expected["amodal"], rtol=0, atol=1e-9)
        assert side_visibilities(*where, camera)[0].tolist() == expected["side_visibilities"]


def test_a_score_of_exactly_07_is_below_its_threshold():
    assert THRESHOLDS[35] > 0.7
    assert thresholds_passed(np.array([0.7, 0.72, -0.1, 0.0, 1.0, 1.5])).tolist() == [
        35, 37, 0, 1, 51, 51,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "number"), [(-1, None), (0.555, 28), (0.7, 35), (-3, 0), (1.7, 50), (0.5, 25)]
)
def test_a_working_confidence_is_raised_to_the_next_threshold(asked, number):
    assert Settings3d(working_confidence=asked).working_threshold == number


@pytest.mark.parametrize("seed", range(8))
def test_matches_are_those_of_the_rule_applied_threshold_by_threshold(seed):
    case = make_case(seed)
    settings = settings_of(case["options"] | {"min_iou": 0.05 if seed % 2 else 0.5})
    for key, document in case["gt"].items():
        truth = parse_truth(as_bytes(document), settings.labels)
        guess = parse_predictions(as_bytes(case["predictions"].get(key, {"objects": []})), LABELS)
        boxes = guess.boxes
        amodal = amodal_boxes(boxes.centre, boxes.size, boxes.rotation, truth.camera)
        matched = match(
            truth.boxes, boxes, amodal, truth.ignored, settings.min_iou, settings.modal
        )
        mine = truth.boxes.modal if settings.modal else truth.boxes.amodal
        overlap = intersection_over_union(mine, boxes.modal if settings.modal else amodal)
        for k, threshold in enumerate(THRESHOLDS):
            pairs = sorted((p.truth, p.prediction) for p in matched.pairs if p.first <= k < p.end)
            assert pairs == slow_pairs(truth.boxes, boxes, overlap, threshold, settings.min_iou)
            taken = {prediction for _, prediction in pairs}
            false = {row for row, first, end in matched.false if first <= k < end}
            assert not taken & false
            assert all(boxes.score[row] >= threshold for row in taken | false)


def slow_pairs(truth, boxes, overlap, threshold, min_iou):
    """The largest overlap first, until none is left."""
    values = overlap.copy()
    for row, label in enumerate(truth.label):
        for column, other in enumerate(boxes.label):
            if label != other or boxes.score[column] < threshold:
                values[row, column] = 0
    pairs = []
    while values.size and values.max() > min_iou:
        row, column = np.unravel_index(values.argmax(), values.shape)
        pairs.append((int(row), int(column)))
        values[row], values[:, column] = 0, 0
    return sorted(pairs)


def test_tables_add_up_to_the_scores():
    vector = read("bbox3d_base.json")
    frames, settings = counts_of(vector)
    scores = class_scores(frames.values(), settings)
    working = {label: score.working for label, score in scores.items()}
    columns, rows = table_of_classes(scores)
    car = dict(zip(columns, rows[0], strict=True))
    expected = vector["expected"]
    assert car["AP"] == pytest.approx(expected["AP"]["car"]["auc"], abs=1e-12)
    assert car["working confidence"] == expected["working_confidence"]["car"]
    assert car["true"] + car["missed"] == car["objects"] == expected["GT_stats"]["car"]
    assert dict(zip(columns, rows[-1], strict=True))["AP"] == pytest.approx(expected["mAP"])

    columns, rows = table_of_frames(frames, working)
    objects, predictions, true, false, missed, ignored, _ = np.array([row[1:] for row in rows]).T
    assert (true + missed == objects).all()
    assert (true + false + ignored == predictions).all()
    assert [-row[4] - row[5] for row in rows] == sorted(-row[4] - row[5] for row in rows)

    columns, rows = table_of_matches(frames, working)
    of_cars = [row for row in rows if row[1:3] == ("car", "true")]
    assert len(of_cars) == car["true"]
    columns, rows = table_of_depths(scores, settings)
    assert sum(row[3] for row in rows if row[0] == "car") == car["objects"]
    assert {row[0] for row in rows} == {label for label, n in expected["GT_stats"].items() if n}


def test_a_class_with_one_depth_bin_gets_a_remark():
    frames, settings = counts_of(read("bbox3d_single_bin.json"))
    columns, rows = table_of_classes(class_scores(frames.values(), settings))
    remarks = {row[0]: row[columns.index("remark")] for row in rows}
    assert remarks.pop("mean") == ""
    alone = [label for label, remark in remarks.items() if remark.startswith("one depth bin")]
    assert len(alone) == 1
    assert {remark.split(":")[0] for label, remark in remarks.items() if label not in alone} == {
        "absent"
    }


def test_a_prediction_in_an_ignored_region_is_neither_true_nor_false():
    frames, settings = counts_of(read("bbox3d_ignore_everything.json"))
    scores = class_scores(frames.values(), settings)
    working = dict.fromkeys(scores, 0)
    kinds = [one.outcome for frame in frames.values() for one in outcomes(frame, working)]
    assert kinds.count("ignored") > 0


CAMERA = {"fx": 2262.52, "fy": 2265.3, "u0": 1096.98, "v0": 513.137}
CAMERA["sensor_T_ISO_8855"] = [[1, 0, 0, -1.7], [0, 1, 0, 0], [0, 0, 1, -1.2]]
CAR = {
    "2d": {"amodal": [10, 10, 50, 40]},
    "3d": {"center": [20, 0, 1], "dimensions": [4, 2, 1.5], "rotation": [1, 0, 0, 0]},
    "label": "car",
    "score": 0.5,
}


def broken(**changes):
    """A car with other values; `None` removes a key, `center` and the like are of its 3d."""
    one = json.loads(json.dumps(CAR))
    for key, value in changes.items():
        part = one["3d"] if key in one["3d"] else one
        part[key] = value
        if value is None:
            del part[key]
    return one


@pytest.mark.parametrize(
    ("one", "message"),
    [
        (broken(score=None), "object 1: score is missing"),
        (broken(score=float("nan")), "object 1: score is NaN, not a finite number"),
        (broken(score="0.5"), 'object 1: score is "0.5", not a finite number'),
        (broken(score=True), "object 1: score is true, not a finite number"),
        (broken(rotation=[1, 0, 0]), r"object 1: rotation is \[1, 0, 0\], not a list of 4"),
        (broken(rotation=[]), r"object 1: rotation is \[\], not a list of 4 numbers"),
        (broken(center=[1, 2]), r"object 1: center is \[1, 2\], not a list of 3 numbers"),
        (broken(center=[1, 2, float("inf")]), "object 1: center .* Infinity is not a finite"),
        (broken(dimensions=None), "object 1: dimensions is missing in 3d"),
        ({"label": "car", "score": 1, "3d": CAR["3d"]}, "object 1: 2d is missing in the object"),
        (CAR | {"2d": {"modal": [1, 2, 3, 4]}}, "object 1: amodal is missing in 2d"),
        (CAR | {"2d": [1, 2, 3, 4]}, r"object 1: 2d is \[1, 2, 3, 4\], not an object"),
        (7, "object 1: 7 is not an object with label"),
    ],
)
def test_wrong_predictions_are_named(one, message):
    with pytest.raises(DataError, match=message):
        parse_predictions(as_bytes({"objects": [CAR, one, CAR]}), LABELS)


def test_all_wrong_predictions_of_a_file_are_listed():
    with pytest.raises(DataError) as error:
        parse_predictions(as_bytes({"objects": [broken(score=None), CAR, 7]}), LABELS)
    assert "object 0: " in str(error.value)
    assert "object 2: " in str(error.value)


def test_what_the_reference_leaves_out_is_listed():
    objects = [CAR, broken(label="caravan"), broken(label=None), broken(score=None)]
    found = parse_predictions(as_bytes({"objects": objects}), LABELS, skip_incomplete=True)
    assert found.boxes.index == [0]
    assert [place for place, _ in found.skipped] == [1, 2, 3]
    assert found.skipped[0][1] == 'label "caravan": not evaluated'


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "objects is missing, not a list"),
        ([], r"the file holds \[\], not an object with objects"),
        ({"objects": {}}, "objects is {}, not a list"),
    ],
)
def test_a_file_of_another_kind_is_named(document, message):
    with pytest.raises(DataError, match=message):
        parse_predictions(as_bytes(document), LABELS)


def test_all_that_is_wrong_with_ground_truth_is_listed():
    truth = {"objects": [broken(score=None)], "sensor": CAMERA | {"fx": "x"}, "ignore": [{}]}
    with pytest.raises(DataError) as error:
        parse_truth(as_bytes(truth), LABELS)
    for part in ('fx is "x"', "object 0: score is missing", "ignore 0: 2d is missing"):
        assert part in str(error.value)


def test_ground_truth_without_camera_or_regions_is_refused():
    with pytest.raises(DataError, match=r"sensor is missing.*ignore is missing"):
        parse_truth(as_bytes({"objects": []}), LABELS)

"""Boxes of people and vehicles against the image and the polygons."""

import json
import math

import pytest

from cityscapes.checks.boxes import check_boxes3d, check_city_persons

SIZE = (100, 50)
INSTANCES = {24000, 26000}


def person(full=(10, 10, 20, 20), seen=(12, 12, 5, 5), instance=24000, label="pedestrian"):
    return {"bbox": full, "bboxVis": seen, "instanceId": instance, "label": label}


SENSOR = {
    **{"fx": 2262.5, "fy": 2265.3, "u0": 1097, "v0": 513},
    "sensor_T_ISO_8855": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]],
}


def vehicle(full=(10, 10, 20, 20), seen=(12, 12, 5, 5), instance=26000, **solid):
    solid = {"center": (20, -2, 1), "dimensions": (4, 2, 1.5), "rotation": (1, 0, 0, 0)} | solid
    return {
        "2d": {"amodal": full, "modal": seen},
        "3d": solid,
        "instanceId": instance,
        "label": "car",
        "score": 1,
    }


def document(*objects, width=100, **more):
    return json.dumps({"imgWidth": width, "imgHeight": 50, "objects": objects} | more).encode()


def people(*objects, instances=INSTANCES):
    return check_city_persons(document(*objects), SIZE, instances)


def vehicles(*objects, **more):
    return check_boxes3d(document(*objects, **{"sensor": SENSOR} | more), SIZE, INSTANCES)


def test_sound_people_are_counted_by_label():
    found = people(person(), person(label="ignore", instance=0), person(label="ignore"))
    assert found == (3, {"ignore": 2, "pedestrian": 1}, 0, 0, 0, 0, [])


def test_sound_vehicles_are_counted_with_the_regions_to_ignore():
    region = {"2d": [0, 0, 10, 10], "label": "car"}
    found = vehicles(vehicle(), vehicle(instance=26), ignore=[region])
    assert found == (3, {"car": 2, "ignore": 1}, 0, 0, 0, 0, [])


def test_a_vehicle_without_a_visible_box_is_seen_whole():
    alone = vehicle(full=(0, 0, 10, 10))
    del alone["2d"]["modal"]
    assert vehicles(alone).problems == []


def test_nothing_may_be_in_sight():
    assert people(person(seen=(0, 0, 0, 0))).problems == []


@pytest.mark.parametrize(
    ("full", "seen", "problem"),
    [
        ((-9, 10, 20, 40), (0, 10, 5, 5), None),
        ((90, 10, 20, 40), (91, 10, 10, 5), None),
        ((90, 10, 20, 40), (91, 10, 11, 5), ("note", "leaves the image")),
        ((90, 10, 20, 50), (91, 46, 5, 6), ("note", "leaves the image")),
        ((100, 10, 20, 20), (0, 0, 0, 0), ("warning", "outside the image")),
        ((-20, 10, 20, 20), (-20, 10, 20, 20), ("warning", "outside the image")),
        ((10, 10, 20, 20), (9, 9, 21, 21), None),
        ((10, 10, 20, 20), (8, 10, 5, 5), ("warning", "visible outside full")),
        ((10, 10, 20, 20), (12, 12, 5, 20), ("warning", "visible outside full")),
    ],
)
def test_boxes_must_fit_the_image_and_each_other(full, seen, problem):
    for found in (people(person(full, seen)), vehicles(vehicle(full, seen))):
        assert [found[:2] for found in found.problems] == [problem] * bool(problem)
        assert found.out_of_image == (problem is not None and "image" in problem[1])
        assert found.visible_outside_full == (problem is not None and "full" in problem[1])


def test_instances_that_no_polygon_has_are_named_and_ids_of_groups_are_not():
    objects = [person(instance=n) for n in (24000, 24001, 24, 0, -1, 25000)]
    found = people(*objects)
    assert found.unmatched == 2
    (problem,) = found.problems
    assert problem[:2] == ("warning", "unmatched instance")
    assert problem.what.startswith("2 objects (1, 5): ")
    assert people(*objects, instances=None).unmatched == 0


def test_a_rotation_is_of_length_1():
    half = math.sqrt(0.5)
    straight = vehicle(rotation=(half, 0, 0, half))
    found = vehicles(straight, vehicle(instance=26, rotation=(1, 0, 0, 0.1)))
    assert found.bad_quaternions == 1
    (problem,) = found.problems
    assert problem[:2] == ("warning", "bad quaternion")
    assert "object 1:" in problem.what


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (7, "it is 7,"),
        (person(full=(1, 2, 3)), "bbox is [1, 2, 3], not a list of 4 numbers"),
        (person(full=(1, 2, 0, 5)), "bbox is [1, 2, 0, 5]: its width and height must be above 0"),
        (person(seen=(1, 2, -3, 5)), "bboxVis is"),
        (person(full=(1, 2, math.nan, 5)), "bbox is [1, 2, NaN, 5]"),
        (person(full=(1, 2, 10**400, 5)), "bbox is [1, 2, 1000"),
        (person(full=(1, 2, 1e308, 5)), "bbox is [1, 2, 1e+308, 5], not a list of 4 numbers"),
        (person(instance="x"), 'instanceId is "x"'),
        (person(label=None), "label is missing"),
    ],
)
def test_broken_objects_are_reported_and_hide_nothing_of_the_others(broken, what):
    found = people(person(), broken, person(instance=25000))
    assert (found.boxes, found.unmatched) == (2, 1)
    problem = found.problems[0]
    assert problem[:2] == ("error", "wrong shape")
    assert problem.what.startswith(f"object 1: {what}")


def test_thousands_of_broken_objects_are_reported_in_a_line():
    (problem,) = people(*[person(label=None)] * 5000).problems
    assert problem.what == (
        "5000 objects (0, 1, 2, 3, 4 and 4995 more): label is missing, not a text"
    )
    (problem,) = vehicles(ignore=[3] * 6).problems
    assert problem.what.startswith("6 ignored regions (0, 1, 2, 3, 4 and 1 more): it is 3,")


def test_an_object_may_be_of_no_instance():
    alone = [person(), vehicle()]
    for drawn in alone:
        del drawn["instanceId"]
    assert people(alone[0]).problems == []
    assert vehicles(alone[1]).problems == []


def test_a_vehicle_needs_its_parts():
    broken = [{**vehicle(), "3d": None}, {**vehicle(), "2d": 3}]
    (problem,) = vehicles(*broken, ignore=[{"2d": None}]).problems
    for part in ("object 0: ", "object 1: it is 3,", "ignored region 0: 2d is missing"):
        assert part in problem.what


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (vehicle(center=None), "center is missing"),
        (vehicle(center="x"), 'center is "x"'),
        (vehicle(center=[1, 2, math.inf]), "center is [1, 2, Infinity]"),
        (vehicle(dimensions=[1, 2]), "dimensions is [1, 2]"),
        (vehicle(dimensions=[-1, 0, 0]), "dimensions is [-1, 0, 0]: all must be above 0"),
        (vehicle(rotation=[10**400, 0, 0, 0]), "rotation is [1000"),
        (vehicle() | {"score": None}, "score is missing, not a number"),
    ],
)
def test_a_solid_box_has_a_place_a_size_and_a_direction(broken, what):
    (problem,) = vehicles(broken).problems
    assert problem[:2] == ("error", "wrong shape")
    assert problem.what.startswith(f"object 0: {what}")


def test_two_boxes_of_an_instance_are_reported():
    found = vehicles(vehicle(), vehicle(), vehicle(instance=26), vehicle(instance=26))
    (problem,) = found.problems
    assert problem == ("warning", "same instance", "object 1: the instance has a box already")


@pytest.mark.parametrize(
    ("sensor", "severity", "what"),
    [
        (None, "warning", "the camera is missing (sensor): "),
        (7, "error", "sensor: it is 7,"),
        (SENSOR | {"fx": "a"}, "error", 'sensor: fx is "a", not a number'),
        (SENSOR | {"v0": math.nan}, "error", "sensor: v0 is NaN"),
        (SENSOR | {"sensor_T_ISO_8855": [1, 2]}, "error", "sensor: sensor_T_ISO_8855 is [1, 2]"),
        (SENSOR | {"sensor_T_ISO_8855": [[1], 2, 3]}, "error", "sensor: sensor_T_ISO_8855 is [1]"),
    ],
)
def test_the_camera_of_solid_boxes_is_needed_where_there_are_any(sensor, severity, what):
    (problem,) = vehicles(vehicle(), sensor=sensor).problems
    assert problem.severity == severity
    assert problem.what.startswith(what)
    assert vehicles(sensor=None).problems == []


@pytest.mark.parametrize("check", [check_city_persons, check_boxes3d])
@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"objects": {}}'])
def test_what_is_no_file_of_boxes_is_one_problem(check, data):
    found = check(data, SIZE, INSTANCES)
    assert found[:-1] == (0, {}, 0, 0, 0, 0)
    assert [problem[:2] for problem in found.problems] == [("error", "wrong shape")]


def test_the_size_in_the_file_must_be_that_of_the_image():
    (problem,) = check_city_persons(document(width=99), SIZE, INSTANCES).problems
    assert problem == ("error", "wrong size", "imgWidth x imgHeight is 99 x 50, not 100 x 50")


def test_a_label_that_is_none_of_the_table_is_named():
    labels = ("ignore", "pedestrian")
    found = check_city_persons(
        document(person(), person(label="pedestrain")), SIZE, INSTANCES, labels
    )
    (problem,) = found.problems
    assert (problem.severity, problem.check) == ("warning", "unknown person")
    assert "the label is none of ignore, pedestrian" in problem.what

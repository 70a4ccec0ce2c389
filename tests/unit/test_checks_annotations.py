"""Polygon files object by object."""

import json

import numpy as np
import pytest

from cityscapes.checks.annotations import LabelCount, check_annotation
from cityscapes.ground_truth.polygons import PolygonRules
from cityscapes.labels import LabelTable
from pictures import TABLE, picture

SIZE = (12, 8)


def box(left, top, right, bottom):
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def check(*objects, width=12, height=8, table=TABLE):
    document = {"imgWidth": width, "imgHeight": height, "objects": objects}
    return check_annotation(json.dumps(document).encode(), table, SIZE)


def drawn(label, *corners, **more):
    return {"label": label, "polygon": box(*corners), **more}


def test_a_sound_file_is_counted_by_label_and_has_no_problems():
    found = check(
        drawn("road", 0, 4, 11, 7),
        drawn("car", 1, 1, 3, 5),
        drawn("car", 5, 1, 7, 5),
        drawn("cargroup", 9, 1, 11, 3),
        drawn("car", 0, 0, 1, 1, deleted=1),
    )
    assert found.problems == []
    assert found.counts == [
        LabelCount("car", True, 2, 0, 1, 0, 0, 0),
        LabelCount("cargroup", True, 1, 1, 0, 0, 0, 0),
        LabelCount("road", True, 1, 0, 0, 0, 0, 0),
    ]
    assert found.instances == {26000, 26001}


def test_people_vehicles_groups_and_plates_are_moving_where_they_show():
    found = check(
        drawn("persongroup", 0, 0, 1, 2),
        drawn("license plate", 4, 0, 5, 2),
        drawn("car", 8, 0, 11, 2),
        drawn("pole", 10, 0, 11, 7),
    )
    assert found.moving.dtype == np.uint8
    expected = picture("mm..mm..mm..", "mm..mm..mm..", *["." * 12] * 6, m=1, **{".": 0})
    np.testing.assert_array_equal(found.moving, expected)


def test_hidden_is_what_later_objects_cover_completely():
    found = check(
        drawn("car", 2, 2, 4, 4),
        drawn("person", 2, 2, 4, 5),
        drawn("building", 2, 2, 4, 4),
        drawn("car", -5, 0, -2, 3),
    )
    hidden = {count.label: count.hidden for count in found.counts}
    assert hidden == {"building": 0, "car": 1, "person": 0}
    # Hidden objects, and those outside, are numbered all the same.
    assert found.instances == {26000, 26001, 24000}


def test_more_objects_than_eight_bits_number_are_distinguished():
    found = check(*[drawn("pole", 0, 0, 1, 1)] * 300, drawn("car", 4, 0, 5, 0.5))
    assert {count.label: count.hidden for count in found.counts} == {"car": 1, "pole": 299}
    assert not found.moving.any()


@pytest.mark.parametrize(
    ("corners", "outside"),
    [((-4, 0, -1, 3), 1), ((-4, 0, 0, 3), 0), ((12, 0, 14, 3), 1), ((11, 0, 14, 3), 0)],
)
def test_an_object_is_outside_when_no_pixel_of_the_image_is_in_its_reach(corners, outside):
    found = check(drawn("car", *corners))
    assert (found.counts[0].outside, found.counts[0].hidden) == (outside, 0)
    checks = [problem[:2] for problem in found.problems]
    assert checks == [("warning", "outside the image")] * outside


def test_wrong_objects_are_reported_and_hide_nothing_of_the_others():
    found = check(
        drawn("caar", 0, 0, 1, 1),
        drawn("car", 2, 2, 3, 3),
        {"label": "car", "polygon": [[1, 1], [2, 2]]},
        drawn("vaan", 0, 0, 1, 1),
        7,
        {"label": "bus", "polygon": [[1, 1], [2, 2], "x"]},
        drawn("car", -5, 5, -4, 6),
        {"label": None},
    )
    problems = {problem.check: problem for problem in found.problems}
    sorts = ["wrong shape", "unknown label", "too few points", "outside the image"]
    assert list(problems) == sorts
    unknown = problems["unknown label"].what
    assert "object 0: label 'caar' is not in the label table (did you mean car?)" in unknown
    assert "object 3: label 'vaan'" in unknown
    assert "object 2: car: polygon has 2 points" in problems["too few points"].what
    for part in ("object 4: it is 7", 'object 5: bus: point 2 is "x"', "object 7: label is miss"):
        assert part in problems["wrong shape"].what
    assert problems["outside the image"].what.startswith("object 6: car is entirely outside")
    counts = {count.label: count for count in found.counts}
    assert counts["caar"] == LabelCount("caar", False, 1, 0, 0, 0, 0, 0)
    assert counts["car"] == LabelCount("car", True, 3, 0, 0, 1, 1, 0)


def test_what_wrong_objects_would_have_shown_is_not_known():
    sound, flat = drawn("car", 2, 2, 3, 3), {"label": "car", "polygon": [[1, 1], [2, 2]]}
    found = check(sound, flat)
    assert found.moving is None
    assert found.instances == {26000, 26001}  # it is numbered all the same
    for wrong in (drawn("caar", 0, 0, 1, 1), 7, {"label": None}):
        found = check(sound, wrong)
        assert (found.instances, found.moving) == (None, None)
    assert check(sound, drawn("caar", 0, 0, 1, 1, deleted=1)).instances == {26000}


def test_thousands_of_wrong_objects_are_reported_in_a_line():
    found = check(*[drawn(f"caar{n % 8}", 0, 0, 1, 1) for n in range(5000)])
    (problem,) = found.problems
    begin, end = "625 objects (0, 8, 16, 24, 32 and 620 more): label 'caar0' is", "; and 3 more"
    assert problem.what.startswith(begin)
    assert problem.what.endswith(end)
    (problem,) = check(*[drawn("car", -5, 0, -4, 3)] * 300).problems
    assert problem.what.startswith("300 objects (0, 1, 2, 3, 4 and 295 more): car is entirely out")


@pytest.mark.parametrize("label", ["\ud800", "car\ncar", "car" * 100_000, ["x"] * 1000])
def test_a_label_that_no_table_can_hold_is_shown_as_text_that_it_can(label):
    found = check(drawn(label, 0, 0, 1, 1))
    (name,) = {count.label for count in found.counts}
    assert name.isprintable() and len(name) <= 60
    assert name.encode()
    (problem,) = found.problems
    assert len(problem.what) < 200


def test_the_size_in_the_file_must_be_that_of_the_image():
    (problem,) = check(width=8).problems
    assert problem == ("error", "wrong size", "imgWidth x imgHeight is 8 x 8, not 12 x 8")
    found = check(drawn("car", 0, 0, 1, 1), height=None)
    assert [problem[:2] for problem in found.problems] == [("error", "wrong size")]
    assert found.moving.shape == (8, 12)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"objects": 3}'])
def test_what_is_no_annotation_at_all_is_one_problem(data):
    found = check_annotation(data, TABLE, SIZE)
    assert (found.counts, found.moving, found.instances) == ([], None, None)
    (problem,) = found.problems
    assert problem[:2] == ("error", "wrong shape")


def test_more_objects_of_a_class_than_ids_are_a_problem_not_a_crash():
    found = check(*[drawn("car", 0, 0, 1, 1)] * 1001)
    assert [problem[:2] for problem in found.problems] == [("error", "too many objects")]
    assert found.instances is None
    assert found.counts[0].polygons == 1001


def test_classes_that_no_image_shows_have_no_instances_even_where_they_are_counted():
    plates = [label._replace(has_instances=True) for label in TABLE if label.id < 0]
    table = LabelTable([*TABLE, *plates])
    assert check(drawn("license plate", 0, 0, 1, 1), table=table).instances == set()


def test_objects_that_are_left_out_as_asked_for_are_a_note_and_no_instances():
    objects = [{"label": "car", "polygon": [[1, 1]]}, drawn("car", 1, 1, 3, 5)]
    document = json.dumps({"imgWidth": 12, "imgHeight": 8, "objects": objects}).encode()
    found = check_annotation(document, TABLE, SIZE, PolygonRules(skip_degenerate=True))
    assert [(p.severity, p.check) for p in found.problems] == [("note", "too few points")]
    assert found.instances == {26000}
    assert found.moving is not None
    found = check_annotation(document, TABLE, SIZE)
    assert [(p.severity, p.check) for p in found.problems] == [("error", "too few points")]
    assert found.moving is None

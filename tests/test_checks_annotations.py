"""Polygon files object by object, and label images against each other."""

import json

import numpy as np
import pytest

from cityscapes.checks.annotations import (
    VAL_PIXELS,
    LabelCount,
    check_annotation,
    histogram,
    relation_differences,
    val_difference,
)
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


def test_more_objects_than_eight_bits_number_are_told_apart():
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


def test_wrong_objects_are_told_and_hide_nothing_of_the_others():
    found = check(
        drawn("caar", 0, 0, 1, 1),
        drawn("car", 2, 2, 3, 3),
        {"label": "car", "polygon": [[1, 1], [2, 2]]},
        drawn("vann", 0, 0, 1, 1),
        7,
        {"label": "bus", "polygon": [[1, 1], [2, 2], "x"]},
        drawn("car", 5, 5, 6, 6),
        {"label": None},
    )
    problems = {problem.check: problem for problem in found.problems}
    assert list(problems) == ["wrong shape", "unknown label", "too few points"]
    assert {problem.severity for problem in found.problems} == {"error"}
    assert "object 0: label 'caar'" in problems["unknown label"].what
    assert "object 3: label 'vann'" in problems["unknown label"].what
    assert "object 2: car: polygon has 2 points" in problems["too few points"].what
    for part in ("object 4: it is 7", 'object 5: bus: point 2 is "x"', "object 7: label is miss"):
        assert part in problems["wrong shape"].what
    counts = {count.label: count for count in found.counts}
    assert counts["caar"] == LabelCount("caar", False, 1, 0, 0, 0, 0, 0)
    assert counts["car"] == LabelCount("car", True, 3, 0, 0, 1, 0, 0)
    assert found.moving[2, 2] and found.moving[5, 5]
    assert found.instances == {26000, 26001, 26002, 28000}


def test_the_size_in_the_file_must_be_that_of_the_image():
    (problem,) = check(width=8).problems
    assert problem == ("error", "wrong size", "imgWidth x imgHeight is 8 x 8, not 12 x 8")
    found = check(drawn("car", 0, 0, 1, 1), height=None)
    assert [problem[:2] for problem in found.problems] == [("error", "wrong size")]
    assert found.moving.shape == (8, 12)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"objects": 3}'])
def test_what_is_no_annotation_at_all_is_one_problem(data):
    counts, (problem,), moving, instances = check_annotation(data, TABLE, SIZE)
    assert (counts, moving, instances) == ([], None, None)
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


def test_label_images_agree_where_the_instance_is_of_the_label():
    labels = picture("rrccg", dtype=np.uint8, r=7, c=26, g=26)
    instances = picture("rrccg", r=7, c=26001, g=26)
    assert relation_differences(labels, instances) == 0
    labels[0, :3] = (8, 7, 27)
    assert relation_differences(labels, instances) == 2


def test_an_id_that_no_label_image_holds_never_agrees():
    labels = picture("a", dtype=np.uint8, a=300 - 256)
    assert relation_differences(labels, picture("a", a=300)) == 1


def test_the_histogram_counts_every_value():
    counts = histogram(picture("rrc", "rvr", dtype=np.uint8, r=7, c=26, v=255))
    assert len(counts) == 256
    assert (counts[7], counts[26], counts[255], sum(counts)) == (4, 1, 1, 6)


def test_the_published_counts_fill_500_images_and_differences_are_named():
    assert sum(VAL_PIXELS) == 500 * 2048 * 1024
    counts = [*VAL_PIXELS, *[0] * 222]
    assert val_difference(counts) == []
    counts[7] -= 5
    counts[40] += 5
    assert val_difference(counts) == [(7, 345264437, 345264442), (40, 5, 0)]

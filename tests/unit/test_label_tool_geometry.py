"""Unions, cuts and simpler outlines: as areas, and as the painter paints them."""

import time

import cv2
import numpy as np
import pytest
import shapely

from cityscapes.errors import DataError
from cityscapes.ground_truth.paint import FILLS
from cityscapes.label_tool import geometry

WIDTH, HEIGHT = 120, 100


def box(left, top, right, bottom):
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def arrays(*polygons):
    return [np.array(points, dtype=np.float64) for points in polygons]


def painted(polygons):
    return FILLS["released"](arrays(*polygons), WIDTH, HEIGHT) > 0


def near_outlines(polygons):
    """bool (HEIGHT, WIDTH): pixels that touch an outline, or are next to one that does."""
    outlines = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    for points in polygons:
        cv2.polylines(outlines, [np.array(points, dtype=np.int32)], True, 1)
    return cv2.dilate(outlines, np.ones((3, 3), dtype=np.uint8)) > 0


def check_form(polygons):
    """Whole numbers, three points at least, no point twice: no holes and no seams."""
    for points in polygons:
        assert len(points) >= 3
        assert all(type(number) is int for point in points for number in point)
        assert len({tuple(point) for point in points}) == len(points)
        assert shapely.Polygon(points).is_valid


def area(polygons):
    return sum(shapely.Polygon(points).area for points in polygons)


def test_the_union_of_two_that_meet_is_one():
    (found,) = geometry.union(arrays(box(0, 0, 10, 10), box(5, 5, 20, 8)))
    assert shapely.Polygon(found).equals(
        shapely.union(shapely.box(0, 0, 10, 10), shapely.box(5, 5, 20, 8))
    )


def test_the_union_of_two_that_do_not_meet_is_two():
    found = geometry.union(arrays(box(0, 0, 10, 10), box(20, 5, 30, 8)))
    assert sorted(map(area, [[one] for one in found])) == [30, 100]


def test_the_intersection_may_be_of_several_parts_or_of_none():
    comb = [[0, 0], [30, 0], [30, 10], [20, 10], [20, 5], [10, 5], [10, 10], [0, 10]]
    found = geometry.intersection(arrays(comb, box(0, 7, 30, 9)))
    assert sorted(map(area, [[one] for one in found])) == [20, 20]
    assert geometry.intersection(arrays(comb, box(12, 7, 18, 9))) == []
    assert geometry.intersection(arrays(comb, box(0, 10, 5, 20))) == []  # a border alone


def test_a_hole_is_cut_out_without_a_seam():
    found = geometry.subtract(arrays(box(10, 10, 60, 50), box(20, 20, 40, 30)))
    check_form(found)
    assert len(found) == 2
    assert area(found) == 50 * 40 - 20 * 10
    overlap = shapely.intersection(*(shapely.Polygon(points) for points in found))
    assert overlap.area == 0
    mask = painted(found)
    assert not mask[22:28, 23:37].any()
    assert mask[12:18, 12:58].all()


@pytest.mark.parametrize(
    "hole",
    [
        box(20, 20, 21, 21),
        box(20, 20, 40, 21),
        box(20, 20, 21, 40),
        [[20, 20], [22, 21], [20, 21]],
        [[30, 20], [31, 21], [29, 21]],
    ],
)
def test_holes_of_one_pixel_are_cut_out_too(hole):
    found = geometry.subtract(arrays(box(10, 10, 60, 50), hole))
    check_form(found)
    assert area(found) == 50 * 40 - area([hole])


def test_many_holes():
    holes = [box(x, y, x + 4, y + 4) for x in range(10, 100, 10) for y in range(10, 80, 10)]
    found = geometry.subtract(arrays(box(0, 0, 110, 90), *holes))
    check_form(found)
    assert area(found) == 110 * 90 - 16 * len(holes)


def test_nothing_is_left_of_what_is_covered():
    assert geometry.subtract(arrays(box(10, 10, 20, 20), box(0, 0, 30, 30))) == []


def test_an_outline_that_crosses_itself_counts_as_it_is_painted():
    """By the even-odd rule."""
    bow = [[0, 0], [40, 40], [40, 0], [0, 40]]
    found = geometry.union(arrays(bow))
    check_form(found)
    assert len(found) == 2
    inner = [
        [0, 0],
        [40, 0],
        [40, 40],
        [0, 40],
        [0, 0],
        [10, 10],
        [10, 30],
        [30, 30],
        [30, 10],
        [10, 10],
    ]
    mask = painted(geometry.union(arrays(inner)))
    differ = mask != painted([inner])
    assert not (differ & ~near_outlines([inner])).any()


def test_fractions_are_cut_as_the_painter_cuts_them():
    (found,) = geometry.union(arrays([[0.9, 0.2], [9.9, 0.1], [9.5, 9.99]]))
    assert sorted(found) == [[0, 0], [9, 0], [9, 9]]


def random_polygon(random, wild):
    if wild:
        return random.integers(2, 98, (random.integers(3, 9), 2))
    count = random.integers(3, 12)
    angles = np.sort(random.random(count)) * 2 * np.pi
    radii = random.integers(5, 30, count)
    points = (
        random.integers(32, 68, 2) + np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None]
    )
    return np.round(points).astype(np.int64)


@pytest.mark.parametrize("wild", [False, True])
def test_painted_results_differ_from_masks_next_to_outlines_alone(wild):
    """The tolerance: pixels on the outlines of what went in, or next to them; all else is equal.

    The painter fills the pixels on both borders, so that no polygon can have exactly the pixels
    of a difference of masks.
    """
    random = np.random.default_rng(7)
    differ = wanted = 0
    for _ in range(60):
        polygons = [random_polygon(random, wild).tolist() for _ in range(random.integers(2, 4))]
        first, *others = (painted([points]) for points in polygons)
        masks = {
            "union": np.logical_or.reduce([first, *others]),
            "intersection": np.logical_and.reduce([first, *others]),
            "subtract": first & ~np.logical_or.reduce(others),
        }
        for name, mask in masks.items():
            found = geometry.OPERATIONS[name](arrays(*polygons))
            check_form(found)
            now = painted(found) if found else np.zeros_like(mask)
            assert not ((now != mask) & ~near_outlines(polygons)).any(), (name, polygons)
            differ, wanted = differ + np.count_nonzero(now != mask), wanted + mask.sum()
    assert differ < (0.06 if wild else 0.03) * wanted


def test_a_line_cuts_from_border_to_border():
    found = geometry.cut(arrays(box(0, 0, 30, 20)), np.array([[10, -5], [10, 25]]))
    check_form(found)
    assert sorted(map(area, [[one] for one in found])) == [200, 400]
    bent = geometry.cut(arrays(box(0, 0, 30, 20)), np.array([[-5, 10], [15, 10], [15, 30]]))
    assert sorted(map(area, [[one] for one in bent])) == [150, 450]


def test_a_line_cuts_several_objects_at_a_time():
    found = geometry.cut(
        arrays(box(0, 0, 10, 10), box(20, 0, 30, 10), box(40, 40, 50, 50)),
        np.array([[-5, 5], [35, 5]]),
    )
    assert sorted(map(area, [[one] for one in found])) == [50, 50, 50, 50, 100]


def test_a_line_that_cuts_an_object_into_many_parts():
    line = np.array([[-5, 2], [35, 2], [35, 4], [-5, 4], [-5, 6], [35, 6]])
    found = geometry.cut(arrays(box(0, 0, 30, 20)), line)
    assert sorted(map(area, [[one] for one in found])) == [60, 60, 60, 420]


@pytest.mark.parametrize("line", [[[5, 5], [9, 9]], [[-5, 5], [9, 9]], [[50, 5], [50, 9]],
                                  [[0, 0], [30, 0]], [[-5, -5], [40, -5]]])  # fmt: skip
def test_a_line_that_cuts_nothing_is_refused(line):
    with pytest.raises(DataError, match="the line cuts nothing"):
        geometry.cut(arrays(box(0, 0, 30, 20)), np.array(line))


def test_simpler_outlines_stay_within_the_tolerance():
    angles = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    circle = np.round(50 + 40 * np.stack([np.cos(angles), np.sin(angles)], 1))
    for tolerance in (0.5, 1, 2, 5):
        (found,) = geometry.simplify([circle], tolerance)
        assert 3 <= len(found) < 200
        kept = {tuple(point) for point in circle.astype(int).tolist()}
        assert {tuple(point) for point in found} <= kept
        distances = shapely.distance(shapely.points(circle), shapely.LinearRing(found))
        assert distances.max() <= tolerance
    pixels = geometry.pixels_that_differ([circle], [found], WIDTH, HEIGHT, "released")
    assert pixels == np.count_nonzero(painted([circle]) != painted([found])) > 0


def test_what_would_vanish_stays():
    thin = [[0, 0], [50, 0], [50, 1]]
    assert geometry.simplify(arrays(thin), 10) == [thin]


@pytest.fixture
def send(tool):
    return lambda body, status=200: tool.send("POST", "geometry", body, status)


SIZE = {"width": WIDTH, "height": HEIGHT}


def test_the_route_computes_each_operation(send):
    two = [box(0, 0, 10, 10), box(5, 0, 20, 10)]
    assert area(send({"operation": "union", "polygons": two})["polygons"]) == 200
    assert area(send({"operation": "intersection", "polygons": two})["polygons"]) == 50
    assert area(send({"operation": "subtract", "polygons": two})["polygons"]) == 50
    cut = send({"operation": "slice", "polygons": two[:1], "line": [[-1, 5], [11, 5]]})
    assert len(cut["polygons"]) == 2
    simple = send({"operation": "simplify", "polygons": two, "tolerance": 1.5, **SIZE})
    assert simple == {"polygons": [[[int(x), int(y)] for x, y in one] for one in two], "pixels": 0}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"operation": "explode"},
        {"operation": ["union"]},
        {"polygons": []},
        {"polygons": [box(0, 0, 1, 1)] * 5_001},
        {"polygons": [[[0, 0], [1, 1]]]},
        {"polygons": [[[0, 0], [1, 1], ["1", 2]]]},
        {"polygons": [[[0, 0], [1, 1], [1e9, 2]]]},
        {"polygons": [[[0, 0], [1, 1], [float("nan"), 2]]]},
        {"operation": "slice"},
        {"operation": "slice", "line": [[0, 0]]},
        {"operation": "slice", "line": [[0, 0], [0, 0]]},
        {"operation": "slice", "line": [[0, 0], [float("inf"), 0]]},
        {"operation": "simplify", **SIZE},
        {"operation": "simplify", "tolerance": 0, **SIZE},
        {"operation": "simplify", "tolerance": 101, **SIZE},
        {"operation": "simplify", "tolerance": float("nan"), **SIZE},
        {"operation": "simplify", "tolerance": "1", **SIZE},
        {"operation": "simplify", "tolerance": 1},
        {"operation": "simplify", "tolerance": 1, "width": 32_768, "height": 32_768},
    ],
)
def test_what_cannot_be_computed_has_a_message(send, body):
    right = {"operation": "union", "polygons": [box(0, 0, 10, 10)]}
    assert send({**right, **body} if body else {}, 422)["error"]


def test_outlines_that_are_too_much_work_are_refused_at_once(send):
    random = np.random.default_rng(0)
    began = time.monotonic()
    for points, message in (
        (random.integers(0, 2000, (20_000, 2)), "cross each other too often"),
        (np.zeros((100_001, 2), dtype=int), "100,001 points, at most 100,000"),
    ):
        answer = send({"operation": "union", "polygons": [points.tolist()]}, 422)
        assert message in answer["error"]
    assert time.monotonic() - began < 60


def test_an_outline_of_many_points_is_no_problem(send):
    angles = np.linspace(0, 2 * np.pi, 15_000, endpoint=False)
    circle = np.round(50_000 + 40_000 * np.stack([np.cos(angles), np.sin(angles)], 1)).astype(int)
    (found,) = send({"operation": "union", "polygons": [circle.tolist()]})["polygons"]
    assert len(found) > 10_000

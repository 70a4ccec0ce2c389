"""Reading polygon files: what is right, and one clear error for all that is wrong."""

import json
from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.ground_truth.polygons import PolygonRules, parse_annotation
from cityscapes.labels import read_labels

TABLE = read_labels(Path(__file__).parents[2] / "config/labels.csv")
TRIANGLE = [[0, 0], [5, 0], [5, 5]]


def annotation(*objects, width=8, height=6):
    return json.dumps({"imgWidth": width, "imgHeight": height, "objects": objects}).encode()


def test_objects_come_in_painting_order():
    parsed = parse_annotation(
        annotation(
            {"label": "road", "polygon": TRIANGLE}, {"label": "cargroup", "polygon": TRIANGLE}
        ),
        TABLE,
    )
    assert (parsed.width, parsed.height) == (8, 6)
    assert [label.name for label in parsed.labels] == ["road", "car"]
    assert parsed.groups == [False, True]
    assert parsed.polygons[0].tolist() == TRIANGLE


def test_a_deleted_object_is_left_out_whatever_it_holds():
    text = annotation({"label": "nonsense", "deleted": 1, "polygon": "none"})
    assert parse_annotation(text, TABLE).labels == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (annotation()[:-9], r"not JSON: .* at line 1 column \d+ .*truncated"),
        (b"\x89PNG\r\n\x1a\n\xff\xff", "not JSON: not a text file in UTF-8"),
        (annotation().decode().encode("utf-16"), "the text is UTF-16, not UTF-8"),
        (
            b" " * 16_000_000 + b"{}",
            "the file has 16,000,002 bytes, more than the 16 MB that are read; `max_polygons_mb`",
        ),
        (
            b"[" + b"{}," * 1_280_000 + b"{}]",
            "1,280,002 lists and objects, more than the 1,280,000",
        ),
        (b"[]", r"the file holds \[\], not an object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"imgWidth": 8, "imgHeight": 6}', "objects is missing, not a list"),
        (annotation(width=0), "imgWidth is 0, not a whole number from 1"),
        (annotation(height=-6), "imgHeight is -6"),
        (annotation(width=1e99), r"imgWidth is 1e\+99"),
        (annotation(width=8.5), "imgWidth is 8.5, not a whole number"),
        (annotation(width=float("inf")), "imgWidth is Infinity"),
        (annotation(width=True), "imgWidth is true"),
        *(
            (annotation(width=side), "imgWidth is ")
            for side in ("8px", "", " 8", "-8", "1e3", "٣", "1_0", "9" * 99, [8])
        ),
        (annotation(width=32_768, height=32_768), "1,073,741,824 pixels, at most"),
        (annotation(7), "object 0: it is 7, not an object"),
        (annotation({"polygon": TRIANGLE}), "object 0: label is missing, not a text"),
        (annotation({"label": "caar", "polygon": TRIANGLE}), "object 0: label 'caar' is not in"),
        (annotation({"label": "car"}), "object 0: car: polygon is missing, not a list"),
        (
            annotation({"label": "car", "polygon": TRIANGLE[:2]}),
            "polygon has 2 points, at least 3 are needed; `degenerate: skip` in the config",
        ),
        (annotation({"label": "car", "polygon": [1, 2, 3]}), r"point 0 is 1, not \[x, y\]"),
        (annotation({"label": "car", "polygon": [*TRIANGLE, [1]]}), r"point 3 is \[1\], not"),
        (annotation({"label": "car", "polygon": [*TRIANGLE, ["a", 1]]}), "point 3 is"),
        (annotation({"label": "car", "polygon": [*TRIANGLE, [True, 1]]}), "point 3 is"),
        (annotation({"label": "car", "polygon": [*TRIANGLE, [1, 1e9]]}), "beyond 100,000 pix"),
        (annotation({"label": "car", "polygon": [*TRIANGLE, [1, float("nan")]]}), "not a number"),
        (annotation({"label": "car", "polygon": [*TRIANGLE, [1, -float("inf")]]}), "beyond"),
        (annotation({"label": "car", "polygon": [*TRIANGLE, [10**400, 1]]}), "beyond 100,000"),
    ],
)
def test_what_is_wrong_is_said(text, message):
    with pytest.raises(DataError, match=message):
        parse_annotation(text, TABLE)


def test_all_bad_objects_are_listed():
    text = annotation(
        {"label": "caar", "polygon": TRIANGLE},
        {"label": "car", "polygon": TRIANGLE},
        {"label": "car", "polygon": []},
    )
    with pytest.raises(DataError, match=r"object 0: label 'caar'.*; object 2: car: polygon has 0"):
        parse_annotation(text, TABLE)


@pytest.mark.parametrize("side", [8, 8.0, "8", "008"])
def test_a_side_may_be_written_as_a_number_with_a_point_or_as_a_text(side):
    parsed = parse_annotation(annotation(width=side, height=side), TABLE)
    assert [(type(side), side) for side in (parsed.width, parsed.height)] == [(int, 8)] * 2


def test_a_byte_order_mark_is_no_part_of_the_file():
    assert parse_annotation(b"\xef\xbb\xbf" + annotation(), TABLE).width == 8


def test_objects_of_fewer_than_three_points_are_left_out_where_asked_for_and_listed():
    text = annotation(
        {"label": "car", "polygon": TRIANGLE[:2]},
        {"label": "road", "polygon": TRIANGLE},
        {"label": "car", "polygon": []},
    )
    parsed = parse_annotation(text, TABLE, PolygonRules(skip_degenerate=True))
    assert [label.name for label in parsed.labels] == ["road"]
    assert parsed.left_out == (
        "object 0: car: polygon has 2 points, at least 3 are needed",
        "object 2: car: polygon has 0 points, at least 3 are needed",
    )


@pytest.mark.parametrize("wrong", [{"label": "car"}, {"label": "caar", "polygon": [[0, 0]]}])
def test_what_else_is_wrong_is_an_error_all_the_same(wrong):
    with pytest.raises(DataError, match="object 0"):
        parse_annotation(annotation(wrong), TABLE, PolygonRules(skip_degenerate=True))


def test_larger_files_may_be_allowed():
    text = b" " * 2_000_000 + annotation()
    with pytest.raises(DataError, match="more than the 1 MB that are read"):
        parse_annotation(text, TABLE, PolygonRules(max_mb=1))
    assert parse_annotation(text, TABLE, PolygonRules(max_mb=2.5)).width == 8

"""Reading polygon files: what is right, and one clear error for all that is wrong."""

import json
from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.ground_truth.polygons import MAX_BYTES, parse_annotation, read_annotation
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
        (b"\x89PNG\r\n\x1a\n\xff\xff", "not (a text file|JSON)"),
        (b" " * (1 << 23) + b"{}", "the file has 8,388,610 bytes, at most 8,388,608"),
        (b"[]", r"the file holds \[\], not an object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"imgWidth": 8, "imgHeight": 6}', "objects is missing, not a list"),
        (annotation(width=0), "imgWidth is 0, not a whole number from 1"),
        (annotation(height=-6), "imgHeight is -6"),
        (annotation(width=1e99), r"imgWidth is 1e\+99"),
        (annotation(width="8"), 'imgWidth is "8"'),
        (annotation(width=32_768, height=32_768), "1,073,741,824 pixels, at most"),
        (annotation(7), "object 0: it is 7, not an object"),
        (annotation({"polygon": TRIANGLE}), "object 0: label is missing, not a text"),
        (annotation({"label": "caar", "polygon": TRIANGLE}), "object 0: label 'caar' is not in"),
        (annotation({"label": "car"}), "object 0: car: polygon is missing, not a list"),
        (annotation({"label": "car", "polygon": TRIANGLE[:2]}), "polygon has 2 points"),
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


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "large_polygons.json"
    path.write_bytes(annotation())
    assert read_annotation(path) == annotation()
    with open(path, "r+b") as file:
        file.truncate(1 << 40)  # without blocks on the disk
    with pytest.raises(DataError, match=f"1,099,511,627,776 bytes, at most {MAX_BYTES:,}"):
        read_annotation(path)
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_annotation(tmp_path / "none")

"""Polygon files are taken apart and put together again without a loss."""

import json
import random

import pytest

from cityscapes.editing.document import empty, on_one_line, parse
from cityscapes.errors import DataError
from cityscapes.ground_truth.polygons import PolygonRules

ODD = """\ufeff {
  "imgWidth" : 2048.0,  "comment": {"objects": [1, "}]"], "a": "\\u00e9\\\\\\""},
  "objects":[ {"label":"road" ,"polygon":[[0.10,-5e1],[1,2],[3.0,4]], "note": "é ] } , \\" "}
  ,
    { "label": "car",
      "polygon": [
        [
          1,
          2
        ]
      ] } , null, 17.50,"text", [ ] ],
  "imgHeight": "1024", "last": NaN }
"""


def test_each_object_keeps_its_own_text():
    document = parse(ODD.encode())
    assert document.texts[0] == (
        '{"label":"road" ,"polygon":[[0.10,-5e1],[1,2],[3.0,4]], "note": "é ] } , \\" "}'
    )
    assert document.texts[1].count("\n") == 6
    assert document.texts[2:] == ("null", "17.50", '"text"', "[ ]")
    assert (document.width, document.height) == (2048, 1024)
    assert [key for key, _ in document.others] == ["imgWidth", "comment", "imgHeight", "last"]
    assert dict(document.others)["imgWidth"] == "2048.0"


def test_what_is_written_reads_as_what_was_read():
    document = parse(ODD.encode())
    again = parse(document.data())
    assert again.texts == document.texts
    assert again.others == document.others
    # NaN is not equal to itself: compared as texts.
    assert json.dumps(json.loads(document.data()), sort_keys=True) == json.dumps(
        json.loads(ODD.removeprefix("\ufeff")), sort_keys=True
    )
    assert again.data() == document.data()


def test_an_object_a_line():
    objects = [{"label": "car", "polygon": [[1, 2], [3, 4], [5, 6]]}] * 3
    text = json.dumps({"imgHeight": 5, "imgWidth": 7, "objects": objects})
    lines = parse(text.encode()).data().decode().splitlines()
    assert lines[0] == '{"imgHeight": 5, "imgWidth": 7, "objects": ['
    assert [json.loads(line.removesuffix(",")) for line in lines[1:4]] == objects
    assert lines[4:] == ["]}"]


def test_a_frame_without_annotation_is_an_empty_document():
    document = empty(32, 16)
    assert json.loads(document.data()) == {"imgHeight": 16, "imgWidth": 32, "objects": []}
    assert parse(document.data()) == document


def test_a_key_twice_means_its_last_value_as_everywhere():
    text = '{"imgWidth": 1, "imgHeight": 2, "objects": [1], "imgWidth": 3, "objects": [2, 3]}'
    document = parse(text.encode())
    assert document.objects == (2, 3)
    assert document.texts == ("2", "3")
    assert document.width == 3
    assert parse(document.data()) == document


def random_value(random, depth=0):
    kinds = ["number", "text", "list", "object"] if depth < 3 else ["number", "text"]
    kind = random.choice(kinds)
    if kind == "number":
        return random.choice([0, -7, 1.5, 1e300, True, None])
    if kind == "text":
        return "".join(random.choices('a"\\[]{},: \n\t\u00e9\u2028\U0001f600', k=6))
    values = [random_value(random, depth + 1) for _ in range(random.randrange(4))]
    return values if kind == "list" else {str(value): value for value in values}


@pytest.mark.parametrize("seed", range(50))
def test_any_layout_is_taken_apart(seed):
    """Against Python's own reader, for values and layouts that are drawn."""
    chosen = random.Random(seed)
    objects = [random_value(chosen) for _ in range(chosen.randrange(6))]
    whole = {"imgWidth": 3, "objects": objects, "x": random_value(chosen), "imgHeight": 2}
    text = json.dumps(
        whole,
        indent=chosen.choice([None, 0, 1, 4, "\t"]),
        ensure_ascii=chosen.random() < 0.5,
        separators=chosen.choice([None, (",", ":"), (" , ", " :  ")]),
    )
    document = parse(chosen.choice(["", " \r\n"]).encode() + text.encode())
    assert [json.loads(one) for one in document.texts] == objects
    assert all(one in text for one in document.texts)
    assert json.loads(document.data()) == whole
    assert [json.loads(on_one_line(one)) for one in document.texts] == objects
    assert not any("\n" in on_one_line(one) for one in document.texts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("[]", "not an object with imgWidth"),
        ('{"imgWidth": 1, "imgHeight": 1}', "objects is missing"),
        ('{"imgWidth": 1, "imgHeight": 0, "objects": []}', "imgHeight is 0"),
        ('{"imgWidth": 1, "imgHeight": 1, "objects": [{]}', "not JSON"),
        ("[" * 5000, "nested too deeply"),
        ('{"objects": ' + "9" * 5000 + "}", "whole number of 5000 digits"),
    ],
)
def test_what_is_no_annotation_has_a_message(text, message):
    with pytest.raises(DataError, match=message):
        parse(text.encode())


def test_a_file_may_not_be_larger_than_the_config_says():
    text = json.dumps({"imgWidth": 1, "imgHeight": 1, "objects": [[]] * 1000})
    with pytest.raises(DataError, match="max_polygons_mb"):
        parse(text.encode(), PolygonRules(max_mb=0.001))

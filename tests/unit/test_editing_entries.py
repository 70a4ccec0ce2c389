"""What the page sends becomes objects of the file, or a message for each that is wrong."""

import json
from datetime import datetime

import pytest

from cityscapes.editing.document import empty, parse
from cityscapes.editing.entries import EntryProblems, apply
from cityscapes.editing.numbering import numbers_of
from cityscapes.editing.stamp import Stamp, last_stamp, moment, stamp_now
from cityscapes.errors import DataError
from cityscapes.labels import read_labels
from tiny import CLONE

TABLE = read_labels(CLONE / "config/labels.csv")
STAMP = Stamp("me", "07-Mar-2026 09:05:00")
TRIANGLE = [[1, 2], [3, 4], [5, 0]]
ROAD = '{"label": "road",\n  "polygon": [[0.5, -3], [9, 0], [9.0, 9]]}'
CAR = (
    '{"polygon": [[1, 1], [2, 1], [2, 2]], "label": "car", "score": 1e-3, "id": 12,\n "x":[\n1 ]}'
)
GONE = '{"label": "cat", "polygon": "none", "deleted": 1}'


def document(*texts):
    listed = ",".join(texts)
    return parse(f'{{"imgWidth": 10, "imgHeight": 8, "objects": [{listed}]}}'.encode())


BASE = document(ROAD, CAR, GONE)


def new(**keys):
    return {"base": None, "label": "car", "polygon": TRIANGLE, "deleted": False} | keys


def test_untouched_objects_keep_their_bytes_wherever_they_go():
    found = apply(BASE, [2, new(), 0, 1], TABLE, STAMP)
    assert (found.texts[0], found.texts[2], found.texts[3]) == (GONE, ROAD, CAR)
    assert ROAD.encode() in found.data() and CAR.encode() in found.data()


def test_a_new_object_is_written_as_the_reference_writes_it():
    found = apply(BASE, [0, 1, 2, new()], TABLE, STAMP)
    assert found.texts[3] == (
        '{"date": "07-Mar-2026 09:05:00", "deleted": 0, "id": 13, "label": "car", '
        '"polygon": [[1, 2], [3, 4], [5, 0]], "user": "me", "verified": 0}'
    )
    assert parse(found.data()).texts == found.texts


def test_a_changed_object_keeps_what_is_not_ours():
    entry = {"base": 1, "label": "truck", "polygon": BASE.objects[1]["polygon"], "deleted": False}
    found = apply(BASE, [0, entry, 2], TABLE, STAMP)
    assert found.texts[1] == (
        '{"polygon": [[1, 1], [2, 1], [2, 2]], "label": "truck", "score": 1e-3, "id": 12, '
        '"x": [ 1 ], "date": "07-Mar-2026 09:05:00", "deleted": 0, "user": "me", "verified": 1}'
    )
    assert found.texts[0] == ROAD


def test_an_entry_that_changes_nothing_keeps_the_bytes():
    entries = [
        {"base": place, "label": one["label"], "polygon": one["polygon"], "deleted": place == 2}
        for place, one in enumerate(BASE.objects)
    ]
    assert apply(BASE, entries, TABLE, STAMP) is BASE
    assert apply(BASE, [0, 1, 2], TABLE, STAMP) is BASE
    assert apply(BASE, [0, 2, 1], TABLE, STAMP) is not BASE


def test_a_deleted_object_stays_in_the_file_and_can_be_brought_back():
    """Also one with fractions and outside of the image, whose polygon is no valid new one."""
    road = {"base": 0, "label": "road", "polygon": BASE.objects[0]["polygon"]}
    found = apply(BASE, [{**road, "deleted": True}, 1, 2], TABLE, STAMP)
    assert found.objects[0]["deleted"] == 1
    assert '"polygon": [[0.5, -3], [9, 0], [9.0, 9]]' in found.texts[0]
    again = apply(found, [{**road, "deleted": False}, 1, 2], TABLE, STAMP)
    assert again.objects[0]["deleted"] == 0
    assert again.objects[0]["polygon"] == BASE.objects[0]["polygon"]


def test_an_object_with_nan_can_be_deleted_by_a_page_that_was_told_null():
    base = document('{"label": "car", "polygon": [[NaN, 1], [2, 1], [2, 2]]}')
    entry = {"base": 0, "label": "car", "polygon": [[None, 1], [2, 1], [2, 2]], "deleted": True}
    found = apply(base, [entry], TABLE, STAMP)
    assert '"polygon": [[NaN, 1], [2, 1], [2, 2]]' in found.texts[0]
    with pytest.raises(EntryProblems):
        apply(base, [{**entry, "polygon": [[None, 2], [2, 1], [2, 2]]}], TABLE, STAMP)


def test_an_object_of_no_known_class_can_be_deleted_or_get_one():
    base = document('{"label": "cat", "polygon": [[1, 1], [2, 1], [2, 2]]}')
    polygon = base.objects[0]["polygon"]
    entry = {"base": 0, "label": "cat", "polygon": polygon, "deleted": True}
    assert apply(base, [entry], TABLE, STAMP).objects[0]["deleted"] == 1
    entry |= {"label": "dynamic", "deleted": False}
    assert apply(base, [entry], TABLE, STAMP).objects[0]["label"] == "dynamic"


def test_groups_have_the_name_of_their_class():
    assert apply(BASE, [0, 1, 2, new(label="cargroup")], TABLE, STAMP)
    with pytest.raises(EntryProblems, match="'cargroupgroup' is not in the label table"):
        apply(BASE, [new(label="cargroupgroup")], TABLE, STAMP)


def test_ids_are_never_given_twice():
    """Two parts of one object, and objects that were moved before they were changed."""
    parts = [{"base": 1, "label": "car", "polygon": TRIANGLE}] * 2
    found = apply(BASE, [0, *parts, 2], TABLE, STAMP)
    assert [found.objects[k]["id"] for k in (1, 2)] == [12, 13]
    raw = document('{"label": "road", "polygon": [[0,0],[1,0],[1,1]]}', GONE)
    moved = apply(raw, [1, 0], TABLE, STAMP)
    entry = {"base": 1, "label": "car", "polygon": TRIANGLE}
    changed = apply(moved, [0, entry, new()], TABLE, STAMP, raw)
    assert [one.get("id") for one in changed.objects] == [None, 0, 2]
    assert numbers_of(changed, raw) == [1, 0, 2]


def test_an_undone_creation_leaves_the_file():
    found = apply(BASE, [0, 1, 2, new()], TABLE, STAMP)
    assert apply(found, [0, 1, 2], TABLE, STAMP).texts == BASE.texts


def test_a_frame_is_begun():
    found = apply(empty(32, 16), [new(), new(label="road")], TABLE, STAMP)
    assert [one["id"] for one in json.loads(found.data())["objects"]] == [0, 1]


DEEP = json.loads("[" * 300 + "]" * 300)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (-1, "there is no object -1: there are 3"),
        (3, "there is no object 3"),
        (10**400, "there is no object 1000"),
        (True, "it is true, neither"),
        (1.0, "it is 1.0, neither"),
        (None, "it is missing, neither"),
        ("0", 'it is "0", neither'),
        ([], "neither the place of an object nor an object"),
        ({"base": 3}, "base is 3, not null or the place"),
        ({"base": True}, "base is true"),
        ({"base": "0"}, 'base is "0"'),
        ({}, "label is missing, not a text"),
        (new(id=5), "'id' is not one of base, label, polygon, deleted"),
        (new(**{"\ud800": 5}), "is not one of base"),
        (new(label=5), "label is 5, not a text"),
        (new(label="cat"), "label 'cat' is not in the label table .did you mean car"),
        (new(label=""), "label '' is not in the label table"),
        (new(label="\ud800"), "is not in the label table"),
        (new(label="car" * 10**5), "is not in the label table"),
        (new(deleted=1), "deleted is 1, not true or false"),
        (new(deleted=None), "deleted is missing"),
        (new(polygon=None), "polygon is missing, not a list"),
        (new(polygon={}), "polygon is {}, not a list"),
        (new(polygon=TRIANGLE[:2]), "polygon has 2 points, not 3 to 20,000"),
        (new(polygon=[[0, 0]] * 20_001), "polygon has 20001 points"),
        (new(polygon=[[0, 0], [1, 1], [1.5, 2]]), r"point 2 is \[1.5, 2\], not \[x, y\] in whole"),
        (new(polygon=[[0, 0], [1, 1], [float("nan"), 2]]), "point 2 is .NaN, 2"),
        (new(polygon=[[0, 0], [1, 1], [True, 2]]), "point 2"),
        (new(polygon=[[0, 0], [1, 1], [1, 2, 3]]), "point 2"),
        (new(polygon=[[0, 0], [1, 1], "12"]), "point 2"),
        (new(polygon=[[0, 0], [1, 1], DEEP]), "point 2"),
        (new(polygon=[[0, 0], [1, 1], [100_001, 0]]), "point 2 is .100001, 0., beyond 100,000"),
        (new(polygon=[[0, 0], [1, 1], [0, -(10**4000)]]), "beyond 100,000"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said_with_its_place(entry, message):
    with pytest.raises(EntryProblems, match=message) as caught:
        apply(BASE, [0, entry, 1], TABLE, STAMP)
    assert [place for place, _ in caught.value.problems] == [1]
    assert len(str(caught.value)) < 500


def test_all_that_is_wrong_is_listed():
    with pytest.raises(EntryProblems) as caught:
        apply(BASE, [7, 0, 0, new(label="cat")], TABLE, STAMP)
    assert [place for place, _ in caught.value.problems] == [0, 2, 3]


@pytest.mark.parametrize("entries", [None, {}, 5, "[]", [0] * 65_536])
def test_what_is_no_list_of_entries_is_refused(entries):
    with pytest.raises(DataError):
        apply(BASE, entries, TABLE, STAMP)


class PlainTime(datetime):
    """A time that cannot be written in a form that depends on the locale."""

    def __format__(self, spec):
        assert not set(spec) & set("abABcxXp")
        return super().__format__(spec)


def test_dates_are_english_whatever_the_locale():
    dates = [stamp_now(PlainTime(2026, month, 3, 4, 5, 6)).date for month in (3, 5, 10, 12)]
    assert dates == [f"03-{name}-2026 04:05:06" for name in ("Mar", "May", "Oct", "Dec")]
    assert moment(dates[0]) == datetime(2026, 3, 3, 4, 5, 6)


@pytest.mark.parametrize("date", [None, 5, "", "31-Feb-2026 00:00:00", "1-Xyz-2026 00:00:00"])
def test_odd_dates_tell_no_time(date):
    assert moment(date) is None


def test_the_last_change_is_that_of_the_latest_date():
    objects = [
        {"user": "a", "date": "02-Jan-2026 00:00:00"},
        {"user": "b", "date": "01-Dec-2025 00:00:00"},
        {"user": 5, "date": "nonsense"},
        "no object",
    ]
    assert last_stamp(objects) == Stamp("a", "02-Jan-2026 00:00:00")
    assert last_stamp([]) == Stamp("", "")

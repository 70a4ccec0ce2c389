"""What an edit changes, by object and in pixels, and the table of all edits."""

import csv
import io
import json

import numpy as np
import pytest

from cityscapes.editing.difference import difference
from cityscapes.editing.document import parse
from cityscapes.editing.entries import apply
from cityscapes.editing.object_changes import changes_of
from cityscapes.editing.stamp import Stamp
from cityscapes.errors import DataError
from cityscapes.ground_truth.polygons import DEFAULT_RULES
from cityscapes.labels import read_labels
from label_project import EDIT, new
from tiny import CLONE
from viewer_project import PLACE

TABLE = read_labels(CLONE / "config/labels.csv")
STAMP = Stamp("me", "07-Mar-2026 09:05:00")


def box(left, top, right, bottom):
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def document(*objects, size=(32, 16)):
    width, height = size
    whole = {"imgWidth": width, "imgHeight": height, "objects": objects}
    return parse(json.dumps(whole).encode())


RAW = document(
    {"label": "road", "polygon": box(0, 8, 32, 16)},
    {"label": "car", "polygon": box(2, 4, 8, 12)},
    {"label": "car", "polygon": box(20, 4, 26, 12)},
    {"label": "person", "polygon": box(4, 5, 6, 9), "deleted": 1},
)


def changes(entries, raw=RAW):
    edit = apply(raw, entries, TABLE, STAMP, raw)
    return changes_of(raw, edit, TABLE, "released", DEFAULT_RULES)


def test_two_images_are_compared_by_class():
    before = np.array([[7, 7, 26], [7, 0, 26]], dtype=np.uint8)
    now = np.array([[7, 26, 26], [26, 7, 26]], dtype=np.uint8)
    found = difference(before, now)
    assert found.mask.tolist() == [[0, 1, 0], [1, 1, 0]] and found.mask.dtype == np.uint8
    assert found.changes == [(7, 26, 2), (0, 7, 1)]
    assert found.pixels == 3


def test_each_change_has_its_words_and_its_pixels():
    bus = {"base": 1, "label": "bus", "polygon": box(2, 4, 8, 12), "deleted": False}
    (found,) = changes([0, bus, 2, 3])
    assert found == (1, "bus", "class", *STAMP, 7 * 8)
    wider = {**bus, "label": "car", "polygon": box(2, 4, 9, 12)}
    assert changes([0, wider, 2, 3])[0] == (1, "car", "polygon", *STAMP, 8)
    both = {**bus, "polygon": box(2, 4, 9, 12)}
    assert changes([0, both, 2, 3])[0] == (1, "bus", "class and polygon", *STAMP, 64)
    gone = {"base": 2, "deleted": True}
    assert changes([0, 1, gone, 3])[0] == (2, "car", "deleted", *STAMP, 7 * 8)
    back = {"base": 3, "deleted": False}
    assert changes([0, 1, 2, back])[0] == (3, "person", "restored", *STAMP, 3 * 4)
    added = new(box(10, 0, 12, 2), "sky")
    assert changes([0, 1, 2, 3, added])[0] == (4, "sky", "added", *STAMP, 3 * 2)
    assert changes([0, 1, 3])[0] == (2, "car", "removed", "", "", 7 * 8)


def test_an_order_that_shows_is_a_change_and_untouched_objects_are_none():
    (found,) = changes([1, 0, 2, 3])
    assert found == (None, "", "order", "", "", 7 * 4)
    assert changes([0, 1, 2, 3]) == []
    (found,) = changes([3, 0, 1, 2])
    assert (found.what, found.pixels) == ("order", 0)


def test_objects_are_known_again_after_several_saves():
    first = apply(RAW, [2, 0, 1, 3], TABLE, STAMP, RAW)
    bus = {"base": 0, "label": "bus", "polygon": RAW.objects[2]["polygon"]}
    second = apply(first, [bus, 1, 2, 3, new(box(0, 0, 2, 2))], TABLE, STAMP, RAW)
    found = changes_of(RAW, second, TABLE, "released", DEFAULT_RULES)
    assert [(one.number, one.what) for one in found] == [
        (2, "class"),
        (4, "added"),
        (None, "order"),
    ]


def test_a_frame_without_annotation_is_compared_with_background():
    edit = document({"label": "road", "polygon": box(0, 0, 3, 4), "user": 5})
    (found,) = changes_of(None, edit, TABLE, "released", DEFAULT_RULES)
    assert found == (0, "road", "added", "", "", 16)


def test_images_of_two_sizes_cannot_be_compared():
    edit = document(size=(31, 16))
    with pytest.raises(DataError, match="the edit is 31 x 16, the file of the dataset is 32 x 16"):
        changes_of(RAW, edit, TABLE, "released", DEFAULT_RULES)


def rows(client):
    answer = client.ask("/api/edits.csv")
    assert answer.status == 200
    assert answer.getheader("content-type").startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.data.decode())))


def test_the_table_of_all_edits(fresh):
    header = [
        "type",
        "split",
        "city",
        "frame",
        "object",
        "label",
        "what",
        "user",
        "date",
        "pixels",
    ]
    assert rows(fresh) == [header]
    saved = fresh.save([0, 1, {"base": 2, "deleted": True}, 3, 4, new()])
    difference = fresh.packed(f"{EDIT}/difference")["pixels"]
    other = "gtFine/val/lindau/lindau_000000_000019"
    body = {"status": "done"}  # a review is no edit
    fresh.send("PUT", f"review/{other}", body, If_Match="none")
    found = rows(fresh)
    user, date = saved["objects"][5]["user"], saved["objects"][5]["date"]
    place = ["gtFine", *PLACE.split("/")]
    assert found[1][:9] == [*place, "2", "car", "deleted", user, date]
    assert found[2][:9] == [*place, "5", "car", "added", user, date]
    assert sum(int(row[9]) for row in found[1:]) == difference


def test_an_edit_that_cannot_be_read_has_its_line(fresh):
    fresh.save([0, 1])
    path = fresh.folder / f"edits/gtFine/{PLACE}_gtFine_polygons.json"
    path.write_bytes(b'{"imgWidth"')
    found = rows(fresh)
    assert len(found) == 2 and "not JSON" in found[1][6]

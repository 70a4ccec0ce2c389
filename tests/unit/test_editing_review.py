"""Review of frames: status, correction boxes in the reference's XML, and the list of both."""

import json

import pytest

from cityscapes.editing import corrections
from cityscapes.editing.corrections import Correction, data_of, parse
from cityscapes.editing.history import version_of
from cityscapes.errors import DataError
from label_project import EDIT, new
from viewer_project import FRAME, PLACE

REVIEW = f"review/gtFine/{PLACE}"
CORRECTIONS = f"corrections/gtFine/{PLACE}"
BOXES = [
    Correction(1, "", (1, 2, 3, 4)),
    Correction(4, 'Straße & <b> "quoted"\n\ttwo lines \U0001f600', (-5, 0, 0, 2048)),
]


def test_boxes_survive_being_written_and_read():
    data = data_of(BOXES, FRAME, "frankfurt", 2048, 1024)
    assert parse(data) == BOXES
    assert data.isascii() and not data.startswith(b"<?xml")
    assert b"<nrows>1024</nrows>\n<ncols>2048</ncols>" in data
    assert b"Stra&#223;e &amp; &lt;b&gt;" in data


def test_a_file_of_the_reference_is_read():
    """Fractions are rounded as it rounds them; the height as `ncols` does not matter."""
    text = """<correction>
<filename>x_leftImg8bit.png</filename>
<imagesize><nrows>1024</nrows><ncols>1024</ncols></imagesize>
<correction><type>2</type><annotation /><bbox><x>1.4</x><y>-2.6</y><width> 7 </width>
<height>1e2</height></bbox></correction>
</correction>"""
    assert parse(text.encode()) == [Correction(2, "", (1, -3, 7, 100))]
    for encoding in ("utf-16", "utf-8-sig"):
        assert parse(text.encode(encoding)) == parse(text.encode())


def box(**changed):
    """The XML of a file with one box, whose parts are texts."""
    parts = {"type": "1", "x": "1", "y": "2", "width": "3", "height": "4"} | changed
    sides = "".join(f"<{k}>{parts[k]}</{k}>" for k in ("x", "y", "width", "height"))
    return (
        f"<correction><correction><type>{parts['type']}</type><annotation>a</annotation>"
        f"<bbox>{sides}</bbox></correction></correction>"
    )


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not XML: no element found"),
        ("<correction>", "not XML"),
        ("<a/>", "not a file of at most 2000 corrections"),
        (f"{BOMB}<correction>&c;</correction>", "has a DTD or entities"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><correction/>', "has a DTD or entities"),
        ("<correction>&x;</correction>", "undefined entity"),
        ("<correction>" * 20 + "</correction>" * 20, "more than 8 deep"),
        ("<correction>" + "<correction/>" * 2_001 + "</correction>", "at most 2000"),
        (box(type="5"), "correction 0: type is 5, not 1, 2, 3 or 4"),
        (box(type="a"), 'type is "a", not a number'),
        (box(x=""), 'bbox/x is "", not a number of pixels'),
        (box(x="nan"), "bbox/x"),
        (box(width="1e999"), "bbox/width"),
        (box(y="100001"), "bbox/y"),
        ("<correction><correction/></correction>", 'type is ""'),
        ('<?xml version="1.0" encoding="klingon"?><correction/>', "not XML"),
        ("<correction>" + " " * 4_000_000 + "</correction>", "larger than 4 MB"),
    ],
)
def test_what_is_no_file_of_corrections_has_a_message(text, message):
    with pytest.raises(DataError, match=message):
        parse(text.encode())


RIGHT = {"type": 1, "annotation": "here", "bbox": [1, 2, 3, 4]}


@pytest.mark.parametrize(
    "one",
    [
        5, {}, RIGHT | {"type": 0}, RIGHT | {"type": True}, RIGHT | {"type": "1"},
        RIGHT | {"annotation": None}, RIGHT | {"annotation": "\0"},
        RIGHT | {"annotation": "\ud800"}, RIGHT | {"annotation": "\x1b"},
        RIGHT | {"annotation": "\ufffe"}, RIGHT | {"annotation": "a" * 10_001},
        RIGHT | {"bbox": [1, 2, 3]}, RIGHT | {"bbox": [1, 2, 3, 4.5]},
        RIGHT | {"bbox": [1, 2, -3, 4]}, RIGHT | {"bbox": [1, 2, 3, 10**30]},
        RIGHT | {"bbox": [1, 2, 3, float("nan")]}, RIGHT | {"bbox": "1234"},
    ],
)  # fmt: skip
def test_what_is_no_correction_is_refused(one):
    with pytest.raises(DataError, match="correction 1"):
        corrections.asked([RIGHT, one])
    with pytest.raises(DataError, match="not a list"):
        corrections.asked(one if one != 5 else None)


def test_a_review_is_kept_with_who_and_when(fresh):
    version = fresh.json(EDIT)["review_version"]
    for status in ("to do", "in work", "to review", "done", "rejected"):
        body = {"status": status, "note": "zwölf\nlines"}
        answer = fresh.send("PUT", REVIEW, body, If_Match=version)
        saved, version = answer["review"], answer["review_version"]
        assert saved["status"] == status and saved["user"] and saved["date"]
        assert fresh.json(EDIT)["review"] == saved
    stored = json.loads((fresh.folder / f"edits/review/gtFine/{PLACE}.json").read_text())
    assert stored == saved
    answer = fresh.send("PUT", REVIEW, {"status": "finished"}, 422, If_Match=version)
    assert "not one of to do, in work, to review, done, rejected" in answer["error"]
    assert fresh.json(EDIT)["review"] == saved


def test_a_review_of_somebody_else_is_not_replaced(fresh):
    body = {"status": "to review", "note": "the left car"}
    assert "If-Match is missing" in fresh.send("PUT", REVIEW, body, 428)["error"]
    saved = fresh.send("PUT", REVIEW, body, If_Match="none")
    path = fresh.folder / f"edits/review/gtFine/{PLACE}.json"
    assert saved["review_version"] == version_of(path.read_bytes())
    other = {"status": "done", "note": ""}
    refused = fresh.send("PUT", REVIEW, other, 412, If_Match="none")
    assert refused["current"] == saved and "somebody else" in refused["error"]
    assert json.loads(path.read_text()) == saved["review"]
    fresh.send("PUT", REVIEW, other, If_Match=saved["review_version"])
    assert fresh.json(EDIT)["review"]["status"] == "done"


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b'{"status": "finished"}', b'{"status": "done", "user": 5}', b"\xff"],
)
def test_a_damaged_review_is_said_and_the_frame_is_shown(fresh, data):
    path = fresh.folder / f"edits/review/gtFine/{PLACE}.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    told = fresh.json(EDIT)
    assert told["review"]["status"] == "to do"
    assert path.name in told["review"]["problem"]
    assert told["review_version"] == version_of(data)
    assert len(told["objects"]) == 5


def test_corrections_are_saved_against_their_version(fresh):
    listed = [one.document() for one in BOXES]
    body = {"corrections": listed}
    fresh.send("PUT", CORRECTIONS, body, 428)
    saved = fresh.send("PUT", CORRECTIONS, body, If_Match="none")
    path = fresh.folder / f"edits/gtFine_corrections/{PLACE}.xml"
    assert saved == {"corrections": listed, "corrections_version": version_of(path.read_bytes())}
    told = fresh.json(EDIT)
    assert told["corrections"] == listed
    assert b"<ncols>32</ncols>" in path.read_bytes()
    answer = fresh.send("PUT", CORRECTIONS, {"corrections": []}, 412, If_Match="none")
    assert answer["current"] == saved
    version = saved["corrections_version"]
    assert (
        fresh.send("PUT", CORRECTIONS, {"corrections": []}, If_Match=version)["corrections"] == []
    )


def test_damaged_corrections_are_said_and_the_frame_is_shown(fresh):
    path = fresh.folder / f"edits/gtFine_corrections/{PLACE}.xml"
    path.parent.mkdir(parents=True)
    path.write_text(f"{BOMB}<correction/>")
    told = fresh.json(EDIT)
    assert told["corrections"] == []
    assert "has a DTD or entities" in told["corrections_problem"]
    assert told["corrections_version"] == version_of(path.read_bytes())


def test_edits_and_reviews_are_listed_for_filters(fresh):
    assert fresh.json("edits") == []
    other = "gtFine/val/lindau/lindau_000000_000019"
    fresh.save([0, 1, 2, {"base": 3, "deleted": True}, 4, new()])
    body = {"status": "rejected", "note": "dark"}
    fresh.send("PUT", f"review/{other}", body, If_Match="none")
    first, second = fresh.json("edits")
    user = fresh.json("project")["user"]
    assert first["date"]
    del first["date"], second["date"]
    assert first == {
        "type": "gtFine", "split": "val", "city": "frankfurt", "frame": FRAME, "edited": True,
        "objects": 5, "status": "to do", "note": "", "user": user,
    }  # fmt: skip
    assert (second["frame"], second["edited"]) == ("lindau_000000_000019", False)
    assert (second["status"], second["note"]) == ("rejected", "dark")
    path = fresh.folder / f"edits/gtFine/{PLACE}_gtFine_polygons.json"
    path.write_bytes(b"{")
    assert "not JSON" in fresh.json("edits")[0]["problem"]

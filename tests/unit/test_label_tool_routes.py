"""What the label tool reads, saves, paints and takes back, against a live server."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cityscapes.editing.history import version_of
from cityscapes.editing.store import Store
from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.label_tool.tool import PAGES as TOOL_PAGES
from cityscapes.labels import read_labels
from cityscapes.png import write as png
from cityscapes.viewer.server import PAGES
from label_project import EDIT, SQUARE, new, serve_tool
from small_project import VAL, configure
from tiny import CLONE, polygons_path
from viewer_project import FRAME, PLACE, make_viewed, serve

TABLE = read_labels(CLONE / "config/labels.csv")
PATH = f"edits/gtFine/{PLACE}_gtFine_polygons.json"
ALONE = "demoVideo/stuttgart/stuttgart_000000_000001"  # an image without annotation


def raw_of(client):
    return polygons_path(client.folder / "data", VAL, 294)


def label_ids(path):
    """uint8 (16, 32): what the workflow makes of a polygon file."""
    annotation = parse_annotation(path.read_bytes(), TABLE)
    return FrameImages(annotation, TABLE, "released").image("labelIds")


def test_the_page_learns_that_there_is_editing(tool, viewer):
    about = tool.json("project")
    assert about["editing"] is True
    assert about["user"]
    assert "editing" not in viewer.json("project")
    assert viewer.ask(f"/api/{EDIT}").status == 404


def test_its_pages_are_served_beside_those_of_the_viewer_and_by_it_alone(tool, viewer):
    own, common = ({path.name for path in folder.glob("*.*")} for folder in (TOOL_PAGES, PAGES))
    assert own and not own & common
    for name in own:
        assert tool.ask(f"/{name}").status == 200
        assert viewer.ask(f"/{name}").status == 404
    assert tool.ask("/main.js").status == viewer.ask("/main.js").status == 200


def test_the_raw_file_is_told_as_it_is(fresh):
    document = fresh.json(EDIT)
    raw = raw_of(fresh).read_bytes()
    assert document["version"] == document["raw"] == version_of(raw)
    assert document["source"] == "raw"
    assert (document["width"], document["height"]) == (32, 16)
    assert document["objects"] == json.loads(raw)["objects"]
    assert document["history"] == []
    assert document["review"] == {"status": "to do", "note": "", "user": "", "date": ""}
    assert (document["corrections"], document["corrections_version"]) == ([], "none")
    assert not (fresh.folder / "edits").exists()


def test_a_save_is_an_edit_and_the_dataset_stays(fresh):
    raw = raw_of(fresh).read_bytes()
    known = fresh.json(EDIT)["version"]
    saved = fresh.save([0, 1, 2, 3, 4, new()], known)
    data = (fresh.folder / PATH).read_bytes()
    assert saved["version"] == version_of(data)
    assert (saved["source"], saved["raw"]) == ("edit", known)
    assert saved["objects"] == json.loads(data)["objects"] == fresh.json(EDIT)["objects"]
    assert raw_of(fresh).read_bytes() == raw
    # The routes of the viewer show it, too.
    shown = fresh.packed(f"objects/gtFine/{PLACE}")
    assert len(shown["objects"]) == 6
    ids = np.array([0, *(one["id"] for one in shown["objects"])])
    assert np.array_equal(ids[shown["numbers"]], label_ids(fresh.folder / PATH))


def test_versions_before_are_kept_and_can_be_had_again(fresh):
    first = fresh.save([0, 1, 2, 3, 4, new()])
    second = fresh.save([0, 1, 2, 3, 4])
    (past,) = second["history"]
    assert past["objects"] == 6 and past["user"] == fresh.json("project")["user"]
    old = fresh.json(f"{EDIT}/history/{past['name']}")
    assert old == {"objects": first["objects"], "width": 32, "height": 16}

    body = {"to": past["name"]}
    again = fresh.send("POST", f"{EDIT}/revert", body, If_Match=second["version"])
    assert again["version"] == first["version"]
    assert [one["objects"] for one in again["history"]] == [5, 6]
    without = fresh.send("POST", f"{EDIT}/revert", {"to": "raw"}, If_Match=again["version"])
    assert without["source"] == "raw" and without["version"] == without["raw"]
    assert len(without["history"]) == 3
    assert not (fresh.folder / PATH).exists()


def test_the_way_back_needs_the_version_and_a_name(fresh):
    saved = fresh.save([0, 1, 2, 3, 4, new()])
    fresh.send("POST", f"{EDIT}/revert", {"to": "raw"}, 428)
    stale = fresh.send("POST", f"{EDIT}/revert", {"to": "raw"}, 412, If_Match=saved["raw"])
    assert stale["current"]["version"] == saved["version"]
    for name in ("", "old", "../edit", None, 5, {}):
        answer = fresh.send("POST", f"{EDIT}/revert", {"to": name}, 404, If_Match="x")
        assert "no such version" in answer["error"]
    assert fresh.json(f"{EDIT}/history/x", 404)["error"].endswith("has no such version")


def test_another_version_is_a_conflict_that_tells_the_present_one(fresh):
    known = fresh.json(EDIT)["version"]
    saved = fresh.save([0, 1, 2, 3, 4, new()], known)
    answer = fresh.save([0], known, 412)
    assert "changed by somebody else" in answer["error"]
    assert answer["current"] == saved
    quoted = fresh.send(
        "PUT", EDIT, {"objects": [5, 0, 1, 2, 3, 4]}, If_Match=f'"{saved["version"]}"'
    )
    assert quoted["objects"][0] == saved["objects"][5]


def test_a_file_that_is_changed_on_disk_is_a_conflict(fresh):
    saved = fresh.save([0, 1, 2, 3, 4, new()])
    path = fresh.folder / PATH
    path.write_bytes(path.read_bytes().replace(b'"road"', b'"sidewalk"'))
    assert fresh.save([0], saved["version"], 412)["current"]["objects"][0]["label"] == "sidewalk"
    path.unlink()
    assert fresh.save([0], saved["version"], 412)["current"]["source"] == "raw"
    raw = raw_of(fresh)
    known = fresh.json(EDIT)["version"]
    raw.write_bytes(raw.read_bytes() + b"\n")
    assert fresh.save([0, 1, 2, 3, 4, new()], known, 412)["current"]["version"] != known


def test_a_city_of_label_images_cannot_be_edited_and_says_so_at_once(fresh):
    city = raw_of(fresh).parent
    known = fresh.json(EDIT)["version"]
    for path in city.glob("*_polygons.json"):
        name = path.name.replace("_polygons.json", "_labelIds.png")
        path.with_name(name).write_bytes(png.encode(np.full((16, 32), 7, dtype=np.uint8)))
        path.unlink()
    answer = fresh.json(EDIT, 422)
    assert "gtFine/val/frankfurt has label images in place of polygons" in answer["error"]
    assert "damaged" not in answer
    for version in (known, "none"):
        assert "label images" in fresh.save([new()], version, 422)["error"]
    assert not (fresh.folder / PATH).exists()
    # An edit from elsewhere can be taken away.
    (fresh.folder / PATH).parent.mkdir(parents=True)
    (fresh.folder / PATH).write_bytes(b"{}")
    version = fresh.json(EDIT, 422)["damaged"]
    fresh.send("POST", f"{EDIT}/revert", {"to": "raw"}, If_Match=version)
    assert not (fresh.folder / PATH).exists()


def test_a_save_without_a_version_is_refused(fresh):
    for headers in ({}, {"If_None_Match": "*"}):
        answer = fresh.send("PUT", EDIT, {"objects": [0]}, 428, **headers)
        assert "If-Match is missing" in answer["error"]
    assert not (fresh.folder / "edits").exists()


def test_a_save_that_changes_nothing_makes_no_edit(fresh):
    document = fresh.json(EDIT)
    same = [{"base": k, **one, "deleted": False} for k, one in enumerate(document["objects"])]
    for entries in ([0, 1, 2, 3, 4], same):
        assert fresh.save(entries)["source"] == "raw"
    assert not (fresh.folder / PATH).exists()


def test_all_that_is_wrong_is_told_by_its_place(fresh):
    answer = fresh.save([0, 99, new(label="cat"), new(polygon=[[1, 2]])], status=422)
    assert [one["entry"] for one in answer["problems"]] == [1, 2, 3]
    assert answer["problems"][1]["error"].startswith("label 'cat' is not in the label table")
    assert not (fresh.folder / PATH).exists()


def test_what_the_workflow_could_not_make_is_not_saved(fresh):
    """More cars than instance ids can number, in entries each of which is right."""
    answer = fresh.save([0, *[new()] * 1001], status=422)
    assert "more than 1000 objects of class 'car'" in answer["error"]
    assert fresh.save([0, *[new()] * 1000])["source"] == "edit"


def test_a_file_that_is_wrong_already_can_be_put_right_step_by_step(fresh):
    raw = raw_of(fresh)
    document = json.loads(raw.read_text())
    document["objects"][0]["label"] = document["objects"][1]["label"] = "cat"
    raw.write_text(json.dumps(document))
    assert fresh.ask(f"/api/objects/gtFine/{PLACE}").status == 422
    fresh.save([{"base": 0, "label": "road"}, 1, 2, 3, 4])
    assert fresh.ask(f"/api/objects/gtFine/{PLACE}").status == 422
    fresh.save([0, {"base": 1, "deleted": True}, 2, 3, 4])
    assert fresh.ask(f"/api/objects/gtFine/{PLACE}").status == 200


def test_a_frame_without_annotation_is_begun_in_the_size_of_its_image(fresh):
    path = f"edit/gtFine/{ALONE}"
    document = fresh.json(path)
    assert (document["version"], document["source"], document["raw"]) == ("none",) * 3
    assert (document["width"], document["height"], document["objects"]) == (32, 16, [])
    painted = fresh.paint([new()], path=path)
    assert painted["pixels"] == [24]
    assert fresh.ask(f"/api/objects/gtFine/{ALONE}").status == 404
    saved = fresh.save([new()], "none", path=path)
    assert saved["objects"][0]["id"] == 0
    shown = fresh.packed(f"objects/gtFine/{ALONE}")
    assert np.array_equal(shown["numbers"], painted["numbers"])
    fresh.send("POST", f"{path}/revert", {"to": "raw"}, If_Match=saved["version"])
    assert fresh.json(path)["source"] == "none"
    assert fresh.ask(f"/api/objects/gtFine/{ALONE}").status == 404


def test_both_types_of_annotations_have_edits_of_their_own(fresh):
    fresh.save([new()], "none", path=f"edit/gtCoarse/{PLACE}")
    assert fresh.json(EDIT)["source"] == "raw"
    assert len(fresh.packed(f"objects/gtCoarse/{PLACE}")["objects"]) == 1


def test_a_painting_is_what_the_label_image_will_be(fresh):
    moved = {"base": 1, "label": "bus", "polygon": [[0, 0], [30, 3], [11, 15]], "deleted": False}
    entries = [3, 0, moved, new(label="pole"), {"base": 2, "deleted": True}, 4]
    painted = fresh.paint(entries)
    saved = fresh.save(entries)
    shown = fresh.packed(f"objects/gtFine/{PLACE}")
    assert np.array_equal(painted["numbers"], shown["numbers"])
    assert painted["numbers"].dtype == np.uint16
    assert painted["pixels"] == [one["pixels"] for one in shown["objects"]]
    assert (painted["box"], painted["problems"]) == ([0, 0, 32, 16], [])
    # Entries are those of the version that is named, also where another one was saved since.
    assert np.array_equal(fresh.paint(entries, saved["raw"])["numbers"], shown["numbers"])
    fresh.save([0, 1, 2])
    assert np.array_equal(
        fresh.paint(list(range(6)), saved["version"])["numbers"], shown["numbers"]
    )


def test_a_part_of_a_painting_is_the_part_of_the_whole(tool):
    entries = [0, 1, new(), 2, 3]
    whole = tool.paint(entries)
    for left, top, right, bottom in ([0, 0, 32, 16], [3, 5, 17, 9], [31, 15, 32, 16]):
        part = tool.paint(entries, box=[left, top, right, bottom])
        assert np.array_equal(part["numbers"], whole["numbers"][top:bottom, left:right])
        assert part["pixels"] == whole["pixels"]


@pytest.mark.parametrize(
    "box",
    [[], [0, 0, 1], [0, 0, 33, 16], [0, 0, 32, 17], [-1, 0, 3, 3], [3, 0, 3, 3], [0, 0, 1.5, 2],
     [0, 0, True, 2], "all", {}, [0, 0, 10**400, 1]],
)  # fmt: skip
def test_a_box_is_a_part_of_the_image(tool, box):
    tool.paint([0], box=box, status=422)


def test_what_cannot_be_painted_is_told_and_the_rest_is_painted(tool):
    painted = tool.paint([0, new(polygon=[[1, 1]]), new(label="cat"), new(), 99])
    assert [one["entry"] for one in painted["problems"]] == [1, 2, 4]
    assert painted["pixels"][3] == 24


def test_a_painting_of_a_version_that_nobody_knows_is_a_conflict(tool):
    for version in ("0" * 64, "none", "", "../x"):
        answer = tool.paint([0], version or "-", status=412)
        assert answer["current"]["version"] == tool.json(EDIT)["version"]
    body = {"version": 5, "objects": [0]}
    tool.send("POST", f"{EDIT}/paint", body, 412)


def test_the_difference_is_that_of_the_label_images(fresh):
    before = label_ids(raw_of(fresh))
    assert fresh.packed(f"{EDIT}/difference")["pixels"] == 0
    fresh.save([0, 1, 2, 3, 4, new(label="bus"), new([[20, 7], [25, 7], [25, 9]], "person")])
    now = label_ids(fresh.folder / PATH)
    found = fresh.packed(f"{EDIT}/difference")
    assert np.array_equal(found["mask"], before != now)
    assert found["pixels"] == np.count_nonzero(before != now) > 0
    expected = {}
    for old, new_id in zip(before[before != now], now[before != now], strict=True):
        key = TABLE.by_id[old].name, TABLE.by_id[new_id].name
        expected[key] = expected.get(key, 0) + 1
    told = {(one["from"], one["to"]): one["pixels"] for one in found["classes"]}
    assert told == expected
    assert list(told.values()) == sorted(told.values(), reverse=True)


def test_the_difference_of_a_new_frame_is_all_that_was_drawn(fresh):
    path = f"edit/gtFine/{ALONE}"
    fresh.save([new()], "none", path=path)
    found = fresh.packed(f"{path}/difference")
    assert found["classes"] == [{"from": "unlabeled", "to": "car", "pixels": 24}]


def test_a_polygon_file_that_is_none_has_a_message(fresh):
    raw_of(fresh).write_bytes(b'{"imgWidth": 1')
    assert "not JSON" in fresh.json(EDIT, 422)["error"]
    assert FRAME in fresh.json(EDIT, 422)["error"]


def test_an_edit_that_is_damaged_can_be_removed(fresh):
    fresh.save([0, {"base": 1, "deleted": True}, 2, 3, 4])
    (fresh.folder / PATH).write_text("{")
    told = fresh.json(EDIT, 422)
    assert "not JSON" in told["error"]
    fresh.send("POST", f"{EDIT}/revert", {"to": "raw"}, If_Match=told["damaged"])
    assert not (fresh.folder / PATH).exists()
    assert fresh.json(EDIT)["source"] == "raw"


def test_a_frame_without_objects_is_annotated_by_a_save(fresh):
    path = f"edit/gtFine/{ALONE}"
    saved = fresh.save([], "none", path=path)
    assert (saved["source"], saved["objects"]) == ("edit", [])
    assert fresh.save([], saved["version"], path=path)["version"] == saved["version"]


def test_values_that_json_has_not_are_told_as_null(fresh):
    raw = raw_of(fresh)
    text = raw.read_text().replace("[-3, 8]", "[NaN, -Infinity]").replace('"road"', '"\\ud800"')
    raw.write_text(text)
    answer = fresh.ask(f"/api/{EDIT}")
    assert b"NaN" not in answer.data and b"Infinity" not in answer.data
    first = json.loads(answer.data)["objects"][0]
    assert (first["label"], first["polygon"][0]) == ("\ud800", [None, None])
    saved = fresh.save([{"base": 0, **first, "deleted": True}, 1, 2, 3, 4])
    assert saved["objects"][0]["deleted"] == 1
    assert "[NaN, -Infinity]" in (fresh.folder / PATH).read_text()


def test_twenty_saves_at_once_one_wins_and_none_is_lost(fresh):
    known = fresh.json(EDIT)["version"]

    def save(number):
        body = json.dumps({"objects": [0, 1, 2, 3, 4, new([[0, 0], [number + 1, 0], [1, 5]])]})
        answer = fresh.ask(
            f"/api/{EDIT}", "PUT", body=body, Content_Type="application/json", If_Match=known
        )
        return answer.status, json.loads(answer.data)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(save, range(20)))
    statuses = [status for status, _ in answers]
    assert sorted(statuses) == [200] + [412] * 19
    (won,) = (document for status, document in answers if status == 200)
    assert fresh.json(EDIT) == won
    for status, document in answers:
        assert status == 200 or document["current"] == won


def test_a_save_is_answered_with_what_it_saved_whoever_saves_next(fresh, monkeypatch):
    right = Store.replace

    def replace(self, *arguments):
        now = right(self, *arguments)
        path = fresh.folder / PATH
        path.write_bytes(path.read_bytes().replace(b'"road"', b'"sky"'))  # by another server
        return now

    monkeypatch.setattr(Store, "replace", replace)
    saved = fresh.save([0, 1, 2, 3, 4, new()])
    assert saved["objects"][0]["label"] == "road"
    now = fresh.json(EDIT)
    assert now["objects"][0]["label"] == "sky" and now["version"] != saved["version"]


def test_a_conflict_names_who_saved_and_when(fresh):
    known = fresh.json(EDIT)["version"]
    fresh.save([0, 1, 2, 3, 4, new()])
    current = fresh.save([0], known, 412)["current"]
    last = current["objects"][-1]
    assert (current["user"], current["date"]) == (last["user"], last["date"])
    assert current["user"] == fresh.json("project")["user"] and current["date"]


def test_two_servers_on_one_folder(tmp_path):
    make_viewed(tmp_path)
    with serve_tool(tmp_path) as one, serve_tool(tmp_path) as other:
        known = one.json(EDIT)["version"]

        def save(number):
            client = (one, other)[number % 2]
            body = json.dumps({"objects": [0, 1, 2, 3, 4, new([[0, 0], [number + 1, 0], [1, 5]])]})
            return client.ask(
                f"/api/{EDIT}", "PUT", body=body, Content_Type="application/json", If_Match=known
            ).status

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(save, range(8))) == [200] + [412] * 7
        saved = one.json(EDIT)
        assert other.json(EDIT) == saved
        other.save([5, 0, 1, 2, 3, 4])
        assert one.save([0], saved["version"], 412)["current"] == other.json(EDIT)


def test_without_a_folder_of_edits_the_tool_does_not_start(tmp_path):
    make_viewed(tmp_path)
    configure(tmp_path, edits="")
    with pytest.raises(Exception, match="`edits` is empty in the config"):
        with serve_tool(tmp_path):
            pass
    with serve(tmp_path) as viewer:
        assert viewer.ask("/api/project").status == 200


def test_the_folder_of_edits_is_that_of_the_config(tmp_path):
    make_viewed(tmp_path)
    configure(tmp_path, edits="mine/here", splits=["val"])
    with serve_tool(tmp_path) as client:
        client.save([0, new(SQUARE)])
    assert (tmp_path / PATH.replace("edits", "mine/here")).exists()
    assert not (tmp_path / "edits").exists()


def random_entries(random, objects):
    """Objects kept, moved, changed, deleted, brought back, left out and added, in any order."""
    entries = []
    for place in random.permutation(len(objects)).tolist():
        kind = random.integers(8)
        if kind == 0:
            entries.append({"base": place, "deleted": bool(random.integers(2))})
        elif kind == 1:
            points = random.integers(-5, 40, (random.integers(3, 9), 2)).tolist()
            label = str(random.choice(["car", "bus", "cargroup", "sky", "license plate"]))
            entries.append({"base": place, "label": label, "polygon": points, "deleted": False})
        elif kind < 7 or len(objects) < 4:
            entries.append(place)
    for _ in range(random.integers(3)):
        entries.append(new(random.integers(0, 32, (random.integers(3, 6), 2)).tolist()))
    return entries


def test_saves_of_any_kind_give_the_file_and_the_image_that_were_painted(fresh):
    random, document = np.random.default_rng(5), fresh.json(EDIT)
    texts = {}
    for number in range(30):
        entries = random_entries(random, document["objects"])
        painted = fresh.paint(entries, document["version"])
        saved = fresh.save(entries, document["version"])
        path = fresh.folder / PATH if saved["source"] == "edit" else raw_of(fresh)
        data = path.read_bytes()
        assert saved["objects"] == json.loads(data)["objects"]
        for entry, one in zip(entries, saved["objects"], strict=True):
            before = {} if isinstance(entry, int) or entry["base"] is None else entry["base"]
            if isinstance(entry, int):
                assert one == document["objects"][entry]
            elif before != {}:
                kept = {key: document["objects"][before][key] for key in ("label", "polygon")}
                assert {key: one[key] for key in kept} == kept | {
                    key: entry[key] for key in kept if key in entry
                }
                assert bool(one.get("deleted")) == entry["deleted"]
        ids = np.array([0, *(TABLE.named(one["label"])[0].id for one in saved["objects"])])
        assert np.array_equal(ids[painted["numbers"]], label_ids(path)), number
        # The way back: each version that was saved is in the history, byte for byte.
        texts[saved["version"]] = data
        document = saved
    folder = fresh.folder / f"edits/history/gtFine/{PLACE}"
    kept = {version_of(path.read_bytes()): path.read_bytes() for path in folder.iterdir()}
    raw = version_of(raw_of(fresh).read_bytes())
    assert {key: text for key, text in texts.items() if key not in (raw, saved["version"])} == {
        key: text for key, text in kept.items() if key != saved["version"]
    }

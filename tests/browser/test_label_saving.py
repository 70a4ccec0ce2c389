"""Saving, drafts, conflicts, history, and frames without an annotation."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from label_pages import (
    class_image,
    click,
    drag,
    edit_path,
    edited,
    overlay,
    pick_class,
    raw,
    raw_path,
    ready,
    said,
    save,
    state,
)
from viewer_pages import DRAFT, FRAME, actual_size, address_of, canvas, go, settle, shown

CAR = (415, 125)
CORNERS = [(200, 180), (260, 181), (262, 220), (205, 222)]
BARE = "demoVideo/stuttgart/stuttgart_000000_000001"  # without annotations


def delete_car(page):
    click(page, *CAR)
    settle(page)
    place = int(page.locator(".objectlist [aria-selected=true]").inner_text().split(" ")[0])
    page.keyboard.press("Delete")
    settle(page)
    return place


def question(page, answer):
    page.locator(".question").get_by_role("button", name=answer, exact=True).click()
    page.locator(".question").wait_for(state="detached")
    settle(page)


def test_the_state_is_shown_and_the_dataset_stays_as_it_is(edit_page, label_tool):
    page = edit_page()
    before = raw_path(label_tool.folder).read_bytes()
    assert state(page).startswith("as in the dataset")  # files may be of an edit before
    place = delete_car(page)
    assert state(page) == "not saved: 1 object"
    page.keyboard.press("Control+s")
    page.locator(".editstate", has_text="edited and saved").wait_for()
    settle(page)
    assert said(page).startswith("Saved: gtFine/val/frankfurt/")
    assert raw_path(label_tool.folder).read_bytes() == before
    assert edited(label_tool.folder)[place]["deleted"] == 1


def test_its_files_are_older_and_can_be_made(edit_page, label_tool):
    page = edit_page()
    delete_car(page)
    save(page)
    page.locator(".editstate", has_text="its files are older").wait_for()
    page.get_by_text("Files of this frame, table of edits").click()
    page.get_by_role("button", name="Make this frame").click()
    page.locator(".log", has_text="exit code 0").wait_for(timeout=300_000)
    page.locator("#status", has_text="This frame was made.").wait_for()
    page.locator("[name=overlay]").select_option("prepared")
    page.locator("[name=opacity]").fill("100")
    assert np.array_equal(overlay(page), class_image(edit_path(label_tool.folder)))


def test_leaving_with_unsaved_work_asks(edit_page, label_tool):
    page = edit_page()
    delete_car(page)
    page.locator("canvas").focus()
    page.get_by_role("button", name="Next").click()
    question(page, "Cancel")
    expect(page.locator("canvas")).to_have_attribute("data-drawn", FRAME.split("/")[-1])
    page.get_by_role("link", name="Cityscapes").click()
    question(page, "Cancel")
    assert FRAME in address_of(page) and state(page) == "not saved: 1 object"
    page.get_by_role("button", name="Next").click()
    question(page, "Save")
    shown(page, "frankfurt_000000_000576")
    assert edit_path(label_tool.folder).exists()
    ready(page)
    page.get_by_role("button", name="Previous").click()
    shown(page, "frankfurt_000000_000294")
    ready(page)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Next").click()
    question(page, "Discard")
    shown(page, "frankfurt_000000_000576")
    assert sum(bool(one.get("deleted")) for one in edited(label_tool.folder)) == 1


def test_closing_the_tab_with_unsaved_work_asks(edit_page):
    page = edit_page()
    delete_car(page)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]


def test_a_draft_is_offered_after_a_reload(edit_page, label_tool):
    page = edit_page("opacity=100&picture=off")
    place = delete_car(page)
    changed = overlay(page)
    page.on("dialog", lambda dialog: dialog.accept())
    settle(page, timers=DRAFT)
    page.reload()
    page.locator(".question", has_text="unsaved work in this browser").wait_for()
    question(page, "Take it up")
    ready(page)
    assert state(page) == "not saved: 1 object"
    actual_size(page)  # an address of the same frame does not ask
    ready(page)
    assert state(page) == "not saved: 1 object"
    assert np.array_equal(overlay(page), changed)
    save(page)
    assert edited(label_tool.folder)[place]["deleted"] == 1
    page.reload()
    ready(page)
    expect(page.locator(".question")).to_have_count(0)


def test_a_draft_can_be_deleted(edit_page):
    page = edit_page()
    delete_car(page)
    page.on("dialog", lambda dialog: dialog.accept())
    settle(page, timers=DRAFT)
    page.reload()
    question(page, "Delete it")
    page.reload()
    ready(page)
    assert state(page).startswith("as in the dataset")  # files may be of an edit before
    expect(page.locator(".question")).to_have_count(0)


def test_a_draft_that_cannot_be_stored_is_said_at_once(edit_page):
    page = edit_page()
    page.evaluate(
        "() => { IDBObjectStore.prototype.put = () => {"
        " throw new DOMException('full', 'QuotaExceededError') } }"
    )
    delete_car(page)
    page.locator(".editwarning", has_text="its storage is full").wait_for()


def test_a_conflict_is_resolved_by_object(edit_page, label_tool):
    page, other = edit_page(), edit_page()
    place = delete_car(page)
    click(page, 486, 110)
    settle(page)
    page.keyboard.press("m")
    pick_class(page, "rider")
    click(other, *CAR)
    other.keyboard.press("m")
    pick_class(other, "truck")
    click(other, 100, 200)
    other.keyboard.press("m")
    pick_class(other, "parking")
    save(other)
    theirs = edited(label_tool.folder)
    page.keyboard.press("Control+s")
    page.get_by_role("heading", name="The file was changed by somebody else").wait_for()
    expect(page.locator(".conflicts fieldset")).to_have_count(1)
    expect(page.locator(".conflicts legend")).to_contain_text("mine is deleted; theirs has")
    user, date = next((one["user"], one["date"]) for one in theirs if one["label"] == "parking")
    expect(page.locator(".question")).to_contain_text(f"saved by {user} on {date} since")
    page.get_by_label("mine", exact=True).check()
    question(page, "Take these and save")
    page.locator(".editstate", has_text="edited and saved").wait_for()
    settle(page)
    merged = edited(label_tool.folder)
    assert merged[place]["deleted"] == 1
    assert [one["label"] for one in merged].count("rider") == 1 + [
        one["label"] for one in theirs
    ].count("rider")
    assert [one["label"] for one in merged].count("parking") == [
        one["label"] for one in theirs
    ].count("parking")
    kept = sum(not one.get("deleted") for one in merged)
    expect(page.locator(".objectlist li")).to_have_count(kept)


def test_of_a_conflict_that_is_not_resolved_nothing_is_lost(edit_page, label_tool):
    page, other = edit_page(), edit_page()
    delete_car(page)
    click(other, *CAR)
    other.keyboard.press("m")
    pick_class(other, "truck")
    save(other)
    before = edit_path(label_tool.folder).read_bytes()
    page.keyboard.press("Control+s")
    question(page, "Cancel")
    expect(page.locator(".editwarning")).to_contain_text("changed by somebody else")
    assert state(page) == "not saved: 1 object"
    assert edit_path(label_tool.folder).read_bytes() == before


def test_history_leads_back_to_a_version_and_to_the_datasets_file(edit_page, label_tool):
    page = edit_page("opacity=100&picture=off")
    whole = overlay(page)
    delete_car(page)
    save(page)
    first = edit_path(label_tool.folder).read_bytes()
    page.locator("canvas").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    save(page)
    page.get_by_text("History", exact=True).click()
    versions = page.locator(".versions li[data-name]")
    expect(versions).to_have_count(1)
    versions.get_by_role("button", name="Show").click()
    before = canvas(page)
    versions.get_by_role("button", name="Show").click()
    assert (canvas(page) != before).any()
    versions.get_by_role("button", name="Take back").click()
    question(page, "Go back")
    page.locator("#status", has_text="The frame is the version").wait_for()
    settle(page)
    assert json.loads(edit_path(label_tool.folder).read_bytes()) == json.loads(first)
    assert np.array_equal(overlay(page), class_image(edit_path(label_tool.folder)))
    page.get_by_role("button", name="Back to the dataset's").click()
    question(page, "Go back")
    page.locator("#status", has_text="The frame is the file of the dataset again").wait_for()
    settle(page)
    assert not edit_path(label_tool.folder).exists()
    assert state(page).startswith("as in the dataset")
    assert np.array_equal(overlay(page), whole)
    expect(page.locator(".objectlist li")).to_have_count(len(raw(label_tool.folder)))


@pytest.mark.parametrize("frame", [BARE])
def test_a_frame_without_annotation_is_begun(edit_page, label_tool, frame):
    page = edit_page("opacity=100", frame=frame, tool="Draw")
    assert state(page) == "not annotated yet"
    for x, y in CORNERS:
        click(page, x, y)
    page.keyboard.press("Enter")
    pick_class(page, "road")
    save(page)
    document = json.loads(edit_path(label_tool.folder, frame).read_text())
    assert (document["imgWidth"], document["imgHeight"]) == (512, 256)
    assert document["objects"][0]["polygon"] == [list(point) for point in CORNERS]
    page.keyboard.press("i")
    assert np.array_equal(overlay(page), class_image(edit_path(label_tool.folder, frame)))
    go(page, "frames")
    page.locator(".cards li").first.wait_for()
    go(page, f"frame/{frame}")
    ready(page)
    assert state(page).startswith("edited and saved")


def test_the_coarse_annotation_is_edited_likewise(edit_page, label_tool):
    page = edit_page("opacity=100&picture=off")
    page.locator("[name=edittype]").select_option("gtCoarse")
    page.locator(".objectlist[data-ready]").wait_for()
    count = len(raw(label_tool.folder, kind="gtCoarse"))
    page.locator(f".objectlist li:nth-child({count})").wait_for()
    settle(page)
    page.locator(".objectlist").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    save(page)
    objects = edited(label_tool.folder, kind="gtCoarse")
    assert [bool(one.get("deleted")) for one in objects] == [False] * (count - 1) + [True]
    assert not edit_path(label_tool.folder).exists()
    assert np.array_equal(
        overlay(page), class_image(edit_path(label_tool.folder, kind="gtCoarse"))
    )


def test_quit_with_unsaved_work_asks(edit_page, label_tool):
    page = edit_page()
    delete_car(page)
    page.get_by_role("button", name="Quit").click()
    question(page, "Cancel")
    assert state(page) == "not saved: 1 object"
    assert label_tool.process.poll() is None


def test_an_address_selects_the_object_that_it_names(edit_page):
    page = edit_page("object=81")
    selected = page.locator(".objectlist [aria-selected=true]").all_inner_texts()
    assert [text.split(" ")[0] for text in selected] == ["81"]
    page.locator("canvas").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".objectlist [aria-selected=true]")).to_have_count(0)


def test_a_damaged_edit_is_told_and_can_only_be_removed(edit_page, label_tool, new_page):
    page = edit_page()
    delete_car(page)
    save(page)
    edit_path(label_tool.folder).write_text("{")
    page = new_page(label_tool, f"frame/{FRAME}")
    page.locator(".editstate", has_text="cannot be edited").wait_for()
    expect(page.get_by_role("button", name="Draw", exact=True)).to_be_disabled()
    page.get_by_role("heading", name="History").click()
    page.get_by_role("button", name="Back to the dataset's").click()
    question(page, "Go back")
    ready(page)
    page.locator(".editstate", has_text="as in the dataset").wait_for()
    assert not edit_path(label_tool.folder).exists()
    delete_car(page)
    assert state(page) == "not saved: 1 object"


def test_a_frame_on_which_there_is_nothing_is_annotated_by_a_save(edit_page, label_tool):
    page = edit_page(frame=BARE)
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".editstate", has_text="edited and saved").wait_for()
    settle(page)
    assert edited(label_tool.folder, BARE) == []


def test_boxes_alone_make_no_annotation(edit_page, label_tool):
    page = edit_page(frame=BARE, tool="Boxes")
    drag(page, (100, 100), (160, 140))
    page.keyboard.press("Control+s")
    page.locator("#status", has_text="Saved").wait_for()
    assert state(page) == "not annotated yet"
    assert not edit_path(label_tool.folder, BARE).exists()


def test_a_picture_that_did_not_come_is_painted_as_a_whole_the_next_time(edit_page, label_tool):
    page = edit_page("opacity=100&picture=off")
    delete_car(page)
    save(page)
    page.route("**/paint", lambda route: route.fulfill(status=422, json={"error": "not now"}))
    page.get_by_role("heading", name="History").click()
    page.get_by_role("button", name="Back to the dataset's").click()
    question(page, "Go back")
    page.locator(".editwarning", has_text="not now").wait_for()
    page.unroute("**/paint")
    click(page, 486, 110)
    page.keyboard.press("Delete")
    save(page)
    assert np.array_equal(overlay(page), class_image(edit_path(label_tool.folder)))

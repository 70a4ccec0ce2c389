"""Conflicts with more than changed objects: correction boxes, and a polygon that is still open."""

import xml.etree.ElementTree as ET

from playwright.sync_api import expect

from label_pages import click, drag, edited, pick_class, raw, ready, save
from viewer_pages import DRAFT, FRAME, settle

CAR = (415, 125)
OPEN = [(200, 180), (260, 181), (262, 220)]


def add_box(page, corner, text):
    drag(page, corner, (corner[0] + 40, corner[1] + 40))
    page.keyboard.type(text)
    page.keyboard.press("Tab")


def texts(folder):
    root = ET.parse(folder / f"edits/gtFine_corrections/{FRAME}.xml").getroot()
    return [one.text for one in root.iter("annotation")]


def open_polygon(page):
    page.get_by_role("button", name="Draw", exact=True).click()
    page.get_by_label("Snap", exact=True).uncheck()
    for x, y in OPEN:
        click(page, x, y)


def rename_car(page, name):
    click(page, *CAR)
    page.keyboard.press("m")
    pick_class(page, name)
    settle(page)


def test_boxes_of_two_tabs_are_all_saved(edit_page, label_tool):
    page, other = edit_page(tool="Boxes"), edit_page(tool="Boxes")
    add_box(other, (20, 20), "of the other")
    other.keyboard.press("Control+s")
    other.locator("#status", has_text="Saved").wait_for()
    settle(other)
    add_box(page, (120, 20), "mine")
    page.keyboard.press("Control+s")
    page.locator("#status", has_text="Saved").wait_for()
    page.locator(".editstate", has_text="as in the dataset").wait_for()
    settle(page)
    assert texts(label_tool.folder) == ["of the other", "mine"]


def test_objects_that_are_saved_already_stay_so_where_only_the_boxes_are_others(
    edit_page, label_tool
):
    page, other = edit_page(), edit_page(tool="Boxes")
    add_box(other, (20, 20), "of the other")
    other.keyboard.press("Control+s")
    other.locator("#status", has_text="Saved").wait_for()
    settle(other)
    rename_car(page, "truck")
    page.keyboard.press("r")
    add_box(page, (120, 20), "mine")
    save(page)
    assert texts(label_tool.folder) == ["of the other", "mine"]
    assert not page.locator(".question").count()


def test_an_open_polygon_outlives_a_merge(edit_page, label_tool):
    page, other = edit_page(), edit_page()
    rename_car(other, "truck")
    save(other)
    click(page, 486, 110)
    page.keyboard.press("m")
    pick_class(page, "rider")
    page.keyboard.press("Escape")
    open_polygon(page)
    page.keyboard.press("Control+s")
    page.locator(".editstate", has_text="an open polygon").wait_for()
    page.locator("#status", has_text="Saved").wait_for()
    page.keyboard.press("Enter")  # the class stays for the next object
    settle(page)
    save(page)
    *_, new = objects = edited(label_tool.folder)
    assert (new["label"], new["polygon"]) == ("rider", [list(point) for point in OPEN])
    before = raw(label_tool.folder)
    changed = [one["label"] for one in objects if one not in before]
    assert sorted(changed) == ["rider", "rider", "truck"]


def test_an_open_polygon_of_a_draft_outlives_a_merge(edit_page, label_tool):
    page, other = edit_page(), edit_page()
    open_polygon(page)
    settle(page, timers=DRAFT)
    rename_car(other, "truck")
    save(other)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator(".question").get_by_role("button", name="Take it up").click()
    ready(page)
    page.locator(".editstate", has_text="not saved: an open polygon").wait_for()


def type_note(page, text):
    if not page.locator("[name=reviewnote]").is_visible():
        page.get_by_role("heading", name="Review", exact=True).click()
    page.locator("[name=reviewnote]").fill(text)
    page.keyboard.press("Tab")


def test_a_note_of_another_tab_is_shown_before_it_is_replaced(edit_page, label_tool):
    page, other = edit_page(), edit_page()
    path = label_tool.folder / f"edits/review/gtFine/{FRAME}.json"
    type_note(other, "of the other")
    other.locator("#status", has_text="Review saved").wait_for()
    type_note(page, "mine")
    question = page.locator(".question")
    question.wait_for()
    for words in ("saved by", "note: of the other", "note: mine"):
        expect(question).to_contain_text(words)
    question.get_by_role("button", name="Cancel").click()
    page.locator(".editwarning", has_text="changed by somebody else").wait_for()
    settle(page)
    expect(page.locator("[name=reviewnote]")).to_have_value("mine")
    assert "of the other" in path.read_text()
    type_note(page, "mine, too")
    question.get_by_role("button", name="Save mine").click()
    page.locator("#status", has_text="Review saved").wait_for()
    settle(page)
    assert "mine, too" in path.read_text()
    expect(page.locator(".editwarning")).to_be_empty()
    type_note(other, "once more")
    other.locator(".question").get_by_role("button", name="Take theirs").click()
    other.locator("#status", has_text="that of the other").wait_for()
    settle(other)
    expect(other.locator("[name=reviewnote]")).to_have_value("mine, too")
    assert "mine, too" in path.read_text()


def test_a_save_shows_the_review_of_another_tab(edit_page, label_tool):
    page, other = edit_page(), edit_page()
    type_note(other, "of the other")
    other.locator("#status", has_text="Review saved").wait_for()
    rename_car(page, "truck")
    save(page)
    expect(page.locator("[name=reviewnote]")).to_have_value("of the other")
    page.get_by_role("heading", name="Review", exact=True).click()
    page.locator("[name=reviewstatus]").select_option("done")
    page.locator("#status", has_text="Review saved: done").wait_for()
    settle(page)
    text = (label_tool.folder / f"edits/review/gtFine/{FRAME}.json").read_text()
    assert "of the other" in text

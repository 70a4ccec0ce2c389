"""Review: status, note, correction boxes, differences, the table of edits, and filters by them."""

import csv
import io
import re
import xml.etree.ElementTree as ET

import numpy as np
from playwright.sync_api import expect

from label_pages import class_image, click, drag, edit_path, raw_path, ready, said, save, state
from viewer_pages import DRAFT, FRAME, canvas, go, settle

CAR = (415, 125)
NAME = FRAME.split("/")[-1]


def open_panel(page, title):
    page.get_by_role("heading", name=title, exact=True).click()


def boxes(folder):
    """(type, text, box) of the correction boxes of the file."""
    root = ET.parse(folder / f"edits/gtFine_corrections/{FRAME}.xml").getroot()
    return [
        (
            int(one.findtext("type")),
            one.findtext("annotation"),
            [int(one.findtext(f"bbox/{key}")) for key in ("x", "y", "width", "height")],
        )
        for one in root.iter("correction")
        if one.find("bbox") is not None
    ]


def test_boxes_are_drawn_typed_saved_and_deleted(edit_page, label_tool):
    page = edit_page(tool="Boxes")
    drag(page, (100, 100), (160, 140))
    page.keyboard.type("wheels are missing")
    page.keyboard.press("Tab")
    page.locator("[name=boxtype]").select_option("2")
    drag(page, (300, 60), (330, 50))
    page.keyboard.type("s <&> ü")  # no shortcut, no markup
    page.keyboard.press("Tab")
    assert state(page) == "not saved: correction boxes"
    page.keyboard.press("Control+s")
    page.locator("#status", has_text="Saved").wait_for()
    settle(page)
    first, second = boxes(label_tool.folder)
    assert first == (2, "wheels are missing", [100, 100, 61, 41])
    assert second[:2] == (1, "s <&> ü")
    assert not edit_path(label_tool.folder).exists()
    click(page, 130, 120)
    page.keyboard.press("Delete")
    page.keyboard.press("Control+s")
    settle(page)
    page.locator(".editstate", has_text="as in the dataset").wait_for()
    assert boxes(label_tool.folder) == [second]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+s")
    settle(page)
    assert len(boxes(label_tool.folder)) == 2


def test_a_box_is_drawn_by_keyboard(edit_page, label_tool):
    page = edit_page()
    page.locator("canvas").focus()
    page.keyboard.press("r")
    page.keyboard.press("ArrowRight")
    x, y = map(int, said(page).split(":")[0].split(", "))
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("look")
    page.keyboard.press("Control+s")  # in the field
    page.locator("#status", has_text="Saved").wait_for()
    settle(page)
    assert boxes(label_tool.folder) == [(1, "look", [x, y, 10, 10])]


def test_text_that_is_typed_is_kept_when_the_tab_ends(edit_page, label_tool):
    page = edit_page(tool="Boxes")
    drag(page, (100, 100), (160, 140))
    settle(page, timers=DRAFT)
    page.keyboard.type("half a te")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator(".question").get_by_role("button", name="Take it up").click()
    ready(page)
    expect(page.locator("[name=boxtext]")).to_have_value("half a te")


def test_a_note_that_is_typed_is_saved_when_the_tab_is_about_to_end(edit_page, label_tool):
    page = edit_page()
    open_panel(page, "Review")
    page.locator("[name=reviewnote]").click()
    page.keyboard.type("the left car")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("() => { location.reload() }")
    page.locator("#status", has_text="Review saved").wait_for()
    settle(page)
    assert asked == ["beforeunload"]
    text = (label_tool.folder / f"edits/review/gtFine/{FRAME}.json").read_text()
    assert "the left car" in text


def test_a_save_leaves_the_switch_alone_that_has_the_focus(edit_page):
    page = edit_page()
    snapping = page.get_by_label("Snap", exact=True)
    snapping.uncheck()
    click(page, *CAR)
    page.keyboard.press("Delete")
    snapping.focus()
    save(page)
    expect(snapping).not_to_be_checked()


def test_status_and_note_filter_the_frames(edit_page, label_tool):
    page = edit_page()
    open_panel(page, "Review")
    page.locator("[name=reviewstatus]").select_option("to review")
    page.locator("#status", has_text="Review saved: to review").wait_for()
    page.locator("[name=reviewnote]").fill("the left car")
    page.keyboard.press("Tab")
    page.locator(".review .quiet", has_text="by ").wait_for()
    settle(page)
    text = (label_tool.folder / f"edits/review/gtFine/{FRAME}.json").read_text()
    assert '"to review"' in text and "the left car" in text
    click(page, *CAR)
    page.keyboard.press("Delete")
    save(page)
    go(page, "frames?review=to+review")
    page.locator(".count", has_text=re.compile("^1 of ")).wait_for()
    expect(page.locator(".cards li")).to_contain_text(NAME)
    expect(page.locator(".cards li")).to_contain_text("edited, to review")
    page.locator("[name=review]").select_option("")
    page.locator("[name=edited]").select_option("yes")
    settle(page)
    page.locator(".count", has_text=re.compile("^1 of ")).wait_for()
    page.locator("[name=edited]").select_option("no")
    page.locator(".count", has_text=re.compile("^8 of ")).wait_for()
    go(page, f"frame/{FRAME}")
    ready(page)
    expect(page.locator("[name=reviewstatus]")).to_have_value("to review")
    expect(page.locator("[name=reviewnote]")).to_have_value("the left car")


def test_the_difference_is_shown_by_pixel_and_by_class(edit_page, label_tool):
    page = edit_page("opacity=100&picture=off")
    click(page, *CAR)
    page.keyboard.press("Delete")
    save(page)
    open_panel(page, "Difference from the dataset")
    before = canvas(page)
    page.get_by_label("Show the pixels that differ").check()
    told = page.locator(".difference [role=status] p")
    told.wait_for()
    settle(page)
    old, new = class_image(raw_path(label_tool.folder)), class_image(edit_path(label_tool.folder))
    changed = (old != new).any(axis=2)
    assert told.inner_text().startswith(f"{changed.sum():,} pixels")
    rows = page.locator(".difference tr").all_inner_texts()
    assert rows and all(row.startswith("car → ") for row in rows)
    shown = (canvas(page) != before).any(axis=2)[:256, :512]
    assert np.array_equal(shown, changed)


def test_the_table_of_all_edits_is_a_file(edit_page):
    page = edit_page()
    click(page, *CAR)
    page.keyboard.press("Delete")
    save(page)
    open_panel(page, "Files of this frame, table of edits")
    with page.expect_download() as download:
        page.get_by_role("button", name="Table of all edits (edits.csv)").click()
    assert download.value.suggested_filename == "edits.csv"
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert len(rows) == 1 and rows[0]["frame"] == NAME

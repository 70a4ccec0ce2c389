"""Drawing objects by mouse and by keyboard: the file that is saved, and its label image."""

import numpy as np
from playwright.sync_api import expect

from label_pages import (
    class_image,
    click,
    edit_path,
    edited,
    overlay,
    pick_class,
    raw,
    raw_path,
    ready,
    said,
    save,
    spot,
    state,
)
from viewer_pages import settle

CORNERS = [(200, 180), (260, 181), (262, 220), (205, 222)]
FULL = "opacity=100&picture=off"


def draw(page, points=CORNERS):
    for x, y in points:
        click(page, x, y)


def snapping_off(page):
    page.get_by_label("Snap", exact=True).uncheck()


def test_a_polygon_drawn_by_mouse_is_the_new_object_and_nothing_else_changed(
    edit_page, label_tool
):
    page = edit_page(FULL, tool="Draw")
    snapping_off(page)
    draw(page)
    page.keyboard.press("Enter")
    pick_class(page, "bus")
    settle(page)
    save(page)
    path, before = edit_path(label_tool.folder), raw(label_tool.folder)
    objects = edited(label_tool.folder)
    assert objects[:-1] == before
    assert objects[-1]["label"] == "bus"
    assert objects[-1]["polygon"] == [list(point) for point in CORNERS]
    image = class_image(path)
    assert (image != class_image(raw_path(label_tool.folder))).any()
    assert np.array_equal(overlay(page), image)


def test_a_click_on_the_first_point_closes(edit_page, label_tool):
    page = edit_page(tool="Draw")
    snapping_off(page)
    draw(page, [*CORNERS, CORNERS[0]])
    pick_class(page, "truck")
    save(page)
    assert edited(label_tool.folder)[-1]["polygon"] == [list(point) for point in CORNERS]


def test_the_class_stays_for_the_next_object(edit_page, label_tool):
    page = edit_page(tool="Draw")
    draw(page)
    page.keyboard.press("Enter")
    pick_class(page, "bus")
    draw(page, [(x + 80, y) for x, y in CORNERS])
    page.keyboard.press("Enter")
    save(page)
    assert [one["label"] for one in edited(label_tool.folder)[-2:]] == ["bus", "bus"]


def test_a_rubber_band_leads_to_the_pointer(edit_page):
    page = edit_page("opacity=0", tool="Draw")
    draw(page, CORNERS[:1])
    seen = []
    for end in ((260, 150), (260, 210)):
        page.mouse.move(*spot(page, *end))
        settle(page)
        seen.append(page.locator("canvas").screenshot())
    assert seen[0] != seen[1]


def test_backspace_escape_undo_and_redo_while_drawing(edit_page, label_tool):
    page = edit_page(tool="Draw")
    snapping_off(page)
    page.locator("canvas").focus()
    draw(page)
    page.keyboard.press("Backspace")
    click(page, 210, 230)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")  # the point that was taken back is there again
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Enter")
    pick_class(page, "bus")
    save(page)
    expected = [list(point) for point in [*CORNERS[:3], (210, 230)]]
    assert edited(label_tool.folder)[-1]["polygon"] == expected
    count = len(edited(label_tool.folder))
    draw(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    assert state(page).startswith("edited and saved")
    page.keyboard.press("Control+z")  # the drawing is there again
    assert "an open polygon" in state(page)
    page.keyboard.press("Enter")
    save(page)
    assert len(edited(label_tool.folder)) == count + 1


def test_two_points_are_no_object(edit_page):
    page = edit_page(tool="Draw")
    draw(page, CORNERS[:2])
    page.keyboard.press("Enter")
    pick_class(page, "bus")
    expect(page.locator(".editwarning")).to_contain_text("a polygon needs 3 different points")


def test_points_beside_the_image_are_put_on_its_rim(edit_page, label_tool):
    page = edit_page("view=-50,-50,1", tool="Draw")
    snapping_off(page)
    page.keyboard.press("[")
    page.keyboard.press("[")
    box = page.locator("canvas").bounding_box()
    right, bottom = box["width"] - 3, box["height"] - 3
    for x, y in ((300, 150), (right, 150), (right, bottom), (300, bottom)):
        page.mouse.click(box["x"] + x, box["y"] + y)
    page.keyboard.press("Enter")
    pick_class(page, "bus")
    save(page)
    polygon = np.array(edited(label_tool.folder)[-1]["polygon"])
    assert polygon.min() >= 0
    assert polygon.max(axis=0).tolist() == [511, 255]


def test_an_object_is_drawn_by_keyboard_alone(edit_page, label_tool):
    page = edit_page()
    page.locator("canvas").focus()
    page.keyboard.press("d")
    page.keyboard.press("b")  # no snapping
    page.keyboard.press("ArrowRight")
    start = [int(value) for value in said(page).split(":")[0].split(", ")]
    page.keyboard.press("Enter")
    for key, count in (("Shift+ArrowRight", 3), ("Shift+ArrowDown", 2), ("ArrowLeft", 4)):
        for _ in range(count):
            page.keyboard.press(key)
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # on the last point: done
    page.keyboard.type("motorc")
    page.keyboard.press("Enter")
    save(page)  # at once: the object is made by then
    x, y = start
    one = edited(label_tool.folder)[-1]
    assert one["label"] == "motorcycle"
    assert one["polygon"] == [[x, y], [x + 30, y], [x + 30, y + 20], [x + 26, y + 20]]


def test_a_border_is_traced_by_keyboard_either_way(edit_page, label_tool):
    page = edit_page(tool="Draw")
    snapping_off(page)
    draw(page)
    page.keyboard.press("Enter")
    pick_class(page, "bus")
    page.get_by_label("Snap", exact=True).check()
    (first, second, third, fourth), inside = CORNERS, (240, 191)
    for keys, way in (
        ("Shift+Enter", [first, second]),
        ("Alt+Shift+Enter", [first, fourth, third, second]),
    ):
        click(page, *first)
        page.locator("canvas").focus()
        for key in ["Shift+ArrowRight"] * 6 + ["ArrowDown", keys]:
            page.keyboard.press(key)
        for key in ["Shift+ArrowLeft"] * 2 + ["Shift+ArrowDown", "Enter", "Control+Enter"]:
            page.keyboard.press(key)
        settle(page)
        save(page)
        drawn = edited(label_tool.folder)[-1]["polygon"]
        assert drawn == [list(point) for point in [*way, inside]]
        page.keyboard.press("Delete")


def test_single_keys_can_be_switched_off_and_are_off_in_text_fields(edit_page):
    page = edit_page()
    page.get_by_label("Search", exact=True).fill("")
    page.get_by_label("Search", exact=True).press("d")
    settle(page)
    draw_button = page.get_by_role("button", name="Draw", exact=True)
    expect(draw_button).to_have_attribute("aria-pressed", "false")
    page.locator("canvas").focus()
    page.keyboard.press("?")
    page.get_by_label("Keys that write a character are shortcuts").uncheck()
    page.get_by_role("button", name="Close").click()
    page.locator("canvas").focus()
    page.keyboard.press("d")
    settle(page)
    expect(draw_button).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("ArrowRight")  # which writes no character
    assert "," in said(page)
    page.evaluate("localStorage.clear()")
    page.keyboard.press("d")
    expect(draw_button).to_have_attribute("aria-pressed", "true")


def test_enter_alone_takes_the_class_used_last_else_the_first_evaluated_one(edit_page, label_tool):
    page = edit_page(tool="Draw")
    draw(page)
    page.keyboard.press("Enter")
    search = page.get_by_role("combobox", name="Search a class")
    search.fill("bus")
    search.fill("")
    page.keyboard.press("Enter")
    settle(page)
    save(page)
    assert edited(label_tool.folder)[-1]["label"] == "road"
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    pick_class(page, "bicycle")
    page.reload()
    ready(page)
    page.get_by_role("button", name="Draw", exact=True).click()
    draw(page, [(x + 80, y) for x, y in CORNERS])
    page.keyboard.press("Enter")
    search.wait_for()
    settle(page)
    page.keyboard.press("Enter")
    settle(page)
    save(page)
    assert edited(label_tool.folder)[-1]["label"] == "bicycle"


def test_the_button_and_the_key_of_the_tool_at_hand_leave_it_there(edit_page):
    page = edit_page(tool="Draw")
    draw(page)
    tool = page.get_by_role("button", name="Draw", exact=True)
    tool.click()
    page.keyboard.press("d")
    settle(page)
    expect(tool).to_have_attribute("aria-pressed", "true")
    assert "close" in said(page)
    assert "an open polygon" in state(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(tool).to_have_attribute("aria-pressed", "false")
    tool.click()
    page.get_by_role("button", name="Select", exact=True).click()
    expect(tool).to_have_attribute("aria-pressed", "false")

"""Editing while a prediction is compared with."""

import pytest

from label_pages import click, drag, edited, raw, ready, save
from viewer_pages import set_view, settle


@pytest.fixture
def beside(edit_page):
    """A page with the frame on the left and a prediction on the right, at one pixel a pixel."""
    page = edit_page("set=pixel_poor&compare=side")
    page.set_viewport_size({"width": 1280, "height": 720})
    settle(page)
    return page


def half(page):
    """Where the right half begins, in pixels of the canvas."""
    return int(page.locator("canvas").bounding_box()["width"] / 2)


def square(page, left, top, width=20):
    for x, y in ((0, 0), (width, 0), (width, 20), (0, 20)):
        click(page, left + x, top + y)


def test_an_object_is_drawn_in_either_half(beside, label_tool):
    page = beside
    right = half(page)
    page.keyboard.press("b")  # no snapping
    page.keyboard.press("Shift+Digit1")
    page.keyboard.press("d")
    square(page, 30, 40)
    page.keyboard.press("Enter")
    square(page, right + 80, 40)
    page.keyboard.press("Enter")
    settle(page)
    save(page)
    first, second = edited(label_tool.folder)[-2:]
    assert first["polygon"] == [[30, 40], [50, 40], [50, 60], [30, 60]]
    assert [[x - 50, y] for x, y in second["polygon"]] == first["polygon"]


def test_a_drag_over_the_line_between_the_halves_goes_on_in_its_own(beside, label_tool):
    page = beside
    right = half(page)
    page.keyboard.press("Shift+Digit1")
    page.keyboard.press("b")
    page.keyboard.press("d")
    square(page, right - 40, 40)
    page.keyboard.press("Enter")
    page.keyboard.press("q")
    drag(page, (right - 30, 50), (right + 30, 60))
    settle(page)
    save(page)
    (one,) = edited(label_tool.folder)[len(raw(label_tool.folder)) :]
    assert one["polygon"][0] == [right - 40 + 60, 50]


def test_the_cursor_of_the_keyboard_stays_in_sight(beside):
    page = beside
    page.keyboard.press("q")
    page.locator("canvas").focus()
    for _ in range(30):
        page.keyboard.press("Shift+ArrowRight")
    x = int(page.locator("#status").inner_text().split(",")[0])
    left = page.evaluate("() => Number(/view=([-\\d.]+)/.exec(location.hash)?.[1] ?? 0)")
    page.wait_for_timeout(400)
    left = page.evaluate("() => Number(/view=([-\\d.]+)/.exec(location.hash)?.[1] ?? 0)")
    assert x - left <= half(page) - 30


def test_the_line_of_the_swipe_is_dragged_also_with_a_tool(edit_page):
    page = edit_page("set=pixel_poor&compare=swipe")
    for tool in ("q", "d"):
        page.keyboard.press(tool)
        at = page.evaluate("() => Number(/split=(\\d+)/.exec(location.hash)?.[1] ?? 50)")
        width = page.locator("canvas").bounding_box()["width"]
        drag(page, (width * at / 100, 200), (width * (at - 20) / 100, 200))
        page.wait_for_function(f"() => location.hash.includes('split={at - 20}')")
    assert "as in the dataset" in page.locator(".editstate").inner_text()


@pytest.mark.parametrize("compare", ["blink", "only", "errors"])
def test_objects_are_changed_in_every_way_to_compare(edit_page, label_tool, compare):
    page = edit_page(f"set=pixel_poor&compare={compare}")
    set_view(page, 0, 0, 1)
    ready(page)
    click(page, 415, 125)
    page.locator(".objectlist [aria-selected=true]", has_text="car").wait_for()
    page.keyboard.press("Delete")
    page.locator(".editstate", has_text="not saved: 1 object").wait_for()
    page.locator("canvas[aria-busy='true']").wait_for(state="detached")
    page.keyboard.press("Control+s")
    page.locator(".editstate", has_text="edited and saved").wait_for()
    assert sum(one.get("deleted", 0) for one in edited(label_tool.folder)) == 1

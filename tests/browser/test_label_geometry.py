"""Union, intersection, subtraction, slices and simpler outlines, as they come into the file."""

import numpy as np
import pytest
from playwright.sync_api import expect

from label_pages import class_image, click, drag, edit_path, edited, overlay, pick_class, save
from viewer_pages import settle

FIRST = [[240, 150], [300, 150], [300, 210], [240, 210]]
SECOND = [[280, 180], [360, 180], [360, 230], [280, 230]]


def bounds(polygon):
    points = np.array(polygon)
    return [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]


def area(polygon):
    x, y = np.array(polygon).T
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


@pytest.fixture
def two(edit_page):
    """A page with two objects that overlap, both selected."""
    page = edit_page("opacity=100&picture=off", tool="Draw")
    page.get_by_label("Snap", exact=True).uncheck()
    for i, polygon in enumerate((FIRST, SECOND)):
        for x, y in polygon:
            click(page, x, y)
        page.keyboard.press("Enter")
        if i == 0:
            pick_class(page, "bus")
    page.get_by_role("button", name="Select", exact=True).click()
    click(page, 250, 160)
    click(page, 350, 220, "Shift")
    settle(page)
    return page


def done(page, text):
    page.locator("#status", has_text=text).wait_for()
    settle(page)
    save(page)


def last(label_tool, count=2):
    return edited(label_tool.folder)[-count:]


def test_union(two, label_tool):
    two.keyboard.press("u")
    done(two, "union: one object")
    first, second = last(label_tool)
    assert area(first["polygon"]) == 60 * 60 + 80 * 50 - 20 * 30
    assert not first.get("deleted") and second["deleted"] == 1
    assert np.array_equal(overlay(two), class_image(edit_path(label_tool.folder)))


def test_intersection(two, label_tool):
    two.get_by_role("button", name="Intersection").click()
    done(two, "intersection: one object")
    first, second = last(label_tool)
    assert bounds(first["polygon"]) == [280, 180, 300, 210] and area(first["polygon"]) == 600
    assert second["deleted"] == 1


def test_subtract_takes_the_others_from_the_one_selected_first(two, label_tool):
    two.keyboard.press("j")
    done(two, "subtract: one object")
    first, second = last(label_tool)
    assert area(first["polygon"]) == 3600 - 600
    assert second["polygon"] == SECOND and not second.get("deleted")


def test_slice_cuts_what_is_selected_in_one_step(two, label_tool):
    before = overlay(two)
    for at in ((250, 160), (350, 220)):
        click(two, *at, *(["Shift"] if at[0] > 300 else []))
    two.keyboard.press("x")
    click(two, 220, 195)
    click(two, 380, 195)
    two.keyboard.press("Enter")
    done(two, "2 objects cut")
    parts = last(label_tool, 4)
    assert sorted(area(one["polygon"]) for one in parts) == [60 * 15, 80 * 15, 60 * 45, 80 * 35]
    two.keyboard.press("Control+z")
    settle(two)
    save(two)
    assert [one["polygon"] for one in last(label_tool)] == [FIRST, SECOND]
    assert np.array_equal(overlay(two), before)


def test_a_line_beside_the_objects_cuts_nothing(two):
    two.keyboard.press("x")
    click(two, 100, 20)
    click(two, 140, 25)
    two.keyboard.press("Enter")
    two.locator(".editwarning", has_text="the line cuts nothing").wait_for()


def test_simplify_says_how_many_pixels_differ_before_it_is_done(two, label_tool):
    drag(two, (240, 150), (240, 150))
    click(two, 250, 160)
    two.keyboard.press("w")
    drag(two, (270, 150), (270, 145))  # a vertex that hardly matters
    settle(two)
    save(two)
    assert len(last(label_tool)[0]["polygon"]) == 5
    two.keyboard.press("y")
    dialog = two.get_by_role("dialog")
    dialog.get_by_label("Tolerance in pixels").fill("6")
    dialog.get_by_role("status").filter(has_text="5 points become 4").wait_for()
    settle(two)
    told = dialog.get_by_role("status").inner_text()
    assert int(told.split("; ")[1].split(" ")[0]) > 0
    dialog.get_by_role("button", name="Simplify").click()
    two.locator(".editstate", has_text="not saved: 1 object").wait_for()
    save(two)
    assert sorted(last(label_tool)[0]["polygon"]) == sorted(FIRST)


def test_one_object_alone_has_no_union(edit_page):
    page = edit_page()
    click(page, 415, 125)
    page.keyboard.press("u")
    page.locator("#status", has_text="Select two objects or more for a union.").wait_for()
    expect(page.get_by_role("button", name="Union")).to_be_disabled()


def slow_geometry(page):
    """Let the next answers about geometry wait until the function that is returned is called."""
    waiting = []
    page.route("**/api/geometry", lambda route: waiting.append(route))

    def go_on():
        for route in waiting:
            route.continue_()
        page.unroute("**/api/geometry")

    return go_on


def test_simplify_takes_the_tolerance_that_was_typed_last(edit_page, label_tool):
    page = edit_page()
    tree = page.locator(".objectlist li", has_text="vegetation").first
    tree.click()
    before = int(tree.inner_text().split(" ")[0])
    page.keyboard.press("y")
    dialog = page.get_by_role("dialog")
    told = dialog.get_by_role("status").filter(has_text="points become")
    told.wait_for()
    settle(page)
    with_one = int(told.inner_text().split(" points become ")[1].split(";")[0])
    go_on = slow_geometry(page)
    dialog.get_by_label("Tolerance in pixels").fill("20")
    page.keyboard.press("Enter")  # before the answer is there
    page.locator(".question").wait_for(state="detached")
    go_on()
    page.locator(".editstate", has_text="not saved: 1 object").wait_for()
    save(page)
    assert len(edited(label_tool.folder)[before]["polygon"]) < with_one


def test_what_was_changed_while_the_server_computed_is_kept(two, label_tool):
    go_on = slow_geometry(two)
    two.keyboard.press("u")
    drag(two, (250, 160), (250, 130))
    go_on()
    two.locator(".editwarning", has_text="was changed meanwhile").wait_for()
    save(two)
    assert [bounds(one["polygon"]) for one in last(label_tool)] == [
        [240, 120, 300, 180],
        [280, 150, 360, 200],
    ]

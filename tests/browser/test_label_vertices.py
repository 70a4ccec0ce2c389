"""Vertices: moved, inserted, deleted, snapped to neighbours, and borders that are traced."""

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
    ready,
    save,
    state,
)
from viewer_pages import settle

# Two objects that share the edge from (300, 150) to (300, 210), drawn for these tests.
LEFT = [[240, 150], [300, 150], [300, 210], [240, 210]]
RIGHT = [[300, 150], [360, 150], [360, 210], [300, 210]]


@pytest.fixture
def vertices(edit_page, label_tool):
    """A page with the two objects, saved; the first is selected, and its vertices are shown."""
    page = edit_page("opacity=100&picture=off", tool="Draw")
    page.get_by_label("Snap", exact=True).uncheck()
    for i, polygon in enumerate((LEFT, RIGHT)):
        for x, y in polygon:
            click(page, x, y)
        page.keyboard.press("Enter")
        if i == 0:
            pick_class(page, "bus")
    save(page)
    assert [one["polygon"] for one in edited(label_tool.folder)[-2:]] == [LEFT, RIGHT]
    page.get_by_role("button", name="Vertices", exact=True).click()
    click(page, 270, 180)
    settle(page)
    return page


def polygons(label_tool):
    return [one["polygon"] for one in edited(label_tool.folder)[-2:]]


def moved(polygon, index, point):
    return [point if i == index else one for i, one in enumerate(polygon)]


def test_a_vertex_is_dragged(vertices, label_tool):
    drag(vertices, (240, 150), (230, 140))
    settle(vertices)
    save(vertices)
    assert polygons(label_tool) == [moved(LEFT, 0, [230, 140]), RIGHT]
    assert np.array_equal(overlay(vertices), class_image(edit_path(label_tool.folder)))


def test_while_it_is_dragged_the_object_is_previewed_and_nothing_is_changed(vertices):
    page = vertices
    before = page.locator("canvas").screenshot()
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 240, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 130, steps=3)
    settle(page)
    assert page.locator("canvas").screenshot() != before
    assert state(page).startswith("edited and saved")
    page.mouse.up()
    assert "not saved: 1 object" in state(page)


def test_a_shared_vertex_moves_in_both_objects_unless_that_is_off(vertices, label_tool):
    drag(vertices, (300, 150), (310, 140))
    save(vertices)
    assert polygons(label_tool) == [moved(LEFT, 1, [310, 140]), moved(RIGHT, 0, [310, 140])]
    vertices.get_by_label("Shared vertices move together").uncheck()
    drag(vertices, (310, 140), (290, 150))
    save(vertices)
    assert polygons(label_tool) == [moved(LEFT, 1, [290, 150]), moved(RIGHT, 0, [310, 140])]


def test_dragging_an_edge_inserts_a_vertex(vertices, label_tool):
    drag(vertices, (270, 150), (270, 120))
    save(vertices)
    assert polygons(label_tool)[0] == [LEFT[0], [270, 120], *LEFT[1:]]


def test_marked_vertices_are_deleted_down_to_three(vertices, label_tool):
    click(vertices, 240, 150)
    vertices.keyboard.press("Delete")
    save(vertices)
    assert polygons(label_tool)[0] == LEFT[1:]
    click(vertices, 240, 210)
    vertices.keyboard.press("Delete")
    expect(vertices.locator(".editwarning")).to_contain_text("at least 3 points")
    vertices.keyboard.press("Control+z")
    save(vertices)
    assert polygons(label_tool)[0] == LEFT


def test_vertices_snap_to_vertices_and_edges_of_neighbours_unless_that_is_off(
    vertices, label_tool
):
    page = vertices
    page.get_by_label("Snap", exact=True).check()
    page.get_by_label("Shared vertices move together").uncheck()
    drag(page, (240, 150), (356, 153))  # near a vertex
    save(page)
    assert polygons(label_tool)[0][0] == [360, 150]
    page.keyboard.press("Control+z")
    drag(page, (240, 150), (357, 180))  # near an edge
    save(page)
    assert polygons(label_tool)[0][0] == [360, 180]
    page.keyboard.press("Control+z")
    page.keyboard.press("b")
    drag(page, (240, 150), (357, 180))
    save(page)
    assert polygons(label_tool)[0][0] == [357, 180]


@pytest.mark.parametrize("other", [False, True])
def test_a_border_is_traced_between_two_places_on_it(vertices, label_tool, other):
    page = vertices
    page.get_by_label("Snap", exact=True).check()
    page.get_by_role("button", name="Draw", exact=True).click()
    click(page, 330, 150)  # on the upper edge of the right one
    click(page, 360, 180, "Shift", *(["Alt"] if other else []))
    page.keyboard.press("b")
    click(page, 400, 120)
    page.keyboard.press("Enter")
    save(page)
    way = [[300, 150], [300, 210], [360, 210]] if other else [[360, 150]]
    assert edited(label_tool.folder)[-1]["polygon"] == [
        [330, 150], *way, [360, 180], [400, 120],
    ]  # fmt: skip


def test_vertices_are_moved_inserted_and_deleted_by_keyboard_alone(vertices, label_tool):
    page = vertices
    ready(page)
    page.get_by_label("Shared vertices move together").uncheck()
    page.locator("canvas").focus()
    page.keyboard.press(".")  # the first vertex
    page.keyboard.press(".")
    page.keyboard.press("Enter")
    for key in ("Shift+ArrowUp", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    save(page)
    assert polygons(label_tool)[0] == moved(LEFT, 1, [301, 140])
    page.keyboard.press("Control+z")
    page.keyboard.press(",")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")  # on the upper edge
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    save(page)
    assert polygons(label_tool)[0] == [LEFT[0], [270, 140], *LEFT[1:]]
    page.keyboard.press("Delete")  # the new vertex is marked
    save(page)
    assert polygons(label_tool)[0] == LEFT


def test_escape_puts_a_held_vertex_back(vertices):
    page = vertices
    page.locator("canvas").focus()
    page.keyboard.press(".")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Escape")
    assert state(page).startswith("edited and saved")

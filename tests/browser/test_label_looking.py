"""The image without labels while a key is held, and all objects of a class outlined."""

import numpy as np
from playwright.sync_api import expect

from label_pages import SIZE, click, overlay, said
from viewer_pages import canvas, settle

CAR = (415, 125)
OUTLINE = (255, 92, 244)


def outlined(page):
    """bool (height, width): the pixels of outlines of a class."""
    return (canvas(page)[: SIZE[1], : SIZE[0]] == OUTLINE).all(axis=2)


def test_labels_are_hidden_while_the_key_is_held(edit_page):
    page, bare = edit_page("opacity=100"), edit_page("opacity=0")
    labelled = overlay(page)
    click(page, *CAR)
    page.mouse.move(5, 5)
    for _ in range(3):  # it repeats
        page.keyboard.down("Backquote")
    assert np.array_equal(canvas(page)[: SIZE[1], : SIZE[0]], overlay(bare))
    page.keyboard.up("Backquote")
    assert np.array_equal(overlay(page), labelled)
    page.keyboard.down("Backquote")
    page.evaluate("() => dispatchEvent(new Event('blur'))")
    assert np.array_equal(overlay(page), labelled)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("the image without labels")


def test_all_objects_of_the_class_of_the_selected_one_are_outlined(edit_page):
    page = edit_page("opacity=0&picture=off")
    page.keyboard.press("Shift+C")
    assert "Select an object" in said(page)
    click(page, *CAR)
    page.mouse.move(5, 5)
    assert not outlined(page).any()
    settle(page)
    page.keyboard.press("Shift+C")
    words = said(page)
    count = page.locator(".objectlist li", has_text="car").count()
    assert words == f"Outlined: {count} of car" and count > 1
    page.keyboard.press("Escape")
    seen = outlined(page)
    assert seen.any() and seen[:, CAR[0] - 100 : CAR[0] + 100].any()
    page.keyboard.press("Shift+C")
    assert "No class is outlined" in said(page)
    assert not outlined(page).any()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("outline all objects of the class")

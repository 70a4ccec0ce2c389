"""axe-core on the label tool, light and dark; and names that screen readers tell."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from label_pages import click, ready
from viewer_pages import settle

CAR = (415, 125)


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_frame_with_everything_open(edit_page, scheme):
    page = edit_page(color_scheme=scheme)
    click(page, *CAR)
    page.keyboard.press("Shift+L")
    page.keyboard.press("r")
    page.keyboard.press("ArrowRight")
    for key in ("Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.get_by_label("Show the pixels that differ").check()
    page.locator(".difference [role=status] p").wait_for()
    settle(page)
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("key", ["m", "y", "?"])
def test_the_dialogs(edit_page, scheme, key):
    page = edit_page(color_scheme=scheme)
    click(page, *CAR)
    page.keyboard.press(key)
    page.locator("dialog[open]").wait_for()
    settle(page)
    assert violations(page) == []


def test_the_questions(edit_page):
    page = edit_page()
    click(page, *CAR)
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Next").click()
    page.locator(".question").wait_for()
    settle(page)
    assert violations(page) == []


def test_the_list_tells_what_is_selected(edit_page):
    page = edit_page()
    box = page.get_by_role("listbox", name="Objects, topmost first")
    box.focus()
    page.keyboard.press("ArrowDown")
    option = box.get_by_role("option", selected=True)
    expect(option).to_have_count(1)
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    expect(box).to_have_attribute("aria-multiselectable", "true")


def test_tab_leads_through_tools_image_and_list(edit_page):
    page = edit_page()
    ready(page)
    page.get_by_role("button", name="Select", exact=True).focus()
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("document.activeElement.className || document.activeElement.tagName")
        )
    order = [seen.index(name) for name in ("class", "CANVAS", "objectlist")]
    assert order == sorted(order)

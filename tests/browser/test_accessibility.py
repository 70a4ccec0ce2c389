"""axe-core on every part of the page, light and dark, small and large."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from viewer_pages import open_context, open_page, settle

SIZES = [(1280, 720), (2560, 1440)]


def violations(page):
    """What axe-core finds: rule and elements. It is evaluated, as no script can be added."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_frames(viewer, new_page, scheme, width, height):
    page = new_page(viewer, "frames", width=width, height=height, color_scheme=scheme)
    settle(page)
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_frame_with_everything_open(frame_page, scheme):
    page = frame_page(
        "set=pixel_good&compare=side&boxes=persons&found=boxes3d_poor", color_scheme=scheme
    )
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.locator(".objects button").first.focus()
    settle(page)
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_help(frame_page, scheme):
    page = frame_page(color_scheme=scheme)
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    settle(page)
    assert violations(page) == []


def test_without_the_link(viewer, chromium):
    context = open_context(chromium)
    page = open_page(context)
    page.goto(viewer.link.split("#")[0])
    page.locator("h1").wait_for()
    settle(page)
    assert violations(page) == []
    context.close()

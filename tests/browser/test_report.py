"""The report in a browser: it loads nothing, and can be read, sorted and seen by all."""

import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tiny import succeed
from viewer_pages import open_context, open_page, settle


@pytest.fixture(scope="module")
def report(folder, tmp_path_factory):
    """The page of a copy of the sample."""
    target = tmp_path_factory.mktemp("report") / "work"
    shutil.copytree(folder, target, symlinks=True)
    succeed(target, "report_all")
    return target / "results/report/index.html"


@pytest.fixture
def opened(chromium, report):
    """A function that opens the page without a network; what it asks for, or says, fails."""
    contexts, wrong = [], []

    def opened(width=1280, **options):
        context = open_context(
            chromium, viewport={"width": width, "height": 800}, offline=True, **options
        )
        contexts.append(context)
        page = open_page(context)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text))
        page.on("request", lambda asked: wrong.append(asked.url) if is_loaded(asked) else None)
        page.goto(report.as_uri())
        return page

    def is_loaded(asked):
        return asked.url != report.as_uri() and not asked.url.startswith("data:")

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def test_every_picture_is_there_without_a_network(opened):
    page = opened()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    settle(page)
    widths = page.locator("img").evaluate_all("(all) => all.map((one) => one.naturalWidth)")
    assert len(widths) > 20 and min(widths) > 0
    frames = page.locator("img[src^='data:image/jpeg']")
    sets = ("pixel_good", "pixel_poor", "instance_good", "instance_coco", "panoptic_good")
    assert frames.count() == 3 * len(sets)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened, scheme):
    page = opened(color_scheme=scheme)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    settle(page)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found] == []


def test_light_and_dark_differ(opened):
    colors = {
        opened(color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert colors == {"rgb(255, 255, 255)", "rgb(20, 23, 27)"}


@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_is_no_wider_than_the_window(opened, width):
    page = opened(width)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


def test_it_can_be_read_without_scripts(opened):
    page = opened(java_script_enabled=False)
    expect(page.get_by_role("heading", name="Scores of the predictions")).to_be_visible()
    expect(page.get_by_role("table", name="Scores of pixel predictions")).to_be_visible()
    page.locator("summary").first.click()
    expect(page.locator("details[open] table").first).to_be_visible()


def test_a_click_on_a_header_sorts_the_rows(opened):
    page = opened()
    table = page.get_by_role("table", name="Scores of pixel predictions")
    rows = table.locator("tbody tr")
    number = "(all) => all.map((row) => Number(row.cells[1].dataset.value))"
    header = table.locator("thead button").nth(1)
    header.click()
    first = rows.evaluate_all(number)
    header.click()
    assert rows.evaluate_all(number) == first[::-1] and first[0] != first[-1]
    assert first in (sorted(first), sorted(first)[::-1])

"""A real Chromium, and a viewer of a small sample in which everything was made."""

import os
import shutil

import pytest
import yaml

from label_modules import evaluate, open_modules
from label_pages import ready, remove_edits
from tiny import succeed
from viewer_pages import (
    FRAME,
    PATIENCE,
    actual_size,
    go,
    open_context,
    open_page,
    settle,
    start,
    stop,
)

SIZE = (512, 256)
CONFIG = {
    "sample": {"frames": 28, "width": SIZE[0], "height": SIZE[1]},
    "splits": ["val", "demoVideo"],
    "kinds": ["labelIds", "instanceIds", "labelTrainIds", "panoptic"],
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A working directory with the results of a small sample; not to be changed."""
    folder = tmp_path_factory.mktemp("sample")
    if ready := os.environ.get("CITYSCAPES_TEST_SAMPLE"):  # while tests are written
        return type(folder)(ready)
    (folder / "config").mkdir()
    (folder / "config/config.yaml").write_text(yaml.safe_dump(CONFIG))
    succeed(folder, "prepare_all", "check_all", "evaluate_all")
    return folder


@pytest.fixture(scope="session")
def own_folder(folder, tmp_path_factory):
    """A copy of it to do things to, for tests that put everything back."""
    target = tmp_path_factory.mktemp("own") / "work"
    shutil.copytree(folder, target, symlinks=True)
    return target


@pytest.fixture(scope="session")
def viewer(folder):
    running = start(folder)
    yield running
    stop(running)


@pytest.fixture(scope="session")
def label_tool(folder, tmp_path_factory):
    """A label tool of another copy, which it may edit and make: `folder` of it."""
    target = tmp_path_factory.mktemp("edited") / "work"
    shutil.copytree(folder, target, symlinks=True)
    running = start(target, tool="label_tool.py")
    running.folder = target
    yield running
    stop(running)


@pytest.fixture(scope="session")
def chromium():
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        pytest.skip("NOT TESTED: there is no chromium; `make test-browser` installs it")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)

    with sync_playwright() as playwright:
        # Root of a container has no user namespaces for a sandbox; only our own pages are opened.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=executable, args=arguments, timeout=2 * PATIENCE
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def run_modules(chromium):
    """Run a function body with the label tool's modules that touch no element; what it returns."""
    context = open_context(chromium)
    page = open_modules(context)
    yield lambda body: evaluate(page, body)
    context.close()


@pytest.fixture
def new_page(chromium):
    """A function that opens a page of a viewer; what goes wrong in one fails the test."""
    opened, wrong = [], []

    def new_page(viewer, address="", width=1280, height=720, **options):
        context = open_context(
            chromium, viewport={"width": width, "height": height}, accept_downloads=True, **options
        )
        opened.append(context)
        page = open_page(context)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if is_wrong(told) else None)
        page.goto(viewer.link)
        page.locator(".cards li").first.wait_for()
        if address:
            go(page, address)
        settle(page)
        return page

    yield new_page
    for context in opened:
        context.close()
    assert wrong == []


@pytest.fixture
def frame_page(viewer, new_page):
    """A function that opens a frame with parameters of the address."""

    def frame_page(query="", frame=FRAME, **options):
        return new_page(viewer, f"frame/{frame}{query and '?'}{query}", **options)

    return frame_page


@pytest.fixture
def edit_page(label_tool, new_page):
    """A function that opens a frame in the label tool, at its size; no edit is left afterwards."""
    remove_edits(label_tool.folder)

    def edit_page(query="", frame=FRAME, tool=None, **options):
        page = new_page(label_tool, f"frame/{frame}{query and '?'}{query}", **options)
        ready(page)
        actual_size(page)
        ready(page)
        if tool:
            page.get_by_role("button", name=tool, exact=True).click()
        return page

    yield edit_page
    remove_edits(label_tool.folder)


def is_wrong(told):
    """Errors of scripts and of the policy; not the answers 4xx, which the page shows itself."""
    return told.type == "error" and "the server responded with a status of 4" not in told.text

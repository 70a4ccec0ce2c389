"""A real Chromium, and a viewer of a small sample in which everything was made."""

import os
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
import yaml

from tiny import CLONE, succeed

SIZE = (512, 256)
FRAME = "val/frankfurt/frankfurt_000000_000294"
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


def start(folder, *arguments, **environment):
    """The process of a viewer, and its link once it is printed."""
    known = {key: text for key, text in os.environ.items() if not key.startswith("CITYSCAPES")}
    process = subprocess.Popen(
        [sys.executable, CLONE / "scripts/viewer.py", "--no-browser", "--port", "0", *arguments],
        cwd=folder,
        env=known | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed = ""
    for line in process.stdout:
        printed += line
        if link := re.search(r"http://127\.0\.0\.1:\d+/#token=\S+", line):
            return SimpleNamespace(process=process, link=link[0], printed=printed)
    raise AssertionError(printed)


def stop(running):
    running.process.terminate()
    running.process.communicate(timeout=20)


@pytest.fixture(scope="session")
def viewer(folder):
    running = start(folder)
    yield running
    stop(running)


@pytest.fixture(scope="session")
def chromium():
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        pytest.skip("NOT TESTED: there is no chromium; `make test-browser` installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Root of a container has no user namespaces for a sandbox; only our own pages are opened.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium):
    """A function that opens a page of a viewer; what goes wrong in one fails the test."""
    opened, wrong = [], []

    def new_page(viewer, address="", width=1280, height=720, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True, **options
        )
        page = context.new_page()
        opened.append(context)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if is_wrong(told) else None)
        page.goto(viewer.link)
        page.locator(".cards li").first.wait_for()
        if address:
            go(page, address)
        return page

    yield new_page
    for context in opened:
        context.close()
    assert wrong == []


def is_wrong(told):
    """Errors of scripts and of the policy; not the answers 4xx, which the page shows itself."""
    return told.type == "error" and "the server responded with a status of 4" not in told.text


def go(page, address):
    """Go to an address of the page, and wait for the frame that it names."""
    page.evaluate("(hash) => { location.hash = hash }", f"#/{address}")
    if address.startswith("frame/"):
        shown(page, address.split("?")[0].split("/")[-1])


def shown(page, frame):
    """Wait until a frame is drawn, with all that its address asks for."""
    page.locator(f"canvas[data-drawn='{frame}']").wait_for()
    settle(page)


def settle(page):
    """Wait until nothing is asked for any more and the last picture is drawn."""
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


@pytest.fixture
def frame_page(viewer, new_page):
    """A function that opens a frame with parameters of the address."""

    def frame_page(query="", frame=FRAME, **options):
        return new_page(viewer, f"frame/{frame}{query and '?'}{query}", **options)

    return frame_page

"""Viewers as processes and their pages in a browser, for tests, and what is drawn in these."""

import base64
import os
import re
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np

from tiny import CLONE

# Times that the processor of the pages is slowed; answers are late then, too. See CONTRIBUTING.md.
SLOWNESS = float(os.environ.get("CITYSCAPES_SLOW_BROWSER", "1"))
LATE = 150 if SLOWNESS > 1 else 0  # ms
PATIENCE = 60_000  # ms; nothing takes as long that works
DRAFT = 1500  # ms; the timer of drafts is shorter
PENDING = (CLONE / "tests/pending.js").read_text()
FRAME = "val/frankfurt/frankfurt_000000_000294"
READ = """
() => {
  const canvas = document.querySelector("canvas");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let text = "";
  for (let i = 0; i < data.length; i += 0x8000) {
    text += String.fromCharCode(...data.subarray(i, i + 0x8000));
  }
  return [canvas.width, canvas.height, btoa(text)];
}
"""


def start(folder, *arguments, tool="viewer.py", **environment):
    """The process of a viewer, or of another `tool`, and its link once it is printed."""
    known = {key: text for key, text in os.environ.items() if not key.startswith("CITYSCAPES")}
    process = subprocess.Popen(
        [sys.executable, CLONE / "scripts" / tool, "--no-browser", "--port", "0", *arguments],
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
    running.process.communicate(timeout=120)


def open_context(browser, **options):
    """A context of the browser, of whose pages `settle` knows what they still do."""
    context = browser.new_context(**options)
    context.add_init_script(f"({PENDING})({LATE})")
    context.set_default_timeout(PATIENCE)
    return context


def open_page(context):
    """A page of a context, as slow as it is to be."""
    page = context.new_page()
    if SLOWNESS > 1:
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWNESS})
    return page


def address_of(page):
    """The address of the page as its scripts see it, once nothing will change it any more."""
    settle(page)
    return page.evaluate("location.href")


def set_hash(page, text):
    """Go to an address of the page, and wait until its scripts were told of it."""
    page.evaluate(
        """(text) => new Promise((done) => {
          if (location.hash === text) done();
          addEventListener("hashchange", () => done(), { once: true });
          location.hash = text;
        })""",
        text,
    )


def go(page, address):
    """Go to an address of the page, and wait until all is there that it names."""
    set_hash(page, f"#/{address}")
    if address.startswith("frame/"):
        shown(page, address.split("?")[0].split("/")[-1])
    settle(page)


def shown(page, frame):
    """Wait until a frame is drawn, with all that its address asks for."""
    page.locator(f"canvas[data-drawn='{frame}']").wait_for()
    settle(page)


def settle(page, timers=500):
    """Wait until the page has nothing to do any more, and the last picture is drawn.

    That is known by pending.js. Timers of up to so many ms are waited for; with `DRAFT` also those
    of a second, which drafts have, and autoplay.
    """
    page.evaluate("(given) => nothingPending(...given)", [timers, PATIENCE])


def eventually(holds, seconds=PATIENCE / 1000):
    """Wait until a function returns something true, such as of files; what it returned."""
    until = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def canvas(page):
    """uint8 (height, width, 3): the pixels of the canvas, once they stay."""
    settle(page)
    width, height, text = page.evaluate(READ)
    data = np.frombuffer(base64.b64decode(text), dtype=np.uint8)
    return data.reshape(height, width, 4)[..., :3]


def set_view(page, x, y, scale):
    """Show the image from a pixel on, at so many screen pixels a pixel."""
    address, _, query = page.evaluate("location.hash").partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("view=")]
    query = "&".join([*kept, f"view={x},{y},{scale}"])
    set_hash(page, f"{address}?{query}")
    page.locator("canvas[data-drawn]").wait_for()
    settle(page)


def actual_size(page):
    """Show one pixel of the image a pixel of the screen, its corner in that of the canvas."""
    set_view(page, 0, 0, 1)

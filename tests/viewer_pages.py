"""Viewers as processes and their pages in a browser, for tests, and what is drawn in these."""

import base64
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np

from tiny import CLONE

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
    running.process.communicate(timeout=20)


def address_of(page):
    """The address of the page as its scripts see it: `page.url` may lag behind."""
    return page.evaluate("location.href")


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
    """Wait until nothing is asked for or painted any more and the last picture is drawn."""
    page.wait_for_load_state("networkidle")
    page.locator("canvas[aria-busy='true']").wait_for(state="detached")
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def canvas(page):
    """uint8 (height, width, 3): the pixels of the canvas."""
    width, height, text = page.evaluate(READ)
    data = np.frombuffer(base64.b64decode(text), dtype=np.uint8)
    return data.reshape(height, width, 4)[..., :3]


def set_view(page, x, y, scale):
    """Show the image from a pixel on, at so many screen pixels a pixel."""
    address, _, query = page.evaluate("location.hash").partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("view=")]
    query = "&".join([*kept, f"view={x},{y},{scale}"])
    page.evaluate("(hash) => { location.hash = hash }", f"{address}?{query}")
    page.wait_for_timeout(100)
    page.locator("canvas[data-drawn]").wait_for()
    settle(page)


def actual_size(page):
    """Show one pixel of the image a pixel of the screen, its corner in that of the canvas."""
    set_view(page, 0, 0, 1)

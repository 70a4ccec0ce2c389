"""How fast the label tool is, in a real browser: each figure against what it has to reach.

A frame of the sample at 2048 x 1024 pixels in headless Chromium without a graphics card, the best
of five. Nothing is saved.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from viewer import CLONE, FRAMES, REPEATS, Bench, calibrate, go, percentile, running

FRAME = "frankfurt_000000_000294"
POLYGONS = f"resources/sample/dataset/gtFine/val/frankfurt/{FRAME}_gtFine_polygons.json"
WINDOW = {"width": 1280, "height": 720}
# From letting go to the picture with the pixels that the server painted, in milliseconds.
DROP = """
(event) => new Promise((done) => {
  const ask = window.fetch, canvas = document.querySelector("canvas");
  let answered = null;
  window.fetch = async (path, ...options) => {
    const answer = await ask(path, ...options);
    if (String(path).includes("/paint")) {
      window.fetch = ask;
      answered = canvas.dataset.count;
    }
    return answer;
  };
  const [type, x, y, more] = event, box = canvas.getBoundingClientRect();
  const begin = performance.now();
  canvas.dispatchEvent(new PointerEvent(type,
    { clientX: box.left + x, clientY: box.top + y, bubbles: true, cancelable: true, ...more }));
  const tick = () => {
    if (answered !== null && canvas.dataset.count !== answered) done(performance.now() - begin);
    else requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})
"""


def main(results: Path) -> int:
    if not (results / POLYGONS).is_file():
        sys.exit(f"{results / POLYGONS} is not there: run `make demo` first")
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        print("NOT TESTED: there is no chromium")
        return 0
    vertex = a_vertex(json.loads((results / POLYGONS).read_text()))
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        bench = Bench()
        calibrate(bench, browser)
        with running(results, "label_tool.py") as tool:
            opened, dragged, dropped = [], [], []
            for _ in range(REPEATS):
                page, first = open_vertex(browser, tool, *vertex)
                opened.append(first)
                dragged.append(percentile(page.evaluate(FRAMES, dragging())))
                event = ["pointerup", 400 + 3 * 59, 300 + 59, {"pointerId": 1}]
                dropped.append(page.evaluate(DROP, event))
                page.close()
            bench.tell("first paint of a frame that can be edited", min(opened), "ms", 500)
            bench.tell("drag of a vertex, 95th percentile", min(dragged), "ms", 34)
            bench.tell("painted again after a drop", min(dropped), "ms", 60)
            bench.tell("memory of the server at its highest", tool.memory(), "MB", 200)
        browser.close()
    return bench.failures


def a_vertex(document: dict) -> tuple[int, int, int]:
    """A vertex of the topmost car in the middle of the image, and the place of the car."""
    for place, one in reversed([*enumerate(document["objects"])]):
        for x, y in one["polygon"] if one["label"] == "car" else []:
            if 500 < x < document["imgWidth"] - 900 and 350 < y < document["imgHeight"] - 300:
                return round(x), round(y), place
    sys.exit("no car in the middle of the frame")


def open_vertex(browser, tool, x: int, y: int, place: int):
    """A page whose point 400, 300 of the canvas is a vertex that can be dragged, and when it drew.

    One pixel of the image is one of the screen.
    """
    page = browser.new_page(viewport=WINDOW)
    page.goto(tool.link)
    page.locator(".cards li").first.wait_for()
    page.wait_for_load_state("networkidle")
    address = f"#/frame/val/frankfurt/{FRAME}?view={x - 400},{y - 300},1"
    first = go(page, address, FRAME)
    page.locator(".objectlist[data-ready]").wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.get_by_label("Search", exact=True).fill("car")
    page.get_by_role("option", name=f"{place} car,").click()
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Vertices", exact=True).click()
    return page, first


def dragging() -> list:
    """Events by frame of the screen: down on the vertex, then to the right and below."""
    down = ["pointerdown", 400, 300, {"button": 0, "pointerId": 1}]
    moves = [["pointermove", 400 + 3 * k, 300 + k, {"pointerId": 1}] for k in range(60)]
    return [[["pointermove", 400, 300, {}]], [down], *([move] for move in moves)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=CLONE, help="a folder with the sample")
    sys.exit(main(**vars(parser.parse_args())) > 0)

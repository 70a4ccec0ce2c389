"""How fast the viewer is, in a real browser: each figure against what it has to reach.

Headless Chromium without a graphics card, frames of 2048 x 1024 pixels of the sample, the best of
five. Beside them stands how fast the machine is: an empty page's frame, the decoding of an image.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

CLONE = Path(__file__).parents[2]
sys.path[:0] = [str(CLONE / "scripts"), str(CLONE / "tests")]

from playwright.sync_api import sync_playwright

from cityscapes.png import write as png

REPEATS = 5
# What a gesture costs: the time from one frame of the screen to the next while it goes on.
FRAMES = """
(steps) => new Promise((done) => {
  const times = [];
  let last = performance.now();
  const canvas = document.querySelector("canvas");
  const box = canvas.getBoundingClientRect();
  const send = (type, x, y, more) => canvas.dispatchEvent(
    new (type === "wheel" ? WheelEvent : PointerEvent)(type,
      { clientX: box.left + x, clientY: box.top + y, bubbles: true, cancelable: true, ...more }));
  let k = 0;
  const tick = () => {
    const now = performance.now();
    if (k) times.push(now - last);
    last = now;
    if (k === steps.length) return done(times);
    for (const [type, x, y, more] of steps[k++]) send(type, x, y, more);
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})
"""
SCROLL = """
() => new Promise((done) => {
  const times = [], box = document.querySelector(".scroller");
  let last = performance.now(), k = 0;
  const tick = () => {
    const now = performance.now();
    if (k) times.push(now - last);
    last = now;
    if (k++ === 120) return done(times);
    box.scrollTop += k < 60 ? 400 : box.scrollHeight / 100;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})
"""
EMPTY = """
() => new Promise((done) => {
  const times = [];
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    times.push(now - last);
    last = now;
    if (times.length === 60) done(times.slice(1)); else requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})
"""
DRAWN = "(name) => document.querySelector('canvas')?.dataset.drawn === name"


def main(results: Path, frames: int) -> int:
    dataset = results / "resources/sample/dataset"
    if not dataset.is_dir():
        sys.exit(f"{dataset} is not there: run `make demo` first")
    with sync_playwright() as playwright:
        executable = shutil.which("chromium") or shutil.which("chromium-browser")
        if not executable:
            print("NOT TESTED: there is no chromium")
            return 0
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        bench = Bench()
        calibrate(bench, browser)
        with running(results) as viewer:
            of_frames(bench, browser, viewer, frames)
        with many_frames(25_000) as folder, running(folder) as viewer:
            of_the_grid(bench, browser, viewer)
        browser.close()
    return bench.failures


class Bench:
    """Prints figures; counts those that are too large."""

    def __init__(self):
        self.failures = 0

    def tell(self, what: str, value: float, unit: str, most: float | None = None) -> None:
        verdict = (
            "" if most is None else f"at most {most:g}: {'PASS' if value <= most else 'FAIL'}"
        )
        self.failures += most is not None and value > most
        print(f"{what:48}{value:9.1f} {unit:3} {verdict}", flush=True)


class running:
    """A viewer of a folder, or another `tool`, as a process of its own."""

    def __init__(self, folder: Path, tool: str = "viewer.py"):
        self.folder, self.tool = folder, tool

    def __enter__(self):
        command = [sys.executable, CLONE / "scripts" / self.tool, "--no-browser", "--port", "0"]
        known = {key: text for key, text in os.environ.items() if "CITYSCAPES" not in key}
        if (self.folder / "leftImg8bit").is_dir():
            known["CITYSCAPES_DATASET"] = str(self.folder)
        self.process = subprocess.Popen(
            command, cwd=self.folder, env=known, stdout=subprocess.PIPE, text=True
        )
        for line in self.process.stdout:
            if link := re.search(r"http://\S+", line):
                self.link = link[0]
                return self
        raise SystemExit(f"{self.tool} did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def memory(self) -> float:
        """Resident memory at its highest, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1000


class many_frames:
    """A dataset of so many frames, which all are one small image."""

    def __init__(self, count: int):
        self.count = count

    def __enter__(self) -> Path:
        import tempfile

        import numpy as np

        self.root = tempfile.TemporaryDirectory(prefix="cityscapes-bench-")
        root = Path(self.root.name)
        image = np.random.default_rng(0).integers(0, 256, (128, 256, 3), dtype=np.uint8)
        (root / "image.png").write_bytes(png.encode(image))
        for city in range(25):
            folder = root / f"leftImg8bit/train/city{city}"
            folder.mkdir(parents=True)
            for number in range(self.count // 25):
                name = f"city{city}_000000_{number:06d}_leftImg8bit.png"
                os.link(root / "image.png", folder / name)
        return root

    def __exit__(self, *_):
        self.root.cleanup()


def calibrate(bench: Bench, browser) -> None:
    page = browser.new_page()
    page.goto("about:blank")
    best = min(statistics.median(page.evaluate(EMPTY)) for _ in range(REPEATS))
    bench.tell("an empty page: from frame to frame", best, "ms")
    page.close()


def open_frame(browser, viewer, query=""):
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(viewer.link)
    page.locator(".cards li").first.wait_for()
    name = "frankfurt_000000_000294"
    go(page, f"#/frame/val/frankfurt/{name}{query}", name)
    page.wait_for_load_state("networkidle")
    return page


def go(page, address, name) -> float:
    """Milliseconds until a frame is drawn."""
    begin = time.perf_counter()
    page.evaluate("(hash) => { location.hash = hash }", address)
    page.wait_for_function(DRAWN, arg=name, polling="raf")
    return 1000 * (time.perf_counter() - begin)


def of_frames(bench: Bench, browser, viewer, frames: int) -> None:
    first, following = [], []
    for _ in range(REPEATS):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(viewer.link)
        page.locator(".cards li").first.wait_for()
        page.wait_for_load_state("networkidle")
        name = "frankfurt_000000_000294"
        first.append(go(page, f"#/frame/val/frankfurt/{name}", name))
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        begin = time.perf_counter()
        page.keyboard.press("ArrowRight")
        page.wait_for_function(DRAWN, arg="frankfurt_000000_000576", polling="raf")
        following.append(1000 * (time.perf_counter() - begin))
        page.close()
    bench.tell("first paint of a frame", min(first), "ms", 500)
    bench.tell("next frame, prefetched", min(following), "ms", 150)

    page = open_frame(browser, viewer)
    gestures = {
        "hover, 95th percentile": (hovering(), 34),
        "drag, 95th percentile": (dragging(), 34),
        "zoom, 95th percentile": (zooming(), 50),
    }
    for what, (steps, most) in gestures.items():
        times = [page.evaluate(FRAMES, steps) for _ in range(REPEATS)]
        bench.tell(what, min(map(percentile, times)), "ms", most)
    for _ in range(frames // 8 + 1):
        for key in [*["ArrowRight"] * 4, *["ArrowLeft"] * 4]:
            page.keyboard.press(key)
            page.wait_for_timeout(60)
    page.wait_for_load_state("networkidle")
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")
    heap = (used["usedSize"] + used.get("backingStorageSize", 0)) / 1e6
    bench.tell(f"JavaScript heap with arrays after {frames} frames", heap, "MB", 150)
    page.close()
    bench.tell("memory of the server at its highest", viewer.memory(), "MB", 200)


def of_the_grid(bench: Bench, browser, viewer) -> None:
    opened, worst = [], []
    for _ in range(REPEATS):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        begin = time.perf_counter()
        page.goto(viewer.link)
        page.locator(".cards li").first.wait_for()
        opened.append(1000 * (time.perf_counter() - begin))
        worst.append(max(page.evaluate(SCROLL)))
        page.close()
    bench.tell("grid of 25,000 frames opens", min(opened), "ms", 1500)
    bench.tell("grid of 25,000 frames scrolls, worst frame", min(worst), "ms", 100)
    bench.tell("memory of the server, 25,000 frames", viewer.memory(), "MB", 200)


def hovering() -> list:
    return [[["pointermove", 50 + 9 * k, 150 + 5 * (k % 60), {}]] for k in range(90)]


def dragging() -> list:
    down = [["pointerdown", 400, 300, {"button": 0, "pointerId": 1}]]
    moves = [[["pointermove", 400 + 3 * k, 300 + k, {"pointerId": 1}]] for k in range(60)]
    return [*moves[:1], *([*down, *move] for move in moves[1:2]), *moves[2:],
            [["pointerup", 580, 360, {"pointerId": 1}]]]  # fmt: skip


def zooming() -> list:
    return [[["wheel", 500, 300, {"deltaY": -40 if k < 30 else 40}]] for k in range(60)]


def percentile(times: list) -> float:
    return sorted(times)[int(0.95 * len(times))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=CLONE, help="a folder with the sample")
    parser.add_argument("--frames", type=int, default=200, help="to look at before memory is read")
    sys.exit(main(**vars(parser.parse_args())) > 0)

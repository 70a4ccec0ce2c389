"""Random pointer and keys: what is saved is what the page shows, and all of it is undone."""

import json
import random

import numpy as np
import pytest

from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import parse_annotation
from label_pages import SIZE, TABLE, edit_path, raw_path, ready, spot
from viewer_pages import FRAME, go, settle

STEPS = 90
# The session of the frame that is shown becomes a name of the page.
WATCH = """
async () => {
  const { Session } = await import("/session.js");
  const { load } = Session.prototype;
  Session.prototype.load = function () {
    window.session = this;
    return load.call(this);
  };
}
"""
# What is edited, as the file would have it, and what is wrong with it.
STATE = """
() => {
  const { model, isUnsaved } = window.session;
  const { objects } = model.state;
  const isWhole = ([x, y]) => Number.isInteger(x) && Number.isInteger(y);
  const wrong = objects.filter(({ changed, base, original, polygon }) => changed
    && (base === null || JSON.stringify(polygon) !== JSON.stringify(original.polygon))
    && !(polygon.length >= 3 && polygon.every(isWhole)));
  return {
    isUnsaved, wrong, canUndo: model.canUndo, body: JSON.stringify(model.body()),
    objects: objects.map(({ label, polygon, deleted }) => ({ label, polygon, deleted })),
    keys: objects.map(({ key }) => key),
  };
}
"""
NUMBERS = "() => [...window.session.picture.numbers]"
TOOLS = ["q", "d", "w", "x", "r", "d", "w"]
KEYS = [
    "Enter", "Enter", "Shift+Enter", "Control+Enter", "Escape", "Backspace", "Delete", "Control+d",
    "Control+z", "Control+z", "Control+y", "Control+a", "u", "k", "j", "a", "y", "m", "b",
    "PageUp", "PageDown", "Home", "End", "ArrowLeft", "ArrowDown", "Shift+ArrowRight", ",", ".",
    "Shift+Digit1", "Shift+Digit7", "Shift+h", "Shift+l", "Shift+s", "Shift+c", "c", "e", "i", "1",
    "0", "Tab", "Control+s",
]  # fmt: skip


class Monkey:
    """Random things that people do to a frame, by a seed; what was done is told where it fails."""

    def __init__(self, page, seed):
        self.page, self.random, self.done = page, random.Random(seed), []

    def at(self):
        return self.random.randint(-10, SIZE[0] + 10), self.random.randint(-10, SIZE[1] + 10)

    def step(self):
        page = self.page
        if page.locator("dialog[open]").count():
            return self.press(self.random.choice(["Enter", "Enter", "Escape"]))
        kind = self.random.random()
        modifier = self.random.choice([None] * 6 + ["Shift", "Control", "Alt"])
        if kind < 0.15:
            return self.press(self.random.choice(TOOLS))
        if kind < 0.45:
            return self.press(self.random.choice(KEYS))
        start, end = self.at(), self.at()
        self.done.append((modifier, start, end if kind > 0.75 else None))
        if modifier:
            page.keyboard.down(modifier)
        page.mouse.move(*spot(page, *start))
        page.mouse.down()
        if kind > 0.75:
            page.mouse.move(*spot(page, *end), steps=2)
        page.mouse.up()
        if modifier:
            page.keyboard.up(modifier)

    def press(self, key):
        self.done.append(key)
        self.page.keyboard.press(key)

    def rest(self):
        """Close what is open, so that keys are those of the page again."""
        page = self.page
        for _ in range(5):
            if page.locator("dialog[open]").count():
                page.keyboard.press("Escape")
        settle(page)


@pytest.fixture
def watched(label_tool, edit_page, new_page):
    """A page of a frame whose session can be asked."""
    page = new_page(label_tool)
    page.on("dialog", lambda dialog: dialog.accept())
    page.evaluate(WATCH)
    go(page, f"frame/{FRAME}?view=0,0,1")
    ready(page)
    return page


def lines_of(path):
    """The objects of an edit as they are written, one a line."""
    return [line.strip().rstrip(",") for line in path.read_text().splitlines()]


def check_saved(folder, page):
    """What is on the disk is what the page has, byte for byte where nothing was touched."""
    state = page.evaluate(STATE)
    path = edit_path(folder) if edit_path(folder).exists() else raw_path(folder)
    objects = json.loads(path.read_text())["objects"]
    assert state["objects"] == [
        {"label": one["label"], "polygon": one["polygon"], "deleted": bool(one.get("deleted"))}
        for one in objects
    ]
    originals = json.loads(raw_path(folder).read_text())["objects"]
    for key, one in zip(state["keys"], objects, strict=True):
        if key < len(originals) and "date" not in one:
            assert one == originals[key]
    annotation = parse_annotation(path.read_bytes(), TABLE)
    ids = FrameImages(annotation, TABLE, "released").image("labelIds")
    by_label = [0, *(TABLE.named(one["label"])[0].id for one in objects)]
    numbers = np.array(page.evaluate(NUMBERS)).reshape(ids.shape)
    painted = np.array(by_label)[numbers]
    shown = painted >= 0
    assert np.array_equal(painted[shown], ids[shown])


@pytest.mark.parametrize("seed", [1, 2])
def test_random_work_is_saved_as_it_is_shown_and_is_undone(watched, label_tool, seed):
    work(watched, label_tool.folder, seed, STEPS)


def work(page, folder, seed, steps):
    first = page.evaluate(STATE)
    monkey = Monkey(page, seed)
    try:
        for step in range(steps):
            monkey.step()
            if step % 10 == 9:
                assert page.evaluate(STATE)["wrong"] == []
        monkey.rest()
        if page.evaluate(STATE)["isUnsaved"]:
            page.keyboard.press("Escape")
            page.keyboard.press("Control+s")
            page.wait_for_function("() => !window.session.isUnsaved")
            settle(page)
        check_saved(folder, page)
        # Back to the first state, which is the first file again.
        page.keyboard.press("q")
        page.evaluate("() => { while (window.session.undo()); }")
        settle(page)
        back = page.evaluate(STATE)
        assert back["objects"] == first["objects"] and back["keys"] == first["keys"]
        if back["isUnsaved"]:
            page.keyboard.press("Control+s")
            page.wait_for_function("() => !window.session.isUnsaved")
            settle(page)
        check_saved(folder, page)
    except Exception:
        print(seed, monkey.done)
        raise

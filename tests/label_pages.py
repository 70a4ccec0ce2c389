"""The label tool in a browser, for tests: pointer and keys on it, and what it wrote."""

import json
import shutil

import numpy as np

from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.labels import read_labels
from tiny import CLONE
from viewer_pages import FRAME, canvas, settle

TABLE = read_labels(CLONE / "config/labels.csv")
SIZE = (512, 256)


def ready(page):
    """Wait until the frame can be edited, and all of it is painted."""
    page.locator(".editbar .class:enabled").wait_for()
    page.locator(".objectlist[data-ready]").wait_for(state="attached")
    settle(page)


def edit_path(folder, frame=FRAME, kind="gtFine"):
    return folder / f"edits/{kind}/{frame}_{kind}_polygons.json"


def raw_path(folder, frame=FRAME, kind="gtFine"):
    return folder / f"resources/sample/dataset/{kind}/{frame}_{kind}_polygons.json"


def edited(folder, frame=FRAME, kind="gtFine"):
    """The objects of the edit of a frame."""
    return json.loads(edit_path(folder, frame, kind).read_text())["objects"]


def raw(folder, frame=FRAME, kind="gtFine"):
    return json.loads(raw_path(folder, frame, kind).read_text())["objects"]


def remove_edits(folder):
    shutil.rmtree(folder / "edits", ignore_errors=True)


def spot(page, x, y):
    """Where a point of the image is on the screen, at one pixel of it a pixel there."""
    box = page.locator("canvas").bounding_box()
    return box["x"] + x + 0.25, box["y"] + y + 0.25


def click(page, x, y, *keys):
    for key in keys:
        page.keyboard.down(key)
    page.mouse.click(*spot(page, x, y))
    for key in keys:
        page.keyboard.up(key)


def drag(page, start, end, *keys):
    for key in keys:
        page.keyboard.down(key)
    page.mouse.move(*spot(page, *start))
    page.mouse.down()
    page.mouse.move(*spot(page, *end), steps=5)
    page.mouse.up()
    for key in keys:
        page.keyboard.up(key)


def save(page):
    """Save by key, and wait for it."""
    page.keyboard.press("Control+s")
    settle(page)
    page.locator(".editstate", has_text="edited and saved").wait_for()
    settle(page)


def said(page):
    """What the status line says in the end."""
    settle(page)
    return page.locator("#status").inner_text()


def state(page):
    """What the bar says in the end of what is saved."""
    settle(page)
    return page.locator(".editstate").inner_text()


def pick_class(page, name):
    """Choose a class in the dialog that is open."""
    page.get_by_role("combobox", name="Search a class").fill(name)
    page.keyboard.press("Enter")
    page.locator(".chooser").wait_for(state="detached")
    settle(page)


def class_image(path):
    """uint8 (height, width, 3): the colours of the classes of a polygon file, as painted."""
    annotation = parse_annotation(path.read_bytes(), TABLE)
    ids = FrameImages(annotation, TABLE, "released").image("labelIds")
    colors = np.zeros((256, 3), dtype=np.uint8)
    for label in TABLE:
        if label.id >= 0:
            colors[label.id] = label.color
    return colors[ids]


def overlay(page):
    """The overlay of the page, without what is selected or drawn over it."""
    width, height = SIZE
    settle(page)
    if page.locator(".objectlist [aria-selected=true]").count():
        page.keyboard.press("Escape")
    page.mouse.move(5, 5)
    return canvas(page)[:height, :width]

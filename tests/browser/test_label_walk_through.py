"""Images without any annotation, annotated in the browser, to what networks are trained on.

The commands are those of docs/label-tool.md.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from cityscapes.png import write as png
from label_pages import click, pick_class, ready, save
from tiny import blocks_of, copy_project
from viewer_pages import actual_size, start, stop

# In image pixels: a road below, and a car on it, whose corners no other vertex is near to.
ROAD = [(0, 140), (511, 140), (511, 255), (0, 255)]
CAR = [(200, 100), (260, 101), (262, 190), (205, 192)]


@pytest.fixture
def clone(tmp_path):
    copy_project(tmp_path / "clone")
    rng = np.random.default_rng(0)
    (tmp_path / "images").mkdir()
    for name in ("first", "second", "third"):
        pixels = rng.integers(0, 256, (256, 512, 3), dtype=np.uint8)
        (tmp_path / f"images/{name}.png").write_bytes(png.encode(pixels))
    (tmp_path / "train.txt").write_text("first\nthird\n")
    (tmp_path / "val.txt").write_text("second\n")
    return tmp_path / "clone"


def run(commands, clone):
    """Run commands of the page, in the clone; what they printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CITYSCAPES")}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands.replace("/scratch/me", str(clone.parent))],
        cwd=clone, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def draw(page, points, name, key=None):
    for x, y in points:
        click(page, x, y)
    page.keyboard.press("Enter")
    if key:
        page.keyboard.press(key)
    pick_class(page, name)


def annotate(page):
    ready(page)
    actual_size(page)
    ready(page)
    page.get_by_role("button", name="Draw", exact=True).click()
    draw(page, ROAD, "road")
    draw(page, CAR, "car", key="m")  # which has the class of the one before until then
    save(page)


def test_images_are_annotated_from_nothing_and_become_label_images_and_exports(clone, new_page):
    first, second = blocks_of("docs/label-tool.md")
    assert "python scripts/label_tool.py\n" in first
    command = "python scripts/label_tool.py --links-to /scratch/me/images\n"
    before, after = second.split(command)
    run(before, clone)
    dataset = str(clone.parent / "mine")
    links = ("--links-to", str(clone.parent / "images"))
    tool = start(clone, *links, tool="label_tool.py", CITYSCAPES_DATASET=dataset)
    try:
        page = new_page(tool, "frame/train/mine/first")
        page.get_by_label("Snap", exact=True).uncheck()
        annotate(page)
        page.keyboard.press("n")
        page.get_by_role("heading", name="train/mine/third").wait_for()
        new = new_page(tool, "frame/val/mine/second")
        new.get_by_label("Snap", exact=True).uncheck()
        annotate(new)
    finally:
        stop(tool)
    printed = run(before.splitlines()[-1] + "\n" + after, clone)
    assert "Found: 2 notes." in printed, printed  # on the two edits

    for split, frame in (("train", "first"), ("val", "second")):
        place = f"gtFine/{split}/mine/{frame}_gtFine"
        edit = json.loads((clone / f"edits/{place}_polygons.json").read_text())
        assert [one["label"] for one in edit["objects"]] == ["road", "car"]
        ids = cv2.imread(str(clone / f"results/{place}_labelIds.png"), cv2.IMREAD_UNCHANGED)
        # Within the outlines, which hold the pixels of their ends, too.
        assert ids.shape == (256, 512) and set(np.unique(ids)) == {0, 7, 26}
        assert (ids[145:250, 205:255] != 0).all() and (ids[105:185, 210:255] == 26).all()
        assert (ids[:95] == 0).all() and (ids[200:254, 1:510] == 7).all()
        (coco,) = (clone / "results/annotations").glob(f"*instances*{split}*.json")
        document = json.loads(coco.read_text())
        names = {one["id"]: one["name"] for one in document["categories"]}
        assert [names[one["category_id"]] for one in document["annotations"]] == ["car"]
    assert not (clone / "results/gtFine/train/mine/third_gtFine_labelIds.png").exists()
    assert not list(Path(dataset).rglob("gtFine*"))

"""The label tool makes a frame by the workflow, and leaves it alone when it ends."""

import json
import time

import numpy as np
import pytest

from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.labels import read_labels
from cityscapes.png.labels import read_grey
from label_project import EDIT, Sender, new
from small_project import dry_run
from tiny import CLONE, nothing_to_do, succeed
from viewer_pages import start
from viewer_project import PLACE, make_viewed

PATH = f"edits/gtFine/{PLACE}_gtFine_polygons.json"
MADE = f"results/gtFine/{PLACE}_gtFine_labelIds.png"


@pytest.fixture
def work(tmp_path):
    """A project of which an edit was saved, and nothing was made."""
    make_viewed(tmp_path)
    return tmp_path


def begin(work):
    """A label tool that saved an edit and started to make it: its process, and the run."""
    running = start(work, tool="label_tool.py")
    sender = Sender(running)
    document = sender.ask("GET", EDIT)[1]
    body = json.dumps({"objects": [0, 1, 2, 3, 4, new(label="bus")]})
    assert sender.ask("PUT", EDIT, body, If_Match=document["version"])[0] == 200
    status, started = sender.ask("POST", f"make/gtFine/{PLACE}", "{}")
    assert status == 200
    return running, sender, started["run"]


def check_made(work):
    table = read_labels(CLONE / "config/labels.csv")
    annotation = parse_annotation((work / PATH).read_bytes(), table)
    expected = FrameImages(annotation, table, "released").image("labelIds")
    assert np.array_equal(read_grey(work / MADE, bits=8), expected)


def test_the_workflow_makes_the_edit_and_its_log_is_told(work):
    running, sender, run = begin(work)
    try:
        assert sender.ask("POST", f"make/gtFine/{PLACE}", "{}")[0] == 409
        log = sender.text(f"make/{run}")
        assert log.endswith("\nexit code 0\n"), log
        assert "frame_image" in log
        check_made(work)
        assert sender.ask("GET", f"frame/{PLACE}")[1]["stale"] == []
    finally:
        running.process.kill()
        running.process.communicate()


def test_a_tool_that_is_killed_leaves_the_run_to_its_end(work):
    running, _, _ = begin(work)
    log = work / "logs/label_tool.log"
    end = time.monotonic() + 600
    while "Building DAG" not in log.read_text():
        assert time.monotonic() < end
        time.sleep(0.02)
    running.process.kill()
    running.process.communicate()
    while "100%" not in log.read_text() or (work / ".snakemake/locks").exists():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
    check_made(work)
    # Nothing is locked, half made or forgotten.
    dry_run(work)
    succeed(work, "prepare_all")
    check_made(work)
    assert nothing_to_do(succeed(work, "prepare_all"))


def test_after_a_frame_was_made_the_page_names_what_is_still_older(work):
    succeed(work, "prepare_all")
    running, sender, run = begin(work)
    try:
        assert sender.text(f"make/{run}").endswith("\nexit code 0\n")
        (stale,) = sender.ask("GET", f"frame/{PLACE}")[1]["stale"]
        assert "panoptic" in stale and "labelIds" not in stale and "edited since" not in stale
        succeed(work, "prepare_all")
        assert sender.ask("GET", f"frame/{PLACE}")[1]["stale"] == []
    finally:
        running.process.kill()
        running.process.communicate()

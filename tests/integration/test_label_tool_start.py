"""The label tool as a process: how it starts and ends, and what a kill while it saves leaves."""

import http.client
import json
import signal
import subprocess
import sys
import threading
import time

import pytest

from cityscapes.editing.history import version_of, versions
from cityscapes.viewer import launch
from label_project import EDIT, Sender, new, serve_tool
from tiny import CLONE
from viewer_pages import start
from viewer_project import PLACE, make_viewed

TOOL = "label_tool.py"
PATH = f"edits/gtFine/{PLACE}_gtFine_polygons.json"


def test_it_starts_as_the_viewer_does_and_saves(tmp_path):
    make_viewed(tmp_path)
    running = start(tmp_path, tool=TOOL)
    try:
        sender = Sender(running)
        _, document = sender.ask("GET", EDIT)
        body = json.dumps({"objects": [0, new()]})
        status, saved = sender.ask("PUT", EDIT, body, If_Match=document["version"])
        assert status == 200
        assert (tmp_path / PATH).exists() and saved["source"] == "edit"
        assert sender.ask("POST", "quit", "{}") == (200, {"quit": True})
        assert "ends the label tool." in running.process.stdout.read()
        assert running.process.wait(120) == 0
    finally:
        running.process.kill()


def test_viewer_and_label_tool_of_a_folder_have_ports_of_their_own(tmp_path):
    assert launch.port_of(tmp_path) == launch.port_of(tmp_path, "")
    assert launch.port_of(tmp_path, "label tool") != launch.port_of(tmp_path)
    assert launch.port_of(tmp_path, "label tool") == launch.port_of(tmp_path, "label tool")


def test_help_says_what_it_is_and_names_no_host():
    done = subprocess.run(
        [sys.executable, CLONE / "scripts/label_tool.py", "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "Annotate and correct frames" in done.stdout
    assert "--host" not in done.stdout and "--bind" not in done.stdout


def test_edits_in_the_dataset_are_an_error_without_a_traceback(tmp_path):
    make_viewed(tmp_path)
    (tmp_path / "edits").symlink_to("data")
    done = subprocess.run(
        [sys.executable, CLONE / "scripts/label_tool.py", "--no-browser"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("ERROR ") and "the folder of edits" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("delay", [0.05, 0.2])
def test_a_server_that_is_killed_while_it_saves_loses_nothing_that_it_confirmed(tmp_path, delay):
    """What was answered with 200 is in the file or in the history; the next server goes on."""
    make_viewed(tmp_path)
    running = start(tmp_path, tool=TOOL)
    sender, confirmed = Sender(running), []

    def save():
        document = sender.ask("GET", EDIT)[1]
        for width in range(1, 1000):
            entries = [*range(5), new([[0, 0], [width, 0], [1, 5]])]
            body = json.dumps({"objects": entries})
            status, document = sender.ask("PUT", EDIT, body, If_Match=document["version"])
            assert status == 200
            confirmed.append(document["version"])

    def save_until_killed():
        with pytest.raises((OSError, http.client.HTTPException)):
            save()

    saver = threading.Thread(target=save_until_killed)
    saver.start()
    while not confirmed:
        time.sleep(0.005)
    time.sleep(delay)
    running.process.send_signal(signal.SIGKILL)
    saver.join(120)
    running.process.communicate(timeout=120)

    folder = tmp_path / f"edits/history/gtFine/{PLACE}"
    past = [version_of((folder / one.name).read_bytes()) for one in versions(folder)]
    now = version_of((tmp_path / PATH).read_bytes())
    # The last of the history may be the present one: it was to be replaced next.
    everything = past if past and past[-1] == now else [*past, now]
    assert everything[: len(confirmed)] == confirmed
    assert len(everything) <= len(confirmed) + 1
    with serve_tool(tmp_path) as client:
        assert client.json(EDIT)["version"] == now
        client.save([0])
    assert not list((tmp_path / "edits").rglob("*.tmp"))

"""Making a frame from the page: a process of its own, one at a time, its log as it grows."""

import asyncio
import http.client
import json
import os
import subprocess
import sys
import time

import pytest

from cityscapes.errors import DataError
from cityscapes.label_tool import making
from cityscapes.label_tool.making import Busy, Making, command, lines_of
from label_project import serve_tool
from small_project import configure
from tiny import CLONE
from viewer_project import PLACE, make_viewed

MAKE = f"make/gtFine/{PLACE}"
# In place of Snakemake: it tells its arguments and waits for a file, then says that it ended.
PROGRAM = """
import pathlib, sys, time
print("making", *sys.argv[1:], flush=True)
end = time.monotonic() + 120
while not pathlib.Path("go").exists() and time.monotonic() < end:
    time.sleep(0.01)
pathlib.Path("made").write_text("whole")
print("made", file=sys.stderr, flush=True)
sys.exit(3)
"""


def program(targets):
    return [sys.executable, "-c", PROGRAM, *targets]


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def whole_log(run):
    async def read():
        return b"".join([piece async for piece in lines_of(run)])

    return asyncio.run(read()).decode()


def wait_for(path):
    end = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_log_ends_with_the_exit_code(work):
    (work / "go").touch()
    run = Making(program).start(["a", "b c", "$(touch x)"])
    assert whole_log(run) == "making a b c $(touch x)\nmade\nexit code 3\n"
    assert not (work / "x").exists()
    assert whole_log(run).endswith("made\nexit code 3\n")  # asked for once more


def test_the_log_is_told_while_it_grows(work):
    run = Making(program).start(["a"])

    async def read():
        pieces = []
        async for piece in lines_of(run):
            pieces.append(piece)
            (work / "go").touch()
        return pieces

    pieces = asyncio.run(read())
    assert pieces[0] == b"making a\n"
    assert b"".join(pieces[1:]) == b"made\nexit code 3\n"


def test_one_run_at_a_time(work):
    runs = Making(program)
    first = runs.start(["a"])
    with pytest.raises(Busy, match="still at work"):
        runs.start(["b"])
    (work / "go").touch()
    whole_log(first)
    second = runs.start(["c"])
    assert "making c" in whole_log(second)
    assert runs.run(second.number) is second
    assert runs.run(first.number) is None and runs.run("ü") is None


def test_another_run_that_holds_the_folder_is_not_disturbed(work):
    locks = work / ".snakemake/locks"
    locks.mkdir(parents=True)
    (locks / "0.input.lock").touch()
    with pytest.raises(Busy, match="snakemake --unlock"):
        Making(program).start(["a"])
    assert not (work / "logs").exists()
    (locks / "0.input.lock").unlink()
    (work / "go").touch()
    assert "exit code" in whole_log(Making(program).start(["a"]))


def test_a_program_that_cannot_be_started_has_a_message(work):
    with pytest.raises(DataError, match="cannot be started"):
        Making(lambda targets: ["/no/such/program"]).start(["a"])
    (work / "logs/label_tool.log").unlink()
    (work / "logs").rmdir()
    (work / "logs").write_text("a file")
    with pytest.raises(DataError, match="cannot be started: logs"):
        Making(program).start(["a"])


def test_a_link_in_the_place_of_the_log_is_not_followed(work):
    victim = work / "victim"
    victim.write_text("mine")
    (work / "logs").mkdir()
    (work / making.LOG).symlink_to(victim)
    (work / "go").touch()
    whole_log(Making(program).start(["a"]))
    assert victim.read_text() == "mine"


def test_the_arguments_are_fixed(work):
    found = command(CLONE, work / "my config.yaml", ["results/a;b"])
    assert found[:3] == [sys.executable, "-m", "snakemake"]
    assert found[-2:] == ["--", "results/a;b"]
    assert found[found.index("--configfile") + 1] == str(work / "my config.yaml")
    assert found[found.index("--directory") + 1] == str(work)
    assert "--configfile" not in command(CLONE, None, [])


def test_the_end_of_the_server_leaves_the_run_alone(work):
    """Also where it is killed, with its whole group: the run goes on in a session of its own."""
    script = (
        "import sys, time\n"
        f"sys.path.insert(0, {os.path.dirname(__file__)!r})\n"
        "from test_label_tool_making import program\n"
        "from cityscapes.label_tool.making import Making\n"
        "Making(program).start(['a'])\n"
        "print('started', flush=True)\n"
        "time.sleep(60)\n"
    )
    path = os.pathsep.join([str(CLONE / "scripts"), str(CLONE / "tests")])
    server = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, process_group=0,
        env=os.environ | {"PYTHONPATH": path},
    )  # fmt: skip
    assert server.stdout.readline() == "started\n"
    os.killpg(server.pid, 9)
    server.communicate(timeout=120)
    assert not (work / "made").exists()
    (work / "go").touch()
    wait_for(work / "made")
    assert (work / "made").read_text() == "whole"


@pytest.fixture
def making_tool(tmp_path, monkeypatch):
    """A label tool whose Snakemake is the program above."""
    make_viewed(tmp_path)
    monkeypatch.setattr(
        "cityscapes.label_tool.tool.command", lambda clone, configfile, targets: program(targets)
    )
    with serve_tool(tmp_path) as client:
        client.folder = tmp_path
        yield client


def test_the_routes_start_a_run_and_stream_its_log(making_tool):
    started = making_tool.send("POST", MAKE, {})
    busy = making_tool.send("POST", MAKE, {}, 409)
    assert "still at work" in busy["error"]
    connection = http.client.HTTPConnection("127.0.0.1", making_tool.port, timeout=120)
    connection.request("GET", f"/api/make/{started['run']}", headers=making_tool.headers)
    answer = connection.getresponse()
    assert answer.getheader("content-type").startswith("text/plain")
    first = answer.readline().decode()
    names = ("labelIds", "instanceIds", "color", "labelTrainIds", "instanceTrainIds")
    expected = [f"results/gtFine/{PLACE}_gtFine_{name}.png" for name in names]
    assert sorted(first.split()[1:]) == sorted(expected)
    (making_tool.folder / "go").touch()
    assert answer.read().decode() == "made\nexit code 3\n"
    connection.close()
    assert making_tool.json("make/0123456789abcdef", 404)["error"] == "there is no such run"


def test_while_a_run_is_told_the_server_answers_others(making_tool):
    started = making_tool.send("POST", MAKE, {})
    connections = []
    for _ in range(5):
        connection = http.client.HTTPConnection("127.0.0.1", making_tool.port, timeout=120)
        connection.request("GET", f"/api/make/{started['run']}", headers=making_tool.headers)
        connections.append(connection)
    assert making_tool.json(f"edit/gtFine/{PLACE}")["source"] == "raw"
    for connection in connections:
        connection.close()
    (making_tool.folder / "go").touch()


def test_a_folder_that_another_run_holds_is_a_conflict(making_tool):
    locks = making_tool.folder / ".snakemake/locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").touch()
    assert "another run" in making_tool.send("POST", MAKE, {}, 409)["error"]


def test_a_config_without_label_images_has_nothing_to_make(tmp_path):
    make_viewed(tmp_path)
    configure(tmp_path, kinds=["panoptic"])
    with serve_tool(tmp_path) as client:
        answer = client.ask(f"/api/{MAKE}", "POST", body=b"{}", Content_Type="application/json")
        assert answer.status == 422
        assert "there is nothing to make" in json.loads(answer.data)["error"]

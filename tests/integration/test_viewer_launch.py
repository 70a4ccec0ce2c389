"""How the viewer is started and reached: port, link, ssh, browser, messages, exit codes."""

import http.client
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import webbrowser
from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.viewer import launch
from tiny import CLONE, blocks_of
from viewer_project import make_viewed

LINK = re.compile(r"http://127\.0\.0\.1:(\d+)/#token=([\w-]{40,})")


def environment_without(*names, **more):
    known = {key: text for key, text in os.environ.items() if key not in names}
    known = {key: text for key, text in known.items() if not key.startswith("CITYSCAPES")}
    return known | more


def start(folder, *arguments, command=None, **more):
    """A viewer as a process, once its link is printed: process, what it printed."""
    process = subprocess.Popen(
        command or [sys.executable, CLONE / "scripts/viewer.py", *arguments],
        cwd=folder,
        env=environment_without("DISPLAY", "SSH_CONNECTION", "SLURM_JOB_ID", **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    printed = ""
    for line in process.stdout:
        printed += line
        if "ends the viewer" in line:
            break
    assert LINK.search(printed), printed
    return process, printed


def quit(process, printed):
    """Press Quit, as the page does; the exit code, and what was printed meanwhile."""
    port, token = LINK.search(printed).groups()
    headers = {
        "Authorization": f"Bearer {token}",
        "X-Cityscapes-Page": "1",
        "Content-Type": "application/json",
    }
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=120)
    connection.request("POST", "/api/quit", body=b"{}", headers=headers)
    assert connection.getresponse().status == 200
    connection.close()
    rest, _ = process.communicate(timeout=300)
    return process.returncode, rest


def failure(folder, *arguments, **more):
    """What a viewer that cannot start says."""
    done = subprocess.run(
        [sys.executable, CLONE / "scripts/viewer.py", *arguments],
        cwd=folder,
        env=environment_without(**more),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("viewed")
    make_viewed(folder)
    return folder


def test_the_port_of_a_folder_is_always_the_same(tmp_path):
    ports = {launch.port_of(tmp_path / name) for name in "abcdefgh"}
    assert len(ports) > 6
    assert all(20_000 <= port < 30_000 for port in ports)
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to("a")
    assert launch.port_of(tmp_path / "a") == launch.port_of(tmp_path / "link")


def test_a_port_that_is_taken_has_a_message():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(DataError, match=rf"port {port} .* --port {port + 1}"):
            launch.bind(port)


def test_over_ssh_the_line_has_one_port_on_both_ends():
    line = launch.forwarding(23456, {"SSH_CONNECTION": "10.0.0.2 50000 10.0.0.9 22"})
    assert re.fullmatch(r"ssh -N -L 23456:127\.0\.0\.1:23456 \S+@10\.0\.0\.9", line)
    line = launch.forwarding(23456, {"SSH_CONNECTION": "10.0.0.2 50000 10.0.0.9 2222"})
    assert " -p 2222 " in line
    assert launch.forwarding(23456, {}) == ""


def test_in_a_slurm_job_the_line_has_two_hops():
    told = {"SLURM_JOB_ID": "7", "SLURM_SUBMIT_HOST": "login1", "SSH_CONNECTION": "a 1 b 22"}
    line = launch.forwarding(23456, told)
    node = re.escape(socket.gethostname())
    assert re.fullmatch(rf"ssh -N -L 23456:127.0.0.1:23456 -J \S+@login1 \S+@{node}", line)


def test_a_browser_is_opened_only_where_it_would_be_seen():
    assert launch.has_display({"DISPLAY": ":0"})
    assert launch.has_display({"WAYLAND_DISPLAY": "wayland-0"})
    assert not launch.has_display({"DISPLAY": "localhost:10", "SSH_CONNECTION": "a 1 b 22"})
    assert not launch.has_display({"DISPLAY": ":0", "SLURM_JOB_ID": "7"})
    if sys.platform != "darwin":
        assert not launch.has_display({})


def test_the_token_is_on_no_command_line(monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    leading = launch.open_browser("http://127.0.0.1:1/#token=secret")
    assert "secret" not in opened[0] and opened[0].startswith("file:")
    assert stat.S_IMODE(leading.parent.stat().st_mode) == 0o700
    assert "#token=secret" in leading.read_text()
    launch.remove_leading(leading)
    assert not leading.parent.exists()


@pytest.mark.parametrize("outcome", [False, webbrowser.Error("none")])
def test_without_a_browser_nothing_stays_behind(monkeypatch, tmp_path, outcome):
    def no_browser(url):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(webbrowser, "open", no_browser)
    monkeypatch.setattr(launch, "mkdtemp", lambda prefix: str(tmp_path / "made"))
    (tmp_path / "made").mkdir()
    assert launch.open_browser("http://x/") is None
    assert list(tmp_path.iterdir()) == []


def test_without_a_display_the_link_is_printed_and_quit_ends_with_0(folder):
    process, printed = start(folder, "--port", "0")
    assert "ssh" not in printed and "browser" not in printed
    code, rest = quit(process, printed)
    assert code == 0
    assert rest == ""


def test_where_no_browser_is_found_it_says_so_and_goes_on(folder):
    process, printed = start(folder, "--port", "0", DISPLAY=":99", PATH="/nowhere", BROWSER="")
    said = printed + process.stdout.readline()
    code, rest = quit(process, printed)
    assert code == 0
    assert "No browser could be started: open the link yourself." in said + rest


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_ends_quietly(folder, number):
    process, printed = start(folder, "--port", "0")
    connection = http.client.HTTPConnection("127.0.0.1", int(LINK.search(printed)[1]), timeout=120)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()
    os.kill(process.pid, number)
    rest, _ = process.communicate(timeout=300)
    assert (process.returncode, rest) == (0, "")


def test_a_second_viewer_of_a_folder_says_what_to_do(folder):
    process, printed = start(folder)
    try:
        said = failure(folder, "--no-browser")
        assert re.search(r"ERROR port \d+ .* Does a viewer of this folder run already\?", said)
    finally:
        quit(process, printed)


def test_a_number_that_is_no_port_is_named(folder):
    for number in ("80000", "-1"):
        said = failure(folder, "--no-browser", "--port", number)
        assert said == f"ERROR port {number} cannot be: right are 1 to 65535\n"


def test_without_a_dataset_it_says_what_makes_one(tmp_path):
    said = failure(tmp_path, "--no-browser")
    assert "resources/sample/dataset is not there yet: `snakemake --cores all` makes" in said
    (tmp_path / "somewhere/stuff").mkdir(parents=True)
    said = failure(tmp_path, "--no-browser", CITYSCAPES_DATASET=str(tmp_path / "somewhere"))
    assert "holds none of gtFine, leftImg8bit and so on; there is stuff" in said


def test_a_wrong_config_is_named(folder, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    for text, what in (
        ("fill: other", "  fill: 'other' is not one of"),
        ("nothing: 1", "'nothing' was unexpected"),
        ("a: [", f"{wrong}: not YAML"),
        ("- 1", f"{wrong}: holds list, not keys"),
        ("predictions: {x: {task: pixel}}", "  predictions: x: 'path' is a required"),
    ):
        wrong.write_text(text)
        assert what in failure(folder, "--no-browser", "--configfile", str(wrong))


def test_it_starts_in_the_middle_of_a_run_and_leaves_its_lock_alone(folder):
    locks = folder / ".snakemake/locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").write_text("results/x")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    process, printed = start(folder, "--port", "0")
    assert quit(process, printed)[0] == 0
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_the_commands_of_the_page_start_it(folder):
    """Those of docs/viewer.md, in a folder with a dataset; each is ended by Quit."""
    (block,) = blocks_of("docs/viewer.md")
    script = block.replace("/data/cityscapes", str(folder / "data"))
    assert "python scripts/viewer.py" in script
    script = script.replace("python scripts/", f"exec {sys.executable} {CLONE}/scripts/")
    script = script.replace("source .venv/bin/activate\n", "")
    process, printed = start(folder, command=["bash", "-euo", "pipefail", "-c", script])
    assert quit(process, printed)[0] == 0
    assert Path(CLONE / "docs/viewer.md").exists()

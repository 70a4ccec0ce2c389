"""The account at the site reaches the jobs that need it, and no others."""

import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.packages import credentials
from cityscapes.packages.account_socket import hand_on, receive
from cityscapes.packages.credentials import Credentials
from tiny import CLONE

USERNAME, PASSWORD = "someone@example.org", 'sesame-7Zq% "ü" open'
HOST = "www.example.org"


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path):
    """No account of whoever runs the tests."""
    for name in (credentials.USERNAME, credentials.PASSWORD, credentials.SOCKET, "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_what_is_taken_from_the_environment_is_not_inherited(monkeypatch):
    monkeypatch.setenv(credentials.USERNAME, USERNAME)
    monkeypatch.setenv(credentials.PASSWORD, PASSWORD)
    taken = credentials.take_from_environment()
    assert credentials.find_credentials(HOST, taken) == (USERNAME, PASSWORD)
    assert credentials.find_credentials(HOST) is None
    inherited = subprocess.run(["env"], capture_output=True, check=True).stdout
    assert b"sesame" not in inherited
    assert credentials.take_from_environment() == {}


def test_half_an_account_is_said_where_it_was_taken_too(monkeypatch):
    monkeypatch.setenv(credentials.PASSWORD, PASSWORD)
    with pytest.raises(DataError, match="CITYSCAPES_PASSWORD is set, but CITYSCAPES_USERNAME is"):
        credentials.find_credentials(HOST, credentials.take_from_environment())


def test_the_account_comes_through_the_socket_as_often_as_asked(monkeypatch):
    path = hand_on(USERNAME, PASSWORD)
    assert receive(path) == receive(path) == (USERNAME, PASSWORD)
    monkeypatch.setenv(credentials.SOCKET, path)
    assert credentials.find_credentials(HOST) == Credentials(USERNAME, PASSWORD)
    assert stat.S_IMODE(Path(path).parent.stat().st_mode) == 0o700
    assert [entry.name for entry in Path(path).parent.iterdir()] == ["account"]
    # One that goes away without reading disturbs no others.
    with socket.socket(socket.AF_UNIX) as rude:
        rude.connect(path)
    assert receive(path) == (USERNAME, PASSWORD)


def test_the_socket_ends_with_its_process(monkeypatch):
    code = "from cityscapes.packages.account_socket import hand_on; print(hand_on('a', 'b'))"
    environment = {**os.environ, "PYTHONPATH": str(CLONE / "scripts")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    path = done.stdout.strip()
    assert not Path(path).parent.exists()
    monkeypatch.setenv(credentials.SOCKET, path)
    with pytest.raises(DataError, match="does not answer: has it ended"):
        credentials.find_credentials(HOST)


def test_a_long_name_of_the_folder_for_temporary_files_is_no_hindrance(monkeypatch, tmp_path):
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    assert receive(hand_on(USERNAME, PASSWORD)) == (USERNAME, PASSWORD)


@pytest.mark.parametrize("message", [b"", b"null", b'["a"]', b'["a", "b", "c"]', b"\xff"])
def test_what_answers_something_else_hands_on_no_account(tmp_path, message):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()

        def answer():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(message)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(DataError, match="does not answer"):
            receive(str(tmp_path / "s"))
        thread.join()


SNAKEFILE = """
import os, sys
sys.path.insert(0, {scripts!r})
from cityscapes.packages import account_socket
from cityscapes.packages import credentials

ACCOUNT = credentials.take_from_environment()
READ = "import sys; sys.path.insert(0, {scripts!r}); " \\
    "from cityscapes.packages import credentials; " \\
    "print(*credentials.find_credentials('www.example.org'))"

onstart:
    found = credentials.find_credentials("www.example.org", ACCOUNT)
    os.environ[credentials.SOCKET] = account_socket.hand_on(*found)

rule all:
    input: "environment.txt", "account.txt"

rule ordinary:
    output: "environment.txt"
    shell: "env > {{output}}"

rule download:
    output: "account.txt"
    params: read=READ
    shell: "{python} -c {{params.read:q}} > {{output}}"
"""


def test_of_the_jobs_of_a_run_only_those_that_ask_get_the_account(tmp_path):
    text = SNAKEFILE.format(scripts=str(CLONE / "scripts"), python=sys.executable)
    (tmp_path / "Snakefile").write_text(text)
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--directory", tmp_path]
    account = {credentials.USERNAME: USERNAME, credentials.PASSWORD: PASSWORD}
    done = subprocess.run(
        [*command, "-s", tmp_path / "Snakefile"],
        env={**os.environ, **account},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "account.txt").read_text() == f"{USERNAME} {PASSWORD}\n"
    environment = (tmp_path / "environment.txt").read_text()
    assert credentials.SOCKET in environment
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert (b"sesame" in file.read_bytes()) == (file.name == "account.txt")
    assert "sesame" not in done.stdout + done.stderr
    socket_path = environment.split(f"{credentials.SOCKET}=")[1].split()[0]
    assert not Path(socket_path).parent.exists()

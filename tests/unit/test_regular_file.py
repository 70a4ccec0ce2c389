"""Files are read whole, and what is no file is named and never opened."""

import os
import socket

import pytest

from cityscapes.errors import DataError
from cityscapes.files.regular import read_file


def refusal(path, most_bytes=10):
    with pytest.raises(DataError) as caught:
        read_file(path, most_bytes)
    return str(caught.value)


def test_a_file_is_read_whole_up_to_the_limit(tmp_path):
    (tmp_path / "file").write_bytes(b"0123456789")
    (tmp_path / "link").symlink_to("file")
    assert read_file(tmp_path / "file", 10) == read_file(tmp_path / "link", 10) == b"0123456789"
    message = f"{tmp_path}/file: cannot be read: it has 10 bytes, more than the limit of 9 bytes"
    assert refusal(tmp_path / "file", 9) == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pipe", "it is a pipe, not a file"),
        ("socket", "it is a socket, not a file"),
        ("device", "it is a device, not a file"),
        ("folder", "Is a directory"),
        ("none", "No such file or directory"),
        ("loop", "Too many levels of symbolic links"),
    ],
)
def test_what_is_no_file_is_named_and_not_opened(tmp_path, monkeypatch, name, message):
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    os.mkfifo("pipe")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("socket")
    os.symlink("/dev/zero", "device")
    os.mkdir("folder")
    os.symlink("loop", "loop")
    monkeypatch.setattr(os, "open", lambda *arguments: pytest.fail("opened"))
    path = tmp_path / name
    assert refusal(path) == f"{path}: cannot be read: {message}"
    listening.close()


def test_a_pipe_in_place_of_the_file_just_seen_does_not_stop_the_run(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    seen = os.stat(tmp_path / "file")
    monkeypatch.setattr(os, "stat", lambda path: seen)
    assert "it is a pipe" in refusal(tmp_path / "pipe")

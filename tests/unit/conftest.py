"""Fixtures of several files of unit tests."""

import pytest

from label_project import serve_tool
from small_shard import write_frames
from viewer_project import make_viewed, serve


@pytest.fixture
def shard_folder(tmp_path, monkeypatch):
    """The working directory: a shard of two frames of which nothing was made."""
    monkeypatch.chdir(tmp_path)
    write_frames(1, 2)
    return tmp_path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project to be viewed, of which nothing was made."""
    folder = tmp_path_factory.mktemp("viewed")
    make_viewed(folder)
    return folder


@pytest.fixture(scope="module")
def viewer(folder):
    """A client of a running viewer of that project."""
    with serve(folder) as client:
        yield client


@pytest.fixture(scope="module")
def tool(folder):
    """A client of a running label tool of that project; its edits stay until the module ends."""
    with serve_tool(folder) as client:
        yield client


@pytest.fixture
def fresh(tmp_path):
    """A client of a label tool of a project of its own."""
    make_viewed(tmp_path)
    with serve_tool(tmp_path) as client:
        client.folder = tmp_path
        yield client

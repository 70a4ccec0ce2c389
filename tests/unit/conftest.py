"""Fixtures of several files of unit tests."""

from pathlib import Path

import pytest

from cityscapes.workflow.shards import Shards
from config_defaults import settings_of
from label_project import serve_tool
from small_shard import write_frames
from tiny import make_dataset, write_prediction
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


@pytest.fixture
def shards(tmp_path, monkeypatch):
    """Makes the shards of a small dataset, as a run with this config does."""
    monkeypatch.chdir(tmp_path)
    make_dataset(Path("data"))
    return lambda **config: asked_of(**config)[1]


@pytest.fixture
def asked(shards):
    """The same, behind the settings of the run."""
    return asked_of


def asked_of(**config):
    settings = settings_of(**{"dataset": "data", **config})
    return settings, Shards(settings)


@pytest.fixture
def predicted(tmp_path, monkeypatch):
    """The current folder, with a small dataset in `data` and predictions of each form."""
    monkeypatch.chdir(tmp_path)
    make_dataset(Path("data"))
    for city, number in (("frankfurt", 294), ("lindau", 19)):
        write_prediction(Path("pixel"), f"gtFine/val/{city}", number)
    Path("masks.json").write_text("[]")
    Path("whole.json").write_text("{}")
    return tmp_path

"""Fixtures of several files of unit tests."""

import pytest

from small_shard import write_frames


@pytest.fixture
def shard_folder(tmp_path, monkeypatch):
    """The working directory: a shard of two frames of which nothing was made."""
    monkeypatch.chdir(tmp_path)
    write_frames(1, 2)
    return tmp_path

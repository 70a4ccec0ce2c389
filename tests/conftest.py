"""Fixtures of several files of tests."""

import pytest

from small_project import EVERYTHING, dry_run, make_project
from tiny import succeed


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A small project in which everything was made; not to be changed."""
    folder = tmp_path_factory.mktemp("made")
    make_project(folder)
    dry_run(folder)
    succeed(folder, *EVERYTHING)
    return folder

"""Fixtures of the tests that run the workflow."""

import pytest

from small_project import copy


@pytest.fixture(scope="session")
def finished(made):
    """A folder in which everything was made, not to be changed; some modules have their own."""
    return made


@pytest.fixture
def work(finished, tmp_path):
    """A copy of the finished folder, to do things to."""
    return copy(finished, tmp_path / "work")

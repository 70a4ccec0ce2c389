"""Snakemake's records and the results at hand belong together while both bear one token."""

import os
from pathlib import Path

import pytest

from cityscapes.incremental import records
from cityscapes.incremental.records import TOKEN, state

SENTINEL, RESULTS = Path("kept"), Path("results")


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    """A folder in which sentinel and results were given their token."""
    monkeypatch.chdir(tmp_path)
    (RESULTS / TOKEN).parent.mkdir(parents=True)
    give()


def give():
    """What the job does; what is asked next is another run."""
    token = state(SENTINEL, RESULTS)
    for path in (SENTINEL, RESULTS / TOKEN):
        path.write_text(f"{token}\n")
    records._new.cache_clear()


def test_the_token_stays_while_both_bear_it():
    token = state(SENTINEL, RESULTS)
    give()
    assert state(SENTINEL, RESULTS) == token


@pytest.mark.parametrize("other", ["deadbeef\n", "", None, b"\xff"])
@pytest.mark.parametrize("place", [SENTINEL, RESULTS / TOKEN])
def test_a_new_token_is_given_where_they_differ(place, other):
    token = state(SENTINEL, RESULTS)
    place.unlink()
    if other is not None:
        place.write_bytes(other if isinstance(other, bytes) else other.encode())
    new = state(SENTINEL, RESULTS)
    assert new not in ("", token)
    assert state(SENTINEL, RESULTS) == new  # in one run
    give()
    assert state(SENTINEL, RESULTS) == new


def test_empty_files_as_an_earlier_version_touched_are_no_token():
    for path in (SENTINEL, RESULTS / TOKEN):
        path.write_text("")
    os.utime(SENTINEL)
    assert state(SENTINEL, RESULTS)

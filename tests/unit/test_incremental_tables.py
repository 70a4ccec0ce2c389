"""Tracked tables are equal where the content is, and tell by themselves that they are whole."""

import os

import pytest

from cityscapes.errors import DataError
from cityscapes.incremental.tables import (
    check_problems,
    is_as_written,
    problems_in,
    read_tracked,
    write_tracked,
)
from text_frames import damaged

ROWS = [
    {"frame": "one", "segments": '[[1,2],[3,"4"]]', "link": ""},
    {"frame": "two", "segments": 'a\ttab, a\nbreak and "quotes" #', "link": "x"},
]
COLUMNS = ["frame", "segments", "link"]


@pytest.fixture
def table(tmp_path):
    """A table of two frames, with two problems."""
    path = tmp_path / "deep/city.labels.tsv"
    write_tracked(path, COLUMNS, ROWS, ["b: wrong = 2 %", "a: \x1b wrong"])
    return path


def test_what_was_written_comes_back(table):
    assert read_tracked(table) == ROWS
    assert is_as_written(table)


def test_problems_come_back_in_order(table):
    assert problems_in(table) == ["a: \x1b wrong", "b: wrong = 2 %"]


def test_equal_rows_give_equal_bytes_whenever_they_are_written(table, tmp_path):
    other = tmp_path / "other.tsv"
    write_tracked(other, COLUMNS, ROWS, ["a: \x1b wrong", "b: wrong = 2 %"])
    assert other.read_bytes() == table.read_bytes()


def test_a_field_that_is_missing_is_empty(tmp_path):
    write_tracked(tmp_path / "t.tsv", COLUMNS, [{"frame": "one"}])
    assert read_tracked(tmp_path / "t.tsv") == [{"frame": "one", "segments": "", "link": ""}]


def test_a_table_without_rows_is_whole(tmp_path):
    write_tracked(tmp_path / "t.tsv", ["problem"], [])
    assert is_as_written(tmp_path / "t.tsv")
    assert read_tracked(tmp_path / "t.tsv") == []


def test_cut_anywhere_it_is_refused_by_every_reader(table):
    whole = table.read_bytes()
    for length in range(len(whole) - 1):  # but for the last newline
        table.write_bytes(whole[:length])
        assert not is_as_written(table), length
        with pytest.raises(DataError):
            read_tracked(table)
        with pytest.raises(DataError):
            check_problems([table], "gtFine/val")


def test_with_rows_that_are_damaged_it_is_refused(table):
    whole = table.read_bytes()
    for seed in range(400):
        table.write_bytes(damaged(whole, seed))
        try:
            rows = read_tracked(table)
        except DataError:
            assert not is_as_written(table)
        else:
            assert rows == ROWS


def test_a_note_that_is_another_one_is_damage(tmp_path):
    write_tracked(tmp_path / "t.tsv", COLUMNS, ROWS, expected="17")
    assert is_as_written(tmp_path / "t.tsv")
    (tmp_path / "t.tsv").write_text((tmp_path / "t.tsv").read_text().replace("=17", "=1"))
    assert not is_as_written(tmp_path / "t.tsv")


def test_the_message_names_the_table_and_says_what_to_do(table):
    table.write_text(table.read_text().replace("two", "six"))
    with pytest.raises(DataError, match=r"city\.labels\.tsv: .* Remove it and run again"):
        read_tracked(table)


def test_a_table_that_is_missing_is_refused(tmp_path):
    assert not is_as_written(tmp_path / "none.tsv")
    with pytest.raises(DataError):
        read_tracked(tmp_path / "none.tsv")
    with pytest.raises(DataError):
        check_problems([tmp_path / "none.tsv"], "gtFine/val")


def test_what_is_no_text_is_no_table(table):
    table.write_bytes(os.urandom(5) + b"\xff\xfe\x00")
    assert not is_as_written(table)


def test_problems_of_all_tables_are_listed_in_one_message(table, tmp_path):
    other, good = tmp_path / "other.tsv", tmp_path / "good.tsv"
    write_tracked(other, COLUMNS, ROWS, ["c: wrong"])
    write_tracked(good, COLUMNS, ROWS)
    with pytest.raises(DataError) as error:
        check_problems([other, table, good], "gtFine/val")
    assert str(error.value) == (
        "3 frames of gtFine/val could not be made; all others are prepared:\n"
        "  a: \x1b wrong\n  b: wrong = 2 %\n  c: wrong"
    )


def test_one_problem_is_one_frame(tmp_path):
    write_tracked(tmp_path / "t.tsv", COLUMNS, [], ["c: wrong"])
    with pytest.raises(DataError, match=r"^1 frame of gtFine/val could not be made"):
        check_problems([tmp_path / "t.tsv"], "gtFine/val")


def test_without_problems_there_is_no_message(tmp_path):
    write_tracked(tmp_path / "t.tsv", COLUMNS, ROWS)
    check_problems([tmp_path / "t.tsv"], "gtFine/val")

"""Tables on disk, and what is left of one when its writer dies."""

import os

import pytest

from cityscapes.errors import DataError
from cityscapes.files.tables import read_notes, read_table, write_csv, write_table


def test_round_trip_with_notes(tmp_path):
    path = tmp_path / "table.tsv"
    write_table(path, ["frame", "size"], [{"frame": "a", "size": 3}, {"frame": "b"}], key="value")
    assert read_notes(path) == {"key": "value"}
    assert read_table(path) == [{"frame": "a", "size": "3"}, {"frame": "b", "size": ""}]


STRANGE = [
    *(
        "a\tb",
        "a\nb",
        "\n# no note",
        "a\rb",
        "\r\n",
        '"',
        '"a" b',
        "#a",
        "# a=b",
        "a\0b",
        " a ",
        "\\t",
    ),
    *(os.fsdecode(b"\xff.png"), "\ud800", "\u2028\x1c\x85", "x" * 200_000, '[["a", "b\\n"]]'),
]


@pytest.mark.parametrize("text", STRANGE, ids=ascii)
def test_any_text_comes_back(tmp_path, text):
    rows = [{"frame": text, "path": "b"}, {"frame": "c", "path": text}]
    write_table(tmp_path / "t.tsv", ["frame", "path"], rows, key="value")
    assert read_table(tmp_path / "t.tsv") == rows
    assert read_notes(tmp_path / "t.tsv") == {"key": "value"}


def test_tables_of_earlier_versions_are_read(tmp_path):
    """They were lines with tabs, without quotes; JSON in them looks the same today."""
    found = '{"a": ["x", "y \\"z\\""], "b": ""}'
    (tmp_path / "t.tsv").write_text(f"# a=1 b=[]\nframe\tfound\tx\nf\t{found}\t\ng\t[]\n")
    rows = [{"frame": "f", "found": found, "x": ""}, {"frame": "g", "found": "[]"}]
    assert read_table(tmp_path / "t.tsv") == rows
    write_table(tmp_path / "new.tsv", ["frame", "found", "x"], rows, a="1", b="[]")
    text = (tmp_path / "t.tsv").read_text().replace("g\t[]\n", "g\t[]\t\n")
    assert (tmp_path / "new.tsv").read_text() == text


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a\tb\n1\t\xe4\n", b"a\tb\n1\tx\ry\n"])
def test_what_is_no_table_is_named(tmp_path, data):
    (tmp_path / "t.tsv").write_bytes(data)
    with pytest.raises(DataError, match=r"t\.tsv: not a table: "):
        read_table(tmp_path / "t.tsv")


def test_notes_without_a_value_are_none(tmp_path):
    (tmp_path / "t.tsv").write_bytes(b"# hello a=b=c =d\n")
    assert read_notes(tmp_path / "t.tsv") == {"a": "b=c", "": "d"}
    (tmp_path / "t.tsv").write_bytes(b"# \xff")
    with pytest.raises(DataError, match="not a table"):
        read_notes(tmp_path / "t.tsv")


def test_a_missing_table_is_empty(tmp_path):
    assert read_table(tmp_path / "none.tsv") == []
    assert read_notes(tmp_path / "none.tsv") == {}


def test_csv_writes_none_as_an_empty_field(tmp_path):
    path = tmp_path / "new" / "table.csv"
    write_csv(path, ["a", "b"], [(1, None), ("x,y", 2)])
    assert path.read_text() == 'a,b\n1,\n"x,y",2\n'

"""Tables on disk, and what is left of one when its writer dies."""

from cityscapes.tables import JournaledTable, read_notes, read_table, write_csv, write_table


def test_round_trip_with_notes(tmp_path):
    path = tmp_path / "table.tsv"
    write_table(path, ["frame", "size"], [{"frame": "a", "size": 3}, {"frame": "b"}], key="value")
    assert read_notes(path) == {"key": "value"}
    assert read_table(path) == [{"frame": "a", "size": "3"}, {"frame": "b", "size": ""}]


def test_a_missing_table_is_empty(tmp_path):
    assert read_table(tmp_path / "none.tsv") == []
    assert read_notes(tmp_path / "none.tsv") == {}


def test_rows_survive_a_writer_that_dies(tmp_path):
    path = tmp_path / "table.tsv"
    first = JournaledTable(path, ["frame", "size"])
    first.put({"frame": "a", "size": "1"})
    first.save(["a"])
    dying = JournaledTable(path, ["frame", "size"])
    dying.put({"frame": "a", "size": "2"})
    dying.put({"frame": "b", "size": "3"})
    journal = path.with_name(".table.tsv.journal")
    journal.write_text(journal.read_text() + '{"frame": "c", "si')

    last = JournaledTable(path, ["frame", "size"])
    assert {frame: row["size"] for frame, row in last.rows.items()} == {"a": "2", "b": "3"}
    last.put({"frame": "c", "size": "4"})
    last.save(["a", "c"])
    assert [row["frame"] for row in read_table(path)] == ["a", "c"]
    assert list(tmp_path.iterdir()) == [path]


def test_csv_writes_none_as_an_empty_field(tmp_path):
    path = tmp_path / "new" / "table.csv"
    write_csv(path, ["a", "b"], [(1, None), ("x,y", 2)])
    assert path.read_text() == 'a,b\n1,\n"x,y",2\n'

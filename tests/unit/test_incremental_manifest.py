"""A manifest holds what was written into it, or says that it is damaged; never a traceback."""

import json
import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from cityscapes.incremental.manifest import (
    Cell,
    Header,
    Manifest,
    Row,
    SourceState,
    append_row,
    journal_path,
    read_header,
)
from text_frames import as_json, damaged

HEADER = Header(state="T1", sources="s", files="f", problems=("one: is wrong", "line\nbreak"))


def row(frame, content="c1"):
    return Row(
        frame,
        {"polygons": SourceState(5, 10**18 + 1, "raw"), "camera": SourceState(-1, 0, "")},
        {
            "picture": Cell("r1", 7, 10**18 + 3, content),
            "length": Cell("r2", content="v", value={"width": 3, "list": [1, [2.5, None]]}),
        },
    )


@pytest.fixture
def path(tmp_path):
    """A saved manifest of two frames."""
    manifest = Manifest(tmp_path / "deep/city.jsonl")
    manifest.rows = {"one": row("one"), "two": row("two", "c2"), "three": row("three")}
    manifest.save(["two", "one", "never"], HEADER)
    return manifest.path


def test_what_was_saved_comes_back_in_the_order_that_was_given(path):
    manifest = Manifest(path)
    assert list(manifest.rows.items()) == [("two", row("two", "c2")), ("one", row("one"))]
    assert manifest.written == {"one": {"c1", "v"}, "two": {"c2", "v"}}
    assert not manifest.damaged
    header = read_header(path)
    assert (header.state, header.sources, header.files) == ("T1", "s", "f")
    assert header.problems == ("one: is wrong", "line\nbreak")


def test_a_manifest_is_lines_of_json_after_a_header(path):
    header, *rows = as_json(path)
    assert header["format"] == 1
    assert [line["frame"] for line in rows] == ["two", "one"]
    assert rows[0]["cells"]["picture"] == ["r1", 7, 10**18 + 3, "c2", None]


def test_without_a_file_nothing_is_known_and_nothing_damaged(tmp_path):
    manifest = Manifest(tmp_path / "none.jsonl")
    assert (manifest.rows, manifest.written, manifest.damaged) == ({}, {}, False)
    assert read_header(tmp_path / "none.jsonl") == Header(format=0)


def test_rows_of_the_journal_replace_those_that_were_saved_and_both_contents_are_ours(path):
    append_row(path, row("one", "c3"))
    append_row(path, row("new"))
    manifest = Manifest(path)
    assert manifest.rows["one"] == row("one", "c3")
    assert list(manifest.rows) == ["two", "one", "new"]
    assert manifest.written["one"] == {"c1", "c3", "v"}
    assert not manifest.damaged


def test_saving_joins_the_journal_and_removes_it(path):
    append_row(path, row("new"))
    manifest = Manifest(path)
    manifest.save(["new"], HEADER)
    assert not journal_path(path).exists()
    assert Manifest(path).rows == {"new": row("new")}


def test_a_journal_without_a_manifest_is_read(tmp_path):
    append_row(tmp_path / "city.jsonl", row("one"))
    manifest = Manifest(tmp_path / "city.jsonl")
    assert manifest.rows == {"one": row("one")}
    assert not manifest.damaged


def test_a_journal_line_that_was_cut_costs_its_row_alone(path):
    append_row(path, row("first"))
    start = journal_path(path).stat().st_size
    append_row(path, row("cut"))
    whole = journal_path(path).read_bytes()
    for length in range(start, len(whole) - 1):
        journal_path(path).write_bytes(whole[:length])
        append_row(path, row("last"))
        manifest = Manifest(path)
        assert set(manifest.rows) == {"one", "two", "first", "last"}
        assert not manifest.damaged


def test_a_planted_link_in_the_place_of_the_journal_is_not_followed(path, tmp_path):
    target = tmp_path / "theirs"
    target.write_text("mine")
    journal_path(path).symlink_to(target)
    with pytest.raises(OSError):
        append_row(path, row("one"))
    assert target.read_text() == "mine"


def append_many(path, letter):
    for number in range(100):
        append_row(path, row(f"{letter}{number}", "c" * 500))


def test_processes_that_append_at_once_lose_no_row(path):
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(append_many, [path] * 2, "ab"))
    rows = Manifest(path).rows
    assert len(rows) == 202
    assert rows["a99"] == row("a99", "c" * 500)


# Damage


def test_cut_anywhere_it_is_damaged_and_says_nothing_wrong(path):
    whole, true = path.read_bytes(), Manifest(path).rows
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        manifest = Manifest(path)
        assert manifest.damaged, length
        assert manifest.rows.items() <= true.items(), length


def test_with_other_bytes_anywhere_it_is_damaged(path):
    whole = path.read_bytes()
    for seed in range(300):
        data = damaged(whole, seed)
        path.write_bytes(data)
        manifest = Manifest(path)
        # The header itself is not covered: all that it tells is compared with what is there.
        assert manifest.damaged or data.partition(b"\n")[2] == whole.partition(b"\n")[2], seed


def test_a_digit_that_became_another_is_damage(path):
    path.write_bytes(path.read_bytes().replace(b'"c2"', b'"c9"'))
    assert Manifest(path).damaged


@pytest.mark.parametrize(
    "text",
    ["", "\n", "null\n", "[]\n", "{}\n", '{"problems": 5}\n', "\0" * 4096, "[" * 5000, "\ud800"],
)
def test_what_is_no_manifest_is_damaged_and_has_no_header(path, text):
    path.write_bytes(text.encode(errors="surrogatepass"))
    manifest = Manifest(path)
    assert manifest.damaged
    assert manifest.rows == {}
    assert read_header(path) == Header(format=0)


def test_of_another_format_nothing_is_believed(path):
    header, rows = path.read_text().split("\n", 1)
    path.write_text(json.dumps({**json.loads(header), "format": 2}) + "\n" + rows)
    assert read_header(path) == Header(format=0)
    assert Manifest(path).damaged


@pytest.mark.parametrize(
    "line",
    [
        '{"frame": ["a"], "sources": {}, "cells": {}}',
        '{"frame": "a", "sources": {}, "cells": {"x": ["r", 1, 1, ["c"]]}}',
        '{"frame": "a", "sources": {"x": [1]}, "cells": {}}',
        '{"frame": "a", "sources": {}, "cells": {"x": [1, 2, 3, 4, 5, 6]}}',
        '{"frame": "a", "sources": [], "cells": {}}',
        '{"frame": "a"}',
        "7",
        "[" * 5000,
    ],
)
def test_a_journal_line_that_is_no_row_is_left_out(path, line):
    journal_path(path).write_text(f"{line}\n{row('good').line()}\n")
    assert set(Manifest(path).rows) == {"one", "two", "good"}


def test_the_journal_with_other_bytes_anywhere_is_read_without_a_traceback(path):
    for frame in ("one", "four", "five"):
        append_row(path, row(frame))
    whole = journal_path(path).read_bytes()
    for seed in range(300):
        journal_path(path).write_bytes(damaged(whole, seed))
        assert Manifest(path).rows.keys() >= {"one", "two"}


def test_saving_over_a_damaged_manifest_heals_it(path):
    path.write_bytes(path.read_bytes()[:-9])
    manifest = Manifest(path)
    manifest.rows["one"] = row("one")
    manifest.save(["one"], Header())
    assert not Manifest(path).damaged


def test_saving_replaces_the_file_in_one_step(path, monkeypatch):
    before = path.read_bytes()
    manifest = Manifest(path)

    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    append_row(path, row("new"))
    with pytest.raises(OSError):
        manifest.save(["one"], HEADER)
    assert path.read_bytes() == before
    assert journal_path(path).exists()
    assert [file.name for file in path.parent.iterdir() if file.name.endswith(".tmp")] == []

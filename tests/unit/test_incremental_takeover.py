"""Results of version e8501c2 are taken over: what is current is not made again, all is known."""

import json
import shutil

import pytest

from cityscapes.ground_truth.old_manifests import (
    GROUPS,
    OTHERS,
    old_contents,
    old_tables,
    read_rows,
)
from cityscapes.incremental.manifest import journal_path
from cityscapes.workflow.removal import remove_all
from small_shard import (
    RESULTS,
    SHARD,
    all_files,
    files_of,
    job_of,
    made_path,
    manifest,
    name_of,
    run,
    write_frames,
)
from stored_results import unpack
from text_frames import damaged
from tiny import write_polygons

FRAMES = (294, 576, 1016)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """What the earlier version left."""
    folder = tmp_path_factory.mktemp("stored")
    unpack(folder)
    return folder


@pytest.fixture
def old(stored, tmp_path, monkeypatch):
    """A copy of the dataset and the results of the earlier version, for one city."""
    for name in ("data/gtFine/val/frankfurt", "results/gtFine", "results/manifests/gtFine/val"):
        shutil.copytree(stored / name, tmp_path / name, symlinks=True)
    monkeypatch.chdir(tmp_path)
    for path in (RESULTS / "manifests/gtFine/val").glob("lindau.*"):
        path.unlink()
    return tmp_path


def images():
    return {
        path: (RESULTS / path).stat().st_mtime_ns
        for path in all_files()
        if "frankfurt_" in path and path.endswith(".png")
    }


def test_nothing_that_is_current_is_made_again(old):
    before = images()
    assert len(before) == 21
    _, outcome = run()
    assert (outcome.written, outcome.notices, outcome.problems) == (0, [], {})
    assert images() == before
    assert run()[1].written == 0


def test_what_the_old_manifests_held_is_in_the_new_one_and_they_are_gone(old):
    contents = {frame: old_contents(RESULTS, SHARD.folder, name_of(frame)) for frame in FRAMES}
    assert all(len(found) >= 7 for found in contents.values())
    run()
    for frame in FRAMES:
        assert contents[frame] <= manifest().written[name_of(frame)]
    assert not any(path.exists() for path in old_tables(RESULTS, SHARD.folder))


def test_what_is_out_of_date_is_made_again(old):
    write_polygons(next(old.glob("data/**/*000576*")), shift=9)
    _, outcome = run()
    assert (outcome.written, outcome.notices, outcome.problems) == (8, [], {})


def test_segments_are_those_of_the_old_tables(old):
    from_table = {
        row["frame"]: (row["width"], row["segments"])
        for row in read_rows(old_tables(RESULTS, SHARD.folder)[2])
    }
    run()
    for frame, (width, segments) in from_table.items():
        value = manifest().rows[frame].cells["segments"].value
        assert str(value["width"]) == width
        assert str(value["segments"]).replace(" ", "") == segments


def test_a_row_of_an_old_journal_is_newer_than_its_table(old):
    table, _, _, journal, *_ = old_tables(RESULTS, SHARD.folder)
    (row,) = (row for row in read_rows(table) if row["frame"] == name_of(294))
    row["polygons"] = row.pop("link")
    row["labelIds"] = f"{16 * '0'}:1:2:{8 * 'ab'}"
    journal.write_text(f"\n{json.dumps(row)}\n\n{{cut")
    assert 8 * "ab" in old_contents(RESULTS, SHARD.folder, name_of(294))
    _, outcome = run()
    assert outcome.written == 1  # no file has this size and time
    assert outcome.notices == []


def test_rows_of_a_killed_takeover_are_newer_than_the_old_manifests(old):
    write_polygons(next(old.glob("data/**/*000576*")), shift=9)
    job = job_of()
    job.run(1)  # and killed before anything was saved
    assert journal_path(files_of().manifest).exists()
    before = images()
    _, outcome = run()
    assert (outcome.written, outcome.notices, outcome.problems) == (0, [], {})
    assert images() == before


def test_where_there_is_a_manifest_old_ones_count_no_more(old):
    kept = {path: path.read_bytes() for path in old_tables(RESULTS, SHARD.folder)[:3]}
    run()
    for path, data in kept.items():
        path.write_bytes(data.replace(b"frankfurt_", b"fable_"))
    run()
    assert {name[:10] for name in manifest().rows} == {"frankfurt_"}
    assert not any(path.exists() for path in kept)


def test_clean_removes_what_the_old_manifests_name(old):
    mine = made_path(9999, "labelIds")
    mine.write_bytes(b"mine")
    made_path(294, "color").write_bytes(b"edited")
    shutil.rmtree(RESULTS / "gtFine/val/lindau")
    for path in [*RESULTS.glob("gtFine/**/lindau*"), *RESULTS.glob("gtFine/*.json")]:
        path.unlink()
    for split in ("train", "test"):
        for folder in (RESULTS / "gtFine").glob(f"*panoptic_{split}*"):
            shutil.rmtree(folder)
        shutil.rmtree(RESULTS / "gtFine" / split)
    _, left = remove_all(RESULTS)
    assert set(left) == {mine, made_path(294, "color")}


# Damage, as by a power cut


def damages(whole):
    cuts = [whole[:length] for length in range(0, len(whole), 37)]
    return [*cuts, b"\0" * len(whole), *(damaged(whole, seed) for seed in range(60))]


@pytest.mark.parametrize("number", range(3), ids=GROUPS)
def test_old_tables_that_are_damaged_cost_no_traceback_and_no_file(old, number):
    table = old_tables(RESULTS, SHARD.folder)[number]
    whole = table.read_bytes()
    true = {row["frame"]: row for row in read_rows(table)}
    assert len(true) == 3
    for data in damages(whole):
        table.write_bytes(data)
        job_of()
        old_contents(RESULTS, SHARD.folder, name_of(294))
        for row in read_rows(table) if whole.startswith(data) else []:
            cells = {column: cell for column, cell in row.items() if cell and column not in OTHERS}
            assert cells.items() <= true[row["frame"]].items()


def test_with_a_cut_old_table_everything_ends_right(old):
    before = images()
    table = old_tables(RESULTS, SHARD.folder)[0]
    table.write_bytes(table.read_bytes()[:700])
    _, outcome = run()
    assert (outcome.notices, outcome.problems) == ([], {})
    assert images().keys() == before.keys()
    assert run()[1].written == 0


@pytest.mark.parametrize("line", [b"5", b"[]", b"\xff\xfe", b'{"frame": 5}', b'{"a": "b"}', b"{"])
def test_lines_of_old_journals_that_are_no_rows_are_left_out(old, line):
    journal = old_tables(RESULTS, SHARD.folder)[3]
    journal.write_bytes(b"\n" + line + b"\n")
    assert read_rows(journal) == []
    assert run()[1].problems == {}


def test_clean_gets_over_damaged_old_tables(old):
    table = old_tables(RESULTS, SHARD.folder)[0]
    whole = table.read_bytes()
    table.write_bytes(whole[:500] + b"\xff" + whole[500:])
    remove_all(RESULTS)
    assert not made_path(294, "panoptic").exists()


def test_other_frames_are_made_next_to_those_that_are_taken_over(old):
    write_frames(3)
    assert run()[1].written == 8


def test_one_image_alone_leaves_the_rest_to_the_old_manifests(old):
    made_path(294, "color").unlink()
    assert job_of(["color"]).run(1, only=name_of(294)).written == 1
    assert run()[1].written == 0

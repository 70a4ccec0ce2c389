"""Clean removes what manifests and records name, and only as it was written."""

import os
import re
from pathlib import Path

import pytest

from cityscapes.files import whole as files
from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth import links as raw_links
from cityscapes.incremental.manifest import Header, Manifest, append_row, journal_path
from cityscapes.incremental.outputs import Recorder
from cityscapes.incremental.tables import write_tracked
from cityscapes.workflow.removal import remove_all
from small_shard import (
    DATA,
    RESULTS,
    all_files,
    files_of,
    made_path,
    manifest,
    polygons_of,
    run,
    write_frames,
)


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A shard of two frames of which everything was made, with reports and links to raw types."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(files, "_listeners", [])
    write_frames(1, 2)
    (DATA / "leftImg8bit").mkdir()
    run()
    monkeypatch.setattr(files, "_listeners", [Recorder(RESULTS, "T1")])
    for name in ("checks/summary.txt", "evaluation/mine/classes.csv"):
        (RESULTS / name).parent.mkdir(parents=True)
        write_atomic(RESULTS / name, name.encode())
    raw_links.save(DATA, RESULTS, raw_links.make_links(DATA, RESULTS), "first")
    write_tracked(RESULTS / "tables/raw_links.tsv", raw_links.COLUMNS, [])
    counts = Manifest(RESULTS / "manifests/evaluation/mine/frankfurt.jsonl")
    counts.save([], Header())
    append_row(counts.path, next(iter(manifest().rows.values())))
    return tmp_path


def clean():
    """Clean; what is left below the results."""
    before = all_files()
    removed, left = remove_all(RESULTS)
    assert all_files() == {str(path.relative_to(RESULTS)) for path in left}
    assert removed == len(before) - len(left)
    return all_files()


def test_of_results_without_files_of_others_nothing_is_left(work):
    raw = all_files(DATA)
    assert clean() == set()
    assert [path for path in RESULTS.rglob("*")] == []
    assert all_files(DATA) == raw


def test_cleaning_twice_or_nothing_is_fine(work):
    clean()
    assert clean() == set()
    RESULTS.rmdir()
    assert remove_all(RESULTS) == (0, [])


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "evaluation/notes.txt",
        "evaluation/mine/my.csv",
        "checks/figure.svg",
        "manifests/notes.txt",
        "manifests/gtFine/val/notes",
        "manifests/gtFine/val/notes.txt",
        "tables/notes.tsv",
        "gtFine/val/frankfurt/notes.txt",
        "gtFine/val/frankfurt/frankfurt_000000_000009_gtFine_labelIds.png",
        "gtFine/cityscapes_panoptic_val/mine.png",
        "leftImg8bit_sequence/mine.png",
        "depth/val/frankfurt/mine.png",
    ],
)
@pytest.mark.parametrize("content", [b"mine", b"\xff\x00\xfe"])
def test_a_file_of_the_users_stays_wherever_it_lies(work, name, content):
    (RESULTS / name).parent.mkdir(parents=True, exist_ok=True)
    (RESULTS / name).write_bytes(content)
    assert clean() == {name}
    assert (RESULTS / name).read_bytes() == content


def test_an_empty_folder_of_the_users_stays(work):
    (RESULTS / "mine/deeper").mkdir(parents=True)
    clean()
    assert (RESULTS / "mine/deeper").is_dir()


def test_what_was_changed_stays(work):
    paths = [made_path(1, "labelIds"), made_path(2, "panoptic"), RESULTS / "checks/summary.txt"]
    for path in paths:
        path.write_bytes(b"edited")
    assert clean() == {str(path.relative_to(RESULTS)) for path in paths}


def test_a_file_in_the_place_of_a_link_to_a_polygon_file_stays(work):
    path = made_path(1, "link")
    path.unlink()
    path.write_text("edited")
    assert clean() == {str(path.relative_to(RESULTS))}


def test_a_link_to_raw_types_that_leads_elsewhere_stays(work):
    (RESULTS / "leftImg8bit").unlink()
    (RESULTS / "leftImg8bit").symlink_to("/elsewhere")
    assert clean() == {"leftImg8bit"}


def test_raw_files_are_not_removed_through_a_folder_that_is_a_link(work):
    """As where the user moved the results of a city into the dataset, and linked them."""
    kept = DATA / "kept"
    (RESULTS / "gtFine/val/frankfurt").rename(kept)
    (RESULTS / "gtFine/val/frankfurt").symlink_to(Path("../../..") / kept)
    before = all_files(kept)
    assert clean() == {"gtFine/val/frankfurt"}
    assert all_files(kept) == before


def test_what_a_journal_alone_names_is_removed(work):
    """As after a kill at the first run."""
    rows = manifest().rows.values()
    files_of().manifest.unlink()
    for row in rows:
        append_row(files_of().manifest, row)
    assert clean() == set()


def test_both_contents_of_a_killed_run_are_ours(work):
    before = made_path(1, "labelIds").read_bytes()
    write_frames(3)
    polygons_of(1).write_bytes(polygons_of(3).read_bytes())
    saved = files_of().manifest.read_bytes()
    run()
    for row in manifest().rows.values():
        append_row(files_of().manifest, row)
    files_of().manifest.write_bytes(saved)
    made_path(1, "labelIds").write_bytes(before)
    assert journal_path(files_of().manifest).exists()
    assert clean() == set()


def test_of_a_cut_manifest_what_it_still_names_is_removed(work):
    path = files_of().manifest
    path.write_bytes(path.read_bytes()[:-20])
    frames = [re.search(r"000000_(\d{6})", name)[1] for name in clean()]
    assert set(frames) == {"000002"}


def test_a_manifest_that_names_an_unknown_kind_is_no_traceback(work):
    path = files_of().manifest
    known = Manifest(path)
    row = next(iter(known.rows.values()))
    row.cells["of_tomorrow"] = row.cells["labelIds"]
    known.save(list(known.rows), known.header)
    assert clean() == set()


def test_a_file_that_was_recorded_and_lies_behind_a_link_stays(work):
    (RESULTS / "checks").rename("elsewhere")
    (RESULTS / "checks").symlink_to("../elsewhere")
    assert clean() == {"checks"}
    assert Path("elsewhere/summary.txt").exists()


def test_results_that_are_a_link_are_cleaned(work):
    RESULTS.rename("disk")
    RESULTS.symlink_to("disk")
    assert clean() == set()
    assert RESULTS.is_symlink() and Path("disk").is_dir()


def test_files_of_kinds_that_are_no_longer_asked_for_are_removed(work):
    run(["labelIds"])
    assert made_path(1, "color").exists()
    assert clean() == set()


def test_files_of_such_kinds_are_removed_with_their_frame(work):
    run(["labelIds"])
    os.unlink(polygons_of(1))
    run(["labelIds"])
    assert not made_path(1, "color").exists()
    assert made_path(2, "color").exists()
    assert clean() == set()


def test_temporary_files_of_killed_jobs_are_removed(work):
    image = made_path(1, "labelIds")
    image.with_name(f".{image.name}.0123456789abcdef.tmp").write_text("cut")
    path = files_of().manifest
    path.with_name(f".{path.name}.0123456789abcdef.tmp").write_text("cut")
    assert clean() == set()


def test_tables_of_the_earlier_version_are_removed_and_others_of_their_names_stay(work):
    for name, text in {
        "manifests/gtFine/val.labels.checked.tsv": "# a=b\nproblem\n",
        "manifests/evaluation/mine/frankfurt.tsv": "frame\tstate\tcounts\nx\ty\tz\n",
        "manifests/evaluation/mine/notes.tsv": "my own\n",
    }.items():
        (RESULTS / name).parent.mkdir(parents=True, exist_ok=True)
        (RESULTS / name).write_text(text)
    assert clean() == {"manifests/evaluation/mine/notes.tsv"}

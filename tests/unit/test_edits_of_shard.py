"""An edit takes the place of the polygon file of its frame in all that is made of a shard."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_records import table_path
from cityscapes.incremental import frame
from cityscapes.incremental.tables import problems_in, read_tracked
from cityscapes.viewer import staleness
from cityscapes.viewer.catalogue import Place
from cityscapes.viewer.project import Project
from small_project import configure
from small_shard import (
    DATA,
    DEFAULT,
    EDITS,
    RESULTS,
    SHARD,
    all_files,
    made_path,
    manifest,
    name_of,
    polygons_of,
    run,
    token,
)
from tiny import CLONE, write_polygons

FILES_OF_FRAME = 8


@pytest.fixture
def made(shard_folder):
    """A shard of two frames of which everything was made."""
    run(state="first")
    return shard_folder


def edit_of(number):
    return EDITS.path(SHARD, name_of(number))


def write_edit(number, shift=5):
    """An edit of a frame: another annotation than `write_frames` gives any frame."""
    edit_of(number).parent.mkdir(parents=True, exist_ok=True)
    write_polygons(edit_of(number), shift=shift)


def contents():
    """Path below the results -> bytes of all images."""
    return {path: (RESULTS / path).read_bytes() for path in all_files() if path.endswith(".png")}


def tables():
    """Path -> bytes of the tables that Snakemake tracks."""
    return {path: path.read_bytes() for path in (RESULTS / "tables").rglob("*.tsv")}


def run_as_workflow():
    """Run with the token that Snakemake would give; the outcome."""
    return run(state=token())[1]


def test_only_the_edited_frame_is_made_and_from_its_edit(made):
    before = contents()
    write_edit(1)
    assert run_as_workflow().written == FILES_OF_FRAME
    changed = {path for path, data in contents().items() if data != before[path]}
    assert changed and all(name_of(1) in path for path in changed)
    assert made_path(1, "link").samefile(edit_of(1))
    assert made_path(2, "link").samefile(polygons_of(2))


def test_the_pixels_are_those_of_a_dataset_with_the_edit_in_it(made):
    write_edit(1)
    run_as_workflow()
    with_edit = contents()
    shutil.copy(edit_of(1), polygons_of(1))
    shutil.rmtree(EDITS.root)
    run_as_workflow()
    assert contents() == with_edit


def test_without_the_edit_everything_is_as_before(made):
    images, tracked = contents(), tables()
    write_edit(1)
    run_as_workflow()
    assert tables() != tracked
    edit_of(1).unlink()
    assert run_as_workflow().written == FILES_OF_FRAME
    assert (contents(), tables()) == (images, tracked)
    assert made_path(1, "link").samefile(polygons_of(1))


def test_tables_and_manifest_tell_which_frames_are_edited(made):
    write_edit(1)
    write_edit(3)
    run_as_workflow()
    for group in ("labels", "panoptic"):
        rows = read_tracked(table_path(RESULTS, SHARD, group))
        edited = {row["frame"]: row["edited"] for row in rows}
        assert edited == {name_of(1): "yes", name_of(2): "", name_of(3): "new"}
    sources = {frame: row.sources for frame, row in manifest().rows.items()}
    assert "replaced" not in sources[name_of(2)]
    assert sources[name_of(1)]["replaced"].size == polygons_of(1).stat().st_size
    assert sources[name_of(3)]["replaced"].size == -1


def test_an_edit_of_the_same_size_and_time_as_the_raw_file_is_noticed(made):
    text = polygons_of(1).read_text()
    edit_of(1).parent.mkdir(parents=True)
    edit_of(1).write_text(text.replace('"car"', '"bus"'))
    assert edit_of(1).stat().st_size == polygons_of(1).stat().st_size
    os.utime(edit_of(1), ns=(0, polygons_of(1).stat().st_mtime_ns))
    before = contents()
    run_as_workflow()
    with_edit = contents()
    assert with_edit != before
    edit_of(1).unlink()
    run_as_workflow()
    assert contents() == before


def test_an_edit_with_the_bytes_of_the_raw_file_leaves_no_link_to_nothing(made):
    edit_of(1).parent.mkdir(parents=True)
    shutil.copy2(polygons_of(1), edit_of(1))
    run_as_workflow()
    assert made_path(1, "link").samefile(edit_of(1))
    edit_of(1).unlink()
    run_as_workflow()
    assert made_path(1, "link").samefile(polygons_of(1))


@pytest.mark.parametrize("what", ["new edit", "other edit", "no edit", "raw file below"])
def test_the_token_changes_with_edits_and_what_they_replace(made, what):
    if what != "new edit":
        write_edit(1)
        run_as_workflow()
    before = token()
    if what == "no edit":
        edit_of(1).unlink()
    elif what == "raw file below":
        write_polygons(polygons_of(1), shift=3)
    else:
        write_edit(1, shift=6)
    assert token() != before
    run(state=token())
    after = token()
    assert token() == after


def test_a_touched_edit_leaves_the_token(made):
    write_edit(1)
    run_as_workflow()
    before = token()
    os.utime(edit_of(1), (10**9, 10**9))
    os.utime(polygons_of(1), (10**9, 10**9))
    assert token() == before


def test_a_frame_that_only_has_an_edit_is_made_and_removed_with_it(made):
    before = all_files()
    write_edit(3)
    assert run_as_workflow().written == FILES_OF_FRAME
    assert made_path(3, "labelIds").exists()
    edit_of(3).unlink()
    run_as_workflow()
    assert all_files() == before


def test_a_city_that_only_has_edits_is_made(made):
    shutil.rmtree(DATA / SHARD.folder)
    write_edit(1)
    assert not run_as_workflow().problems
    assert [row["frame"] for row in read_tracked(table_path(RESULTS, SHARD, "labels"))] == [
        name_of(1)
    ]


def test_of_a_wrong_edit_the_problem_names_the_edit(made):
    edit_of(1).parent.mkdir(parents=True)
    edit_of(1).write_text("{")
    before = contents()
    job, _ = run(state=token())
    (problem,) = job.problems
    assert problem.startswith(f"{edit_of(1)}: ")
    assert problems_in(table_path(RESULTS, SHARD, "labels")) == [problem]
    edit_of(1).unlink()
    run_as_workflow()
    assert contents() == before


def test_an_edit_with_an_odd_name_is_a_problem(made):
    path = edit_of(1).with_name("\x07_gtFine_polygons.json")
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    job, _ = run(state=token())
    assert str(EDITS.root) in job.problems[0]


def test_an_edit_in_a_city_of_label_images_is_a_problem_and_all_else_is_made(made):
    for number in (1, 2):
        shutil.copy(
            made_path(number, "labelIds"),
            polygons_of(number).with_name(f"{name_of(number)}_gtFine_labelIds.png"),
        )
        polygons_of(number).unlink()
    write_edit(1)
    before = made_path(1, "labelIds").read_bytes()
    job, outcome = run(state=token())
    (problem,) = job.problems
    assert problem.startswith(f"{edit_of(1)}: cannot take the place of label images")
    assert len(outcome.rows) == 2
    assert np.array_equal(
        np.asarray(Image.open(made_path(1, "labelIds"))),
        np.asarray(Image.open(polygons_of(1).with_name(f"{name_of(1)}_gtFine_labelIds.png"))),
    )
    assert made_path(1, "labelIds").read_bytes() == before
    shutil.rmtree(EDITS.root)
    assert not run(state=token())[0].problems


def test_an_edit_saved_while_the_job_reads_it_is_made_by_the_next_run(made, monkeypatch):
    write_edit(1)
    read_file = frame.read_file

    def read_then_save(path, most):
        data = read_file(path, most)
        if path == edit_of(1):
            write_edit(1, shift=6)
        return data

    given = token()
    with monkeypatch.context() as patch:
        patch.setattr(frame, "read_file", read_then_save)
        run(state=given)
    assert token() != given
    old = made_path(1, "labelIds").read_bytes()
    assert run_as_workflow().written == FILES_OF_FRAME
    assert made_path(1, "labelIds").read_bytes() != old


def test_the_viewer_tells_of_edits_that_label_images_do_not_show_yet(made):
    configure(Path(), {}, exports=[])
    project, place = Project.here(CLONE), Place("val", "frankfurt", name_of(1))
    old = (
        "The label images of gtFine/val/frankfurt are those of other raw files, settings or code."
    )

    def told():
        lines = [notice["what"] for notice in staleness.notices(project)]
        return staleness.of_frame(project, place), any(line.startswith(old) for line in lines)

    assert told() == ([], False)
    write_edit(1)
    edited = ["gtFine: edited since its label images and scores were made"]
    assert told() == (edited, True)
    run_as_workflow()
    assert told() == ([], False)
    edit_of(1).unlink()
    assert told() == (edited, True)
    run_as_workflow()
    assert told() == ([], False)


def test_unedited_are_the_raw_files_of_edited_frames_alone(made):
    write_edit(1)
    write_edit(3)
    files = ShardFiles.of_config(SHARD, DATA, RESULTS, DEFAULT, edits=EDITS, unedited=True)
    frames, problems = files.frames(files.list_sources())
    assert (list(frames), problems) == ([name_of(1)], [])
    assert files.path_of(name_of(1), "polygons") == polygons_of(1)

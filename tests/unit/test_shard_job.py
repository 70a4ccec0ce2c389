"""The job of a shard makes all files of its frames, and the tables that Snakemake tracks."""

import json
import logging
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cityscapes.errors import DataError
from cityscapes.files import whole as files
from cityscapes.files.whole import digest, write_atomic
from cityscapes.ground_truth import takeover
from cityscapes.ground_truth.frame_files import KindMaker
from cityscapes.ground_truth.polygons import PolygonRules
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_job import ShardJob
from cityscapes.ground_truth.shard_records import table_path
from cityscapes.incremental.manifest import Manifest, journal_path
from cityscapes.incremental.outputs import Recorder
from cityscapes.incremental.tables import problems_in, read_tracked
from cityscapes.labels import LabelTable
from cityscapes.layout import Shard
from ground_truth import report
from small_shard import (
    DATA,
    DEFAULT,
    RESULTS,
    SHARD,
    TABLE,
    all_files,
    files_of,
    job_of,
    made_path,
    manifest,
    name_of,
    polygons_of,
    run,
    write_frames,
)
from tiny import write_polygons


@pytest.fixture
def made(shard_folder):
    """A shard of two frames of which everything was made."""
    run()
    return shard_folder


def table(group):
    return read_tracked(table_path(RESULTS, SHARD, group))


def contents():
    """Path below the results -> content of all images."""
    return {path: (RESULTS / path).read_bytes() for path in all_files() if path.endswith(".png")}


def with_label(name, **columns):
    """The label table with another line."""
    return LabelTable(
        [label._replace(**columns) if label.name == name else label for label in TABLE]
    )


def test_everything_is_made_and_a_second_run_makes_nothing(shard_folder):
    _, outcome = run()
    assert outcome.written == 16
    assert len(contents()) == 14
    assert run()[1].written == 0


def test_tables_hold_what_was_made_and_nothing_of_when(shard_folder):
    run()
    (labels, trainids, panoptic) = (table(group) for group in ("labels", "trainIds", "panoptic"))
    assert list(labels[0]) == ["frame", "link", "labelIds", "instanceIds", "color"]
    assert list(trainids[0]) == ["frame", "labelTrainIds", "instanceTrainIds"]
    assert list(panoptic[0]) == [
        "frame", "panoptic", "panoptic_trainId", "width", "height", "segments",
    ]  # fmt: skip
    assert [row["frame"] for row in labels] == [name_of(1), name_of(2)]
    assert labels[0]["labelIds"] == digest(made_path(1, "labelIds").read_bytes())
    assert labels[0]["link"] == digest(os.readlink(made_path(1, "link")))
    assert (panoptic[0]["width"], panoptic[0]["height"]) == ("32", "16")
    areas = {segment: area for segment, area, *_ in json.loads(panoptic[0]["segments"])}
    assert sum(areas.values()) == np.count_nonzero(decoded(made_path(1, "instanceIds")) > 6)
    assert set(areas) == {7, 24, 26000, 26001}


def decoded(path):
    return np.asarray(Image.open(path))


def test_tables_are_the_same_bytes_whatever_times_files_have(made):
    before = {group: table_path(RESULTS, SHARD, group).read_bytes() for group in ("labels",)}
    for path in polygons_of(1).parent.iterdir():
        os.utime(path, (10**9, 10**9))
    made_path(1, "labelIds").unlink()
    run()
    assert table_path(RESULTS, SHARD, "labels").read_bytes() == before["labels"]


def test_a_link_leads_to_the_raw_polygon_file(made):
    assert made_path(1, "link").is_symlink()
    assert made_path(1, "link").samefile(polygons_of(1))


def test_another_train_id_makes_only_images_of_train_ids_again(made):
    before = contents()
    run(table=with_label("road", train_id=5))
    changed = {path for path, data in contents().items() if data != before[path]}
    assert {path.rpartition("_")[2] for path in changed} == {
        "labelTrainIds.png", "instanceTrainIds.png",
    }  # fmt: skip


def test_a_dataset_that_was_moved_and_linked_makes_nothing_again(made):
    DATA.rename("moved")
    Path("data").symlink_to("moved")
    assert run()[1].written == 0
    assert made_path(1, "link").samefile("moved/gtFine/val/frankfurt/" + polygons_of(1).name)


def test_panoptic_segments_come_and_go_with_the_group(made):
    run(["labelIds"])
    assert table("panoptic") == [{"frame": name_of(1)}, {"frame": name_of(2)}]
    run(["panoptic"])
    assert table("panoptic")[0]["segments"]


# Wrong files


def test_a_wrong_file_is_reported_in_all_tables_and_by_its_name(shard_folder):
    polygons_of(1).write_text("{")
    job, outcome = run()
    (problem,) = job.problems
    assert problem.startswith(f"{polygons_of(1)}: ")
    assert list(outcome.rows) == [name_of(2)]
    for group in ("labels", "trainIds", "panoptic"):
        assert problems_in(table_path(RESULTS, SHARD, group)) == [problem]
    assert manifest().header.problems == (problem,)


def test_a_file_of_an_odd_name_is_reported_and_the_others_are_made(shard_folder):
    (polygons_of(1).parent / "frankfurt_1_gtFine_polygons.json").write_text("{}")
    job, outcome = run()
    assert len(job.problems) == 1
    assert len(outcome.rows) == 2


def test_the_list_of_wrong_frames_counts_each_once(made):
    polygons_of(1).write_text("{")
    (polygons_of(1).parent / "frankfurt_1_gtFine_polygons.json").write_text("{}")
    job, outcome = run()
    with pytest.raises(DataError, match=r"^2 of 3 frames of gtFine/val/frankfurt are wrong:\n"):
        report(SHARD, outcome, job.problems, keep_going=False)


def test_what_was_done_is_said_and_notices_are_printed(made, caplog, capsys):
    write_frames(3)
    path = made_path(1, "labelIds")
    path.write_bytes(made_path(1, "color").read_bytes() + path.read_bytes())
    caplog.set_level(logging.INFO)
    job, outcome = run()
    report(SHARD, outcome, job.problems, keep_going=True)
    assert "gtFine/val/frankfurt: 9 files written, 0 orphans removed" in caplog.text
    assert capsys.readouterr().out.startswith(f"WARNING {path} was changed since it was made")


def test_a_dataset_that_the_results_lie_in_is_refused_before_anything_is_read(shard_folder):
    with pytest.raises(DataError, match="the raw files would be overwritten"):
        ShardJob(
            ShardFiles.of_config(SHARD, DATA, DATA / "results", DEFAULT),
            KindMaker(TABLE, "released", {}),
        )


# Frames that come and go


def test_a_shard_without_frames_is_unknown_until_something_was_made_of_it(shard_folder):
    assert not job_of().is_unknown
    for number in (1, 2):
        polygons_of(number).unlink()
    assert job_of().is_unknown
    write_frames(1)
    run()
    polygons_of(1).unlink()
    assert not job_of().is_unknown


def test_a_shard_of_which_nothing_could_be_made_may_go(shard_folder):
    polygons_of(2).unlink()
    polygons_of(1).write_text("{")
    run()
    assert manifest().header.problems
    polygons_of(1).unlink()
    assert not job_of().is_unknown
    run()
    assert not manifest().header.problems


@pytest.mark.parametrize("place", [lambda path: path, journal_path], ids=["manifest", "journal"])
def test_a_shard_is_known_by_what_was_noted_even_where_it_cannot_be_read(made, place):
    for number in (1, 2):
        polygons_of(number).unlink()
    path = files_of().manifest
    path.unlink()
    place(path).write_text("")
    assert not job_of().is_unknown
    run()
    assert manifest().rows == {}


def test_the_last_frames_take_pictures_and_panoptic_json_of_their_split_with_them(
    made, monkeypatch
):
    monkeypatch.setattr(files, "_listeners", [Recorder(RESULTS)])
    for suffix in ("", "_trainId"):
        write_atomic(RESULTS / f"gtFine/cityscapes_panoptic_val{suffix}.json", b"{}")
    for number in (1, 2):
        polygons_of(number).unlink()
    _, outcome = run()
    assert outcome.removed == 16
    assert not list(RESULTS.glob("gtFine/cityscapes_panoptic_*"))
    assert table("labels") == []


def test_pictures_of_another_city_keep_their_folder(made):
    other = RESULTS / "gtFine/cityscapes_panoptic_val/lindau_000000_000001_gtFine_panoptic.png"
    other.write_bytes(b"x")
    for number in (1, 2):
        polygons_of(number).unlink()
    run()
    assert other.exists()
    assert not (RESULTS / "gtFine/cityscapes_panoptic_val_trainId").exists()


# One frame alone


def test_one_frame_alone_leaves_the_manifest_to_the_next_job(made):
    before = files_of().manifest.read_bytes()
    write_frames(3)
    job = job_of(["labelIds"])
    assert job.has(name_of(3)) and not job.has(name_of(4))
    outcome = job.run(1, only=name_of(3))
    assert (outcome.written, list(outcome.rows)) == (2, [name_of(3)])
    assert files_of().manifest.read_bytes() == before
    assert journal_path(files_of().manifest).exists()
    assert run()[1].written == 6
    assert not journal_path(files_of().manifest).exists()


def test_the_depth_of_a_frame_needs_both_of_its_sources(shard_folder):
    shard = Shard("disparity", "val", "frankfurt")
    path = DATA / "disparity/val/frankfurt/frankfurt_000000_000001_disparity.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    files = ShardFiles.of_config(shard, DATA, RESULTS, ["depth"])
    frames, _ = files.frames(files.list_sources())
    assert frames[name_of(1)] == {
        "disparity": files.list_sources()["disparity"][0],
        "camera": None,
    }


def test_polygons_that_are_painted_again_are_the_same(made):
    before = contents()
    for path in list(contents()):
        (RESULTS / path).unlink()
    assert run()[1].written == 14
    assert contents() == before


def test_an_edit_of_one_frame_makes_that_one_again(made):
    before = contents()
    write_polygons(polygons_of(1), shift=9)
    assert run()[1].written == 8
    changed = {path for path, data in contents().items() if data != before[path]}
    assert changed and all(name_of(1) in path for path in changed)


def test_rows_of_earlier_manifests_are_of_no_use_once_there_is_one(made):
    known = Manifest(files_of().manifest)
    rows = dict(known.rows)
    takeover.add_rows(known, files_of(), job_of().job.items, TABLE, "released")
    assert known.rows == rows


def test_objects_without_area_are_left_out_and_told_where_asked_for(shard_folder):
    document = json.loads(polygons_of(1).read_text())
    sound = document["objects"]
    document["objects"] = [*sound, {"label": "car", "polygon": [[1, 1], [2, 2]]}]
    polygons_of(1).write_text(json.dumps(document))
    job, outcome = run()
    assert "`degenerate: skip` in the config leaves such objects out" in job.problems[0]
    skip = PolygonRules(skip_degenerate=True)
    job, outcome = run(rules=skip)
    assert job.problems == []
    line = f"object {len(sound)}: car: polygon has 2 points, at least 3 are needed"
    assert outcome.notices == [f"{polygons_of(1)}: left out: {line}"]
    assert run(rules=skip)[1].written == 0
    # What was made so is not taken for what is made without.
    assert len(run()[0].problems) == 1

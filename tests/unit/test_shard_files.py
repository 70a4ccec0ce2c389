"""The files of a shard on disk: which frames they tell, and the token that Snakemake compares."""

import os
import shutil
from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.ground_truth.kinds import derived_path
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_records import (
    check_written,
    city_of_manifest,
    manifest_path,
    table_path,
    written_files,
)
from cityscapes.ground_truth.shard_state import sources_of
from cityscapes.incremental.manifest import append_row
from cityscapes.incremental.state import following
from cityscapes.layout import Entry, Shard
from small_shard import (
    DATA,
    RESULTS,
    SHARD,
    files_of,
    made_path,
    manifest,
    name_of,
    polygons_of,
    run,
    token,
    write_frames,
)
from text_frames import edit_unseen, touch

DISPARITY = Shard("disparity", "val", "frankfurt")


@pytest.fixture
def made(shard_folder):
    """A shard of two frames of which everything was made."""
    run(state="first")
    return shard_folder


# Frames


def test_frames_are_those_of_the_polygon_files_in_order(shard_folder):
    write_frames(0)
    frames, problems = files_of().frames(files_of().list_sources())
    assert list(frames) == [name_of(0), name_of(1), name_of(2)]
    assert problems == []
    assert frames[name_of(1)]["polygons"].size == polygons_of(1).stat().st_size


@pytest.mark.parametrize("name", ["frame2890", "902541", "a b.c", "zürich_1", "_x"])
def test_what_comes_before_the_ending_is_the_name_of_a_frame(shard_folder, name):
    (DATA / SHARD.folder / f"{name}_gtFine_polygons.json").write_text("{}")
    frames, problems = files_of().frames(files_of().list_sources())
    assert frames.keys() == {name_of(1), name_of(2), name}
    assert problems == []


@pytest.mark.parametrize(
    "name",
    [
        "_gtFine_polygons.json",
        "a\tb_gtFine_polygons.json",
        "\udcff_gtFine_polygons.json",
        "frankfurt_000000_000003_gtCoarse_polygons.json",
        "frankfurt_000000_000003_gtFine_polygons (1).json",
    ],
)
def test_a_file_whose_name_is_of_no_frame_is_reported_or_no_polygon_file(shard_folder, name):
    (DATA / SHARD.folder / name).write_text("{}")
    frames, problems = files_of().frames(files_of().list_sources())
    assert list(frames) == [name_of(1), name_of(2)]
    assert len(problems) == name.endswith("_gtFine_polygons.json")
    for problem in problems:
        assert problem.startswith(f"data/gtFine/val/frankfurt/{name}: it is not the name of a")


def test_hidden_files_are_no_frames(shard_folder):
    shutil.copy(polygons_of(1), polygons_of(1).with_name(f"._{polygons_of(1).name}"))
    assert files_of().frames(files_of().list_sources())[1] == []


def test_sources_after_the_first_are_of_their_frames_or_missing(shard_folder):
    files = ShardFiles.of_config(DISPARITY, DATA, RESULTS, ["depth"])
    for name in (
        "disparity/val/frankfurt/frankfurt_000000_000001_disparity.png",
        "disparity/val/frankfurt/frankfurt_000000_000002_disparity.png",
        "camera/val/frankfurt/frankfurt_000000_000002_camera.json",
        "camera/val/frankfurt/frankfurt_000000_000003_camera.json",
    ):
        (DATA / name).parent.mkdir(parents=True, exist_ok=True)
        (DATA / name).write_text("")
    frames, problems = files.frames(files.list_sources())
    assert (files.source_names(), problems) == (["disparity", "camera"], [])
    assert {name: [*map(bool, sources.values())] for name, sources in frames.items()} == {
        name_of(1): [True, False],
        name_of(2): [True, True],
    }
    assert files.path_of(name_of(1), "camera") == Path(
        "data/camera/val/frankfurt/frankfurt_000000_000001_camera.json"
    )


def test_a_listing_that_is_known_already_is_taken(shard_folder):
    known = [Entry("x", 1, 2)]
    assert files_of().list_sources(known) == {"polygons": known}
    assert sources_of({"polygons": known}) != sources_of({"polygons": []})


def test_what_was_made_is_listed_without_files_of_others(made):
    for name in (
        "gtFine/val/frankfurt/notes.txt",
        "gtFine/cityscapes_panoptic_val/lindau_000000_000001_gtFine_panoptic.png",
    ):
        (RESULTS / name).write_text("")
    listed = files_of().list_made([name_of(1), name_of(2)])
    kinds = [kind.name for kind in files_of().kinds if kind.ending]
    paths = {str(made_path(n, kind).relative_to(RESULTS)) for n in (1, 2) for kind in kinds}
    assert listed.keys() == paths
    assert len(paths) == 16


def test_in_the_folder_of_all_cities_names_begin_with_the_city():
    shard = Shard("gtFine", "val", "119")
    for kind, path in (
        ("labelIds", "gtFine/val/119/902541_gtFine_labelIds.png"),
        ("panoptic", "gtFine/cityscapes_panoptic_val/119_902541_gtFine_panoptic.png"),
    ):
        assert derived_path(shard, "902541", kind) == path
    assert derived_path(shard, "119_1", "panoptic").endswith("/119_1_gtFine_panoptic.png")


@pytest.mark.parametrize(
    ("name", "city"),
    [
        ("st. gallen.jsonl", "st. gallen"),
        (".st. gallen.jsonl.journal", "st. gallen"),
        ("bonn.labels.tsv", "bonn"),
        (".bonn.labels.tsv.journal", "bonn"),
        ("notes.txt", ""),
    ],
)
def test_the_city_of_a_manifest(name, city):
    assert city_of_manifest(Path("results/manifests/gtFine/val") / name) == city


def test_paths_of_manifest_and_tables():
    assert manifest_path(RESULTS, SHARD) == Path("results/manifests/gtFine/val/frankfurt.jsonl")
    assert table_path(RESULTS, SHARD, "labels") == Path(
        "results/tables/gtFine/val/frankfurt.labels.tsv"
    )


# The token


def test_at_first_the_token_is_the_first_and_stays(shard_folder):
    assert token() == "first"
    run(state="first")
    assert token() == "first"


def touch_all():
    for path in (polygons_of(1), made_path(1, "labelIds"), made_path(2, "link")):
        touch(path)


def test_touched_files_leave_the_token(made):
    touch_all()
    assert token() == "first"


@pytest.mark.parametrize(
    "change",
    [
        lambda: write_frames(3),
        lambda: polygons_of(1).unlink(),
        lambda: polygons_of(1).write_text(polygons_of(1).read_text() + " "),
        lambda: made_path(1, "color").unlink(),
        lambda: made_path(1, "color").write_bytes(b"edited"),
        lambda: made_path(2, "link").unlink(),
        lambda: (DATA / SHARD.folder / "x_gtFine_polygons.json").write_text(""),
    ],
    ids=["frame added", "removed", "edited", "image gone", "edited", "link gone", "odd name"],
)
def test_every_change_moves_the_token_on_and_its_job_ends_that(made, change):
    change()
    asked = token()
    assert asked not in ("first", "")
    assert token() == asked
    job, _ = run(state=asked)
    if job.problems:
        assert token() not in ("first", asked)  # tried again each time
    else:
        assert token() == asked


def test_the_same_damage_twice_moves_the_token_on_twice(made):
    tokens = ["first"]
    for _ in range(3):
        made_path(1, "color").unlink()
        tokens.append(token())
        run(state=tokens[-1])
        assert token() == tokens[-1]
    assert len(set(tokens)) == 4


def test_a_damage_that_is_undone_brings_the_token_back(made):
    path = made_path(1, "color")
    path.rename("aside")
    assert token() != "first"
    Path("aside").rename(path)
    assert token() == "first"


def test_a_touched_image_of_other_content_moves_the_token_on(made):
    path = made_path(1, "color")
    edit_unseen(path, path.read_bytes()[::-1])
    assert token() == "first"  # as with every listing
    touch(path)
    assert token() != "first"


def test_a_bad_frame_moves_the_token_on_with_each_run(made):
    polygons_of(1).write_text("{")
    asked = token()
    run(state=asked)
    assert token() == token() != asked


def test_a_run_by_hand_keeps_the_token(made):
    write_frames(3)
    run()
    assert token() == "first"


def test_a_journal_with_touched_files_makes_a_job_look(made):
    touch_all()
    append_row(files_of().manifest, manifest().rows[name_of(1)])
    assert token() == following("first", _saved())


def test_a_damaged_manifest_with_touched_files_makes_a_job_look(made):
    path = files_of().manifest
    path.write_bytes(path.read_bytes()[:-9])
    assert token() == "first"
    touch_all()
    assert token() != "first"


def _saved():
    from cityscapes.files.whole import digest

    header = manifest().header
    return digest(header.sources, header.files)


# What tables tell


def test_a_table_says_the_content_of_each_image(made):
    table = table_path(RESULTS, SHARD, "labels")
    written = written_files(table, RESULTS, SHARD)
    assert set(written) == {
        made_path(number, kind)
        for number in (1, 2)
        for kind in ("labelIds", "instanceIds", "color")
    }
    for path, text in written.items():
        check_written(path, text)
        check_written(path, None)


def test_an_image_of_another_content_than_its_table_says_is_refused(made):
    path = made_path(1, "labelIds")
    written = written_files(table_path(RESULTS, SHARD, "labels"), RESULTS, SHARD)
    shutil.copy(made_path(2, "labelIds"), path)
    with pytest.raises(DataError, match=f"{path}: is not what was written there"):
        check_written(path, written[path])
    os.unlink(path)
    check_written(path, written[path])  # whoever reads it will say so

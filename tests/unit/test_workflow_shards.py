"""The shards of a dataset, what stands for each, and what prepare_all asks for."""

import os
import shutil
from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.files import whole
from cityscapes.incremental.manifest import Manifest
from cityscapes.incremental.outputs import Recorder
from cityscapes.incremental.ownership import identity
from cityscapes.layout import Shard
from cityscapes.workflow import may_write
from cityscapes.workflow.may_write import check_apart, check_free, image_source
from cityscapes.workflow.overview import Overview
from cityscapes.workflow.prepared import prepared_files
from cityscapes.workflow.release import Release
from cityscapes.workflow.shards import POLYGON_GROUPS
from small_shard import made_path, name_of, run
from tiny import FRAMES, write_released

FRANKFURT = Shard("gtFine", "val", "frankfurt")


def test_shards_are_the_cities_with_frames_of_types_and_splits_asked_for(shards):
    assert {shard.folder for shard in shards().raw} == FRAMES.keys()
    assert list(shards(types=["gtFine"], splits=["val"]).raw) == [
        FRANKFURT, Shard("gtFine", "val", "lindau"),
    ]  # fmt: skip


def test_a_dataset_without_frames_is_reported_and_may_be_none(shards):
    with pytest.raises(DataError, match="no frames found"):
        assert shards(dataset="data/camera").raw
    assert shards(dataset="data/camera").all_or_none() == {}


def test_a_dataset_of_images_alone_can_be_annotated(shards):
    Path("images/leftImg8bit/val/mine").mkdir(parents=True)
    with pytest.raises(DataError, match=r"found leftImg8bit\. Images .*/label_tool\.py annotates"):
        assert shards(dataset="images").raw


@pytest.mark.parametrize(
    "name", ["{}.jsonl", ".{}.jsonl.journal", "{}.labels.tsv", ".{}.labels.tsv.journal"]
)
def test_shards_of_which_there_are_only_results_are_known(shards, name):
    path = Path("results/manifests/gtFine/val", name.format("gone"))
    path.parent.mkdir(parents=True)
    path.write_text("")
    gone = Shard("gtFine", "val", "gone")
    assert shards().all[gone] == []
    assert gone not in shards().raw
    assert gone not in shards(splits=["train"]).all


@pytest.mark.parametrize(
    "name", ["evaluation/a/x.jsonl", "written/gtFine/x.json", "gtFine/val/notes.txt"]
)
def test_other_files_among_the_manifests_are_no_shards(shards, name):
    Path("results/manifests", name).parent.mkdir(parents=True)
    Path("results/manifests", name).write_text("")
    assert shards().all == shards().raw


@pytest.mark.parametrize("city", ["münchen", "new_york", "st. gallen", "283", "-rf"])
def test_any_folder_of_frames_is_a_city(shards, city):
    shutil.copytree("data/gtFine/val/lindau", f"data/gtFine/val/{city}")
    assert shards().odd_folders() == []
    assert len(shards().raw[Shard("gtFine", "val", city)]) == len(FRAMES["gtFine/val/lindau"])


@pytest.mark.parametrize("city", ["lindau {copy}", "lin\tdau", "lindau\udcff"])
def test_folders_that_cannot_be_named_like_a_city_are_reported(shards, city):
    shutil.copytree("data/gtFine/val/lindau", f"data/gtFine/val/{city}")
    assert shards().odd_folders() == [Path(f"data/gtFine/val/{city}")]
    assert len(shards().raw) == len(FRAMES)


def test_a_job_of_polygons_writes_the_tables_of_all_their_groups(shards):
    assert POLYGON_GROUPS == ("labels", "trainIds", "panoptic", "statistics", "exports")
    assert shards().tables(FRANKFURT) == [
        f"results/tables/gtFine/val/frankfurt.{group}.tsv" for group in POLYGON_GROUPS
    ]
    assert shards().tables(Shard("disparity", "val", "x")) == [
        "results/tables/disparity/val/x.depth.tsv"
    ]


def test_prepare_all_asks_for_tables_checked_splits_links_and_panoptic_files(asked):
    wanted = prepared_files(*asked(splits=["val"], kinds=["color", "panoptic"]))
    assert wanted == [
        "results/gtFine/cityscapes_panoptic_val.json",
        "results/tables/gtFine/val.labels.checked.tsv",
        *(
            f"results/tables/gtFine/val/{city}.{group}.tsv"
            for city in ("frankfurt", "lindau")
            for group in ("exports", "labels", "panoptic", "statistics", "trainIds")
        ),
        "results/tables/raw_links.tsv",
    ]


def test_recipes_name_the_kinds_of_their_type_alone(shards):
    of_kinds = shards(kinds=["color", "panoptic"], exports=["coco_panoptic"])
    assert set(of_kinds.recipe(FRANKFURT)) == {
        "color", "panoptic", "segments", "statistics", "panoptic_link",
    }  # fmt: skip
    assert set(of_kinds.recipe(Shard("gtCoarse", "val", "x"))) == {"color", "statistics"}


def test_recipes_change_with_the_fill_and_stay_else(shards):
    before = shards().recipe(FRANKFURT)
    assert shards().recipe(FRANKFURT) == before
    other = shards(fill="pillow").recipe(FRANKFURT)
    assert {name for name in before if other[name] == before[name]} == {"panoptic_link"}


def test_the_state_of_a_shard_is_that_of_its_files(shards):
    assert shards().state(FRANKFURT) == "first"
    run(state="first")
    assert shards().state(FRANKFURT) == "first"
    made_path(294, "color").unlink()
    assert shards().state(FRANKFURT) != "first"


def test_the_first_of_each_split_is_shown(asked):
    assert Overview(*asked(types=["gtFine"])).frames() == [
        "gtFine/train/aachen/aachen_000000_000019_gtFine",
        "gtFine/val/frankfurt/frankfurt_000000_000294_gtFine",
        "gtFine/test/berlin/berlin_000000_000019_gtFine",
    ]


def test_released_images_are_compared_shard_by_shard(asked):
    assert Release(*asked(splits=["val"])).tables() == [
        "results/checks/release_differences/gtFine/val/frankfurt.csv",
        "results/checks/release_differences/gtFine/val/lindau.csv",
    ]
    before = Release(*asked()).fingerprint(FRANKFURT)
    write_released(Path("data"))
    assert Release(*asked()).fingerprint(FRANKFURT) != before
    assert Release(*asked(kinds=["panoptic", "color"])).kinds() == ["color"]


# What may be written


def test_results_apart_from_the_dataset_are_fine(asked):
    check_apart(*asked())
    check_apart(*asked(dataset="not/there"))


@pytest.mark.parametrize(
    "place",
    [
        *("gtFine", "gtFine/val/frankfurt", "gtFine/cityscapes_panoptic_val", "checks", "tables"),
        *("manifests/gtFine", "manifests/written/checks", "tables/gtFine/val"),
        "unedited/tables/gtFine",
    ],
)
def test_folders_that_lead_elsewhere_are_refused(asked, place):
    where = Path("results", place)
    where.parent.mkdir(parents=True)
    where.symlink_to(os.path.abspath("data"))
    with pytest.raises(DataError, match=f"{where} is a link to"):
        check_apart(*asked())


@pytest.mark.parametrize("folder", ["logs", "benchmarks"])
def test_logs_are_not_written_into_the_dataset(asked, folder, tmp_path):
    Path(folder).symlink_to(os.path.abspath("data/gtFine"))
    with pytest.raises(DataError, match=f"the folder {folder} .* lies in the dataset"):
        check_apart(*asked())
    Path(folder).unlink()
    elsewhere = tmp_path / "on another disk"
    elsewhere.mkdir()
    Path(folder).symlink_to(elsewhere)
    check_apart(*asked())


def test_reports_are_not_written_where_a_folder_leads_elsewhere(asked, monkeypatch):
    settings, _ = asked()
    report = "results/statistics/gtFine_val/classes.csv"
    check_free(settings, [report, "elsewhere.txt"])
    Path(report).parent.mkdir(parents=True)
    check_free(settings, [report])
    folders = {identity(Path("results/statistics")): Path("data/gtFine")}
    with monkeypatch.context() as patch:
        patch.setattr(may_write, "dataset_folders", lambda root: folders)
        with pytest.raises(DataError, match="results/statistics is the folder data/gtFine of the"):
            check_free(settings, [report])
    Path(report).parent.rmdir()
    Path(report).parent.symlink_to(os.path.abspath("data/gtFine/val"))
    with pytest.raises(DataError, match="results/statistics/gtFine_val is a link to"):
        check_free(settings, [report])


def test_reports_of_unedited_files_have_records_of_their_own(asked, monkeypatch):
    settings, _ = asked()
    paths = [Path("results/unedited/checks/a.csv"), Path("results/checks/a.csv")]
    for path, root in zip(paths, ("results/unedited", "results"), strict=True):
        path.parent.mkdir(parents=True)
        monkeypatch.setattr(whole, "_listeners", [Recorder(Path(root))])
        whole.write_atomic(path, b"ours")
    check_free(settings, map(str, paths))
    other = paths[0].with_name("b.csv")
    other.write_text("somebody's")
    with pytest.raises(DataError, match=r"unedited/checks/b\.csv"):
        check_free(settings, map(str, [*paths, other]))


def test_results_in_the_dataset_are_refused(asked):
    with pytest.raises(DataError, match="the raw files would be overwritten"):
        check_apart(*asked(dataset="."))


def test_one_image_may_be_made_where_nothing_or_ours_lies(asked):
    frame = name_of(294)
    raw = f"data/gtFine/val/frankfurt/{frame}_gtFine_polygons.json"
    assert image_source(*asked(), FRANKFURT, frame, "color") == raw
    run()
    assert image_source(*asked(), FRANKFURT, frame, "color") == raw
    made_path(294, "color").write_bytes(b"edited")
    with pytest.raises(DataError, match="was not made by this workflow"):
        image_source(*asked(), FRANKFURT, frame, "color")


def test_a_manifest_of_a_shard_is_where_its_job_writes_it(shards):
    run()
    path = shards().files(FRANKFURT).manifest
    assert Manifest(path).rows.keys() == {name_of(n) for n in FRAMES[FRANKFURT.folder]}


def test_raw_files_are_listed_once_unless_that_is_forgotten(shards):
    known = shards()
    before = len(known.all)
    shutil.copytree("data/gtFine/val/lindau", "data/gtFine/val/bonn")
    assert len(known.all) == before
    known.forget()
    assert len(known.all) == before + 1

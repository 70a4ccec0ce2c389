"""Exports by the workflow: made, incremental, private files left alone, and removed."""

import json

import pytest

from small_project import (
    SHARDS,
    VAL,
    configure,
    contents_below,
    copy,
    edit_polygons,
    fail,
    make_project,
    nothing_more,
    times_of_images,
)
from tiny import changed, frame_name, polygons_path, succeed

INSTANCES = "annotations/instancesonly_filtered_gtFine_val.json"
PANOPTIC = "annotations/panoptic_val.json"
LIST = "exports/file_lists/gtFine/hrnet/val.lst"
WEIGHTS = "exports/class_weights/gtFine_val.json"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports") / "project"
    make_project(folder)
    succeed(folder, "export_all")
    nothing_more(folder, "export_all")
    return folder


@pytest.fixture
def project(finished, tmp_path):
    return copy(finished, tmp_path / "project")


def read(project, path):
    return json.loads((project / "results" / path).read_text())


def test_all_exports_of_the_config_are_made(finished):
    images = read(finished, INSTANCES)["images"]
    assert [image["file_name"].split("/")[0] for image in images] == ["frankfurt"] * 2 + ["lindau"]
    for image in read(finished, PANOPTIC)["images"]:
        assert (finished / "results/annotations/panoptic_val" / image["file_name"]).is_file()
    listed = (finished / "results" / LIST).read_text().splitlines()
    assert all((finished / "results" / line.split("\t")[1]).is_file() for line in listed)
    assert read(finished, WEIGHTS)["images"] == 3


def test_an_edit_makes_again_what_shows_it(project):
    before = times_of_images(project, exports=True)
    edit_polygons(polygons_path(project / "data", VAL, 294))
    succeed(project, "export_all")
    name = frame_name(VAL, 294)
    made = changed(before, times_of_images(project, exports=True))
    frames = {path for path in made if path.startswith("gtFine/val")}
    assert frames and all(name in path for path in frames)
    assert {WEIGHTS, PANOPTIC} <= made
    assert not [path for path in made if path.startswith("annotations/panoptic_val/")]
    nothing_more(project, "export_all")


def test_a_file_of_the_users_own_stops_the_run_and_stays(project):
    succeed(project, "clean")
    mine = project / "results" / INSTANCES
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    assert f"results/{INSTANCES}" in fail(project, "export_coco_instances")
    assert mine.read_text() == "mine"


def test_clean_removes_exports_and_nothing_else(project):
    mine = project / "results/exports/mine.txt"
    mine.write_text("mine")
    before = contents_below(project / "data")
    succeed(project, "clean")
    left = [path for path in (project / "results").rglob("*") if not path.is_dir()]
    assert left == [mine]
    assert contents_below(project / "data") == before


def test_one_export_is_made_by_name_or_refused(project):
    succeed(project, "clean")
    succeed(project, "export_file_lists")
    assert (project / "results" / LIST).is_file()
    assert (
        not (project / "results/annotations").is_dir()
        or not (project / "results" / INSTANCES).exists()
    )
    configure(project, kinds=["labelIds"])
    assert "export coco_panoptic needs files that are not made: name panoptic in" in fail(
        project, "export_coco_panoptic"
    )
    configure(project, file_lists={"mine": {"files": {"val": "v.txt"}, "line": "{colour}"}})
    assert "file_lists: mine: '{colour}': {colour} is not one of" in fail(project, "export_all")


def test_cocos_protocol_scores_instance_sets_against_the_export(project):
    (project / "masks").mkdir()
    for shard, numbers in SHARDS.items():
        for number in numbers:
            (project / f"masks/{frame_name(shard, number)}.txt").write_text("")
    configure(project, {"masks": {"task": "instance", "path": "masks"}})
    succeed(project, "evaluate_coco")
    lines = (project / "results/evaluation/masks/coco.csv").read_text().splitlines()
    assert lines[0] == "kind,metric,value"
    assert [line.split(",")[:2] for line in lines[1::12]] == [["mask", "AP"], ["box", "AP"]]
    configure(project, {"masks": {"task": "instance", "path": "masks"}}, exports=["file_lists"])
    (project / "results/evaluation/masks/coco.csv").unlink()
    assert "name coco_instances in `exports` of the config" in fail(project, "evaluate_coco")

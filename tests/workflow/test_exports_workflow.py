"""Exports by the workflow: made, incremental, private files left alone, and removed."""

import json
import shutil

import pytest

from cityscapes.exports.registry import EXPORTS as REGISTRY
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
from tiny import CLONE, changed, frame_name, polygons_path, succeed, write_polygons

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


# One of the files that each export writes of a split or a city, and of all splits.
WRITTEN = (
    INSTANCES, PANOPTIC, LIST, WEIGHTS.replace(".json", ".csv"),
    "exports/coco_polygons/instancesonly_filtered_gtFine_val.json",
    "exports/cvat/gtFine/val/frankfurt.xml",
    "exports/labelme/gtFine/val.txt", "exports/voc/ImageSets/Main/val.txt",
    "exports/huggingface/val/metadata.jsonl", "exports/huggingface/class_info.json",
    "exports/yolo/cityscapes.yaml", "exports/yolo_semantic/cityscapes.yaml",
)  # fmt: skip
# One of the files that are made of each frame.
OF_FRAMES = {
    name: f"exports/{path}".format(frame="lindau_000000_000019")
    for name, path in {
        "yolo": "yolo/labels/val/lindau/{frame}_leftImg8bit.txt",
        "yolo_like_detectron": "yolo_like_detectron/labels/val/lindau/{frame}_leftImg8bit.txt",
        "voc": "voc/Annotations/{frame}_leftImg8bit.xml",
        "labelme": "labelme/gtFine/val/lindau/{frame}_leftImg8bit.json",
    }.items()
}
BY_NAME = [export.name for export in REGISTRY.values() if not export.default]


@pytest.fixture(scope="module")
def finished_by_name(tmp_path_factory):
    """The same with all exports."""
    folder = tmp_path_factory.mktemp("exports_by_name") / "project"
    make_project(folder)
    configure(folder, exports=[*REGISTRY])
    succeed(folder, "export_all")
    return folder


@pytest.fixture
def named(finished_by_name, tmp_path):
    return copy(finished_by_name, tmp_path / "project")


def files_of(project):
    """Path -> content, or where a link leads, of all exports."""
    found = contents_below(project / "results")
    return {path: what for path, what in found.items() if path.startswith(("annot", "exports"))}


def test_what_was_damaged_is_made_again_and_then_nothing_more(named):
    before = files_of(named)
    for path in (*WRITTEN, *OF_FRAMES.values()):
        file = named / "results" / path
        file.write_bytes(file.read_bytes() + b" ")
    (named / "results" / WEIGHTS).write_text("{")
    output = succeed(named, "export_all")
    assert files_of(named) == before
    assert f"results/{INSTANCES} was changed since it was made" in output
    nothing_more(named, "export_all")


@pytest.mark.parametrize("again", range(2))
def test_the_same_damage_is_noticed_each_time(project, again):
    file = project / "results" / INSTANCES
    whole = file.read_bytes()
    for _ in range(1 + again):
        file.write_bytes(whole[:-2])
        succeed(project, "export_coco_instances")
        assert file.read_bytes() == whole
    nothing_more(project, "export_coco_instances")


def test_exports_by_name_follow_an_edit_frame_by_frame(named):
    targets = [f"export_{name}" for name in BY_NAME]
    nothing_more(named, *targets)
    before = times_of_images(named, exports=True)
    edit_polygons(polygons_path(named / "data", "gtFine/val/lindau", 19))
    shift_cars(polygons_path(named / "data", "gtFine/val/lindau", 19))
    succeed(named, *targets)
    made = changed(before, times_of_images(named, exports=True))
    of_frames = {path for path in made if "_000000_" in path}
    assert {*OF_FRAMES.values()} <= of_frames
    assert all("lindau_000000_000019" in path for path in of_frames)
    assert "exports/cvat/gtFine/val/lindau.xml" in made
    assert "exports/cvat/gtFine/val/frankfurt.xml" not in made
    nothing_more(named, *targets)


def shift_cars(path):
    data = json.loads(path.read_text())
    for one in data["objects"]:
        if one["label"] == "car":
            one["polygon"] = [[x + 1, y] for x, y in one["polygon"]]
    path.write_text(json.dumps(data))


def test_exports_by_name_follow_the_label_table(named):
    table = (CLONE / "config/labels.csv").read_text()
    edited = table.replace("car,26,13,vehicle,7,1,0", "car,26,13,vehicle,7,1,1")
    assert edited != table
    before = files_of(named)
    (named / "config/labels.csv").write_text(edited)
    targets = [f"export_{name}" for name in BY_NAME]
    succeed(named, *targets)
    after = files_of(named)
    assert OF_FRAMES["yolo"] in changed(before, after)
    assert OF_FRAMES["voc"] in changed(before, after)
    assert OF_FRAMES["labelme"] not in changed(before, after)
    assert after[OF_FRAMES["yolo"]] == ("file", b"")
    assert b"car" not in after["exports/yolo/cityscapes.yaml"][1]
    nothing_more(named, *targets)
    (named / "config/labels.csv").unlink()
    succeed(named, "export_all")
    assert files_of(named) == before


def test_an_export_that_was_not_asked_for_meanwhile_follows_what_was_edited(named):
    configure(named, exports=["file_lists"])
    shift_cars(polygons_path(named / "data", "gtFine/val/lindau", 19))
    before = files_of(named)
    succeed(named, "export_all")
    assert "name yolo in `exports` of the config" in fail(named, "export_yolo")
    configure(named, exports=[*REGISTRY])
    succeed(named, "export_all")
    made = {path for path in changed(before, files_of(named)) if "_000000_" in path}
    assert made == {*OF_FRAMES.values()}


def test_what_tells_of_a_city_or_a_split_goes_with_its_last_frame(tmp_path):
    make_project(tmp_path)
    write_polygons(polygons_path(tmp_path / "data", "gtFine/train/aachen", 19))
    configure(tmp_path, splits=["train", "val"], exports=[*REGISTRY])
    succeed(tmp_path, "export_all")
    mine = "exports/cvat/gtFine/val/frankfurt.xml"
    for city in ("lindau", "frankfurt"):
        shutil.rmtree(tmp_path / "data/gtFine/val" / city)
        output = succeed(tmp_path, "prepare_all", "export_all")
        left = {path for path, what in files_of(tmp_path).items() if what[0] != "folder"} - {mine}
        assert not [path for path in left if city in path]
        assert (INSTANCES in left) == (LIST in left) == (city == "lindau")
        (tmp_path / "results" / mine).write_text("edited")
    assert not [path for path in left if "val" in path.removesuffix("/trainval.lst")]
    assert "exports/file_lists/gtFine/hrnet/trainval.lst" in left
    assert (tmp_path / "results" / mine).read_text() == "edited"
    assert "frankfurt.xml stays: it tells of frames that are gone, but it was changed" in output
    nothing_more(tmp_path, "prepare_all", "export_all")


def test_clean_removes_exports_by_name_but_what_others_put_beside_them(named):
    mine = [
        named / "results/exports/yolo/labels/val.cache",
        named / "results/exports/voc/mine.xml",
        named / "results" / OF_FRAMES["yolo"],
    ]
    for path in mine:
        path.write_text("mine")
    succeed(named, "clean")
    left = [path for path in (named / "results").rglob("*") if not path.is_dir()]
    assert sorted(left) == sorted(mine)


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
    assert lines[0] == "kind,metric,value,frames"
    assert [line.split(",")[:2] for line in lines[1::12]] == [["mask", "AP"], ["box", "AP"]]
    configure(project, {"masks": {"task": "instance", "path": "masks"}}, exports=["file_lists"])
    (project / "results/evaluation/masks/coco.csv").unlink()
    assert "name coco_instances in `exports` of the config" in fail(project, "evaluate_coco")

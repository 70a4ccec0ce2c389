"""Which files are predictions of what: by name, in the config and in a folder of results."""

import re
from pathlib import Path

import pytest
import yaml
from PIL import Image

from cityscapes.errors import DataError
from cityscapes.evaluation.frame_names import frame_in
from cityscapes.evaluation.sets import (
    PredictionSet,
    check_set_name,
    check_settings,
    files_of_frames,
    raw_shards,
    sets_of_results_folder,
)
from cityscapes.files.config_paths import config_path
from cityscapes.layout import Shard
from pictures import TABLE
from prediction_files import find, nothing_found

SCHEMA = yaml.safe_load((Path(__file__).parents[2] / "config/schema.yaml").read_text())
PATTERN = SCHEMA["properties"]["predictions"]["propertyNames"]["pattern"]


def touch(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


@pytest.mark.parametrize("name", ["a", "7", "my_network-2.1", "a" * 100, "csv", "tsv.x"])
def test_names_of_sets(name):
    check_set_name(name)
    assert re.search(PATTERN, name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "a" * 101, "comparison.csv", "COMPARISON.CSV", "a.files.tsv", "{set}", "a\n"),
        *("a\nb", "a/b", "..", ".a", "-rf", "_a", "a b", "\u00e4", "a\0", "a\x1b"),
    ],
)
def test_names_that_no_set_can_have(name):
    with pytest.raises(DataError, match="the name of a prediction set is '"):
        check_set_name(name)
    assert not re.search(PATTERN, name)


def test_what_a_folder_of_results_holds(tmp_path):
    touch(
        tmp_path,
        "cityscapes_panoptic_val.json",
        "cityscapes_panoptic_val/bonn_000000_000019_pred.png",
        "deep/cityscapes_panoptic_train_trainId.json",
        "deep/ulm_000000_000019.png",
        "other.json",
    )
    assert sets_of_results_folder(tmp_path) == [
        PredictionSet("pixel", "pixel", tmp_path, encoding="ids"),
        PredictionSet(
            "cityscapes_panoptic_val",
            "panoptic",
            tmp_path / "cityscapes_panoptic_val.json",
            "val",
            "ids",
        ),
        PredictionSet(
            "cityscapes_panoptic_train_trainId",
            "panoptic",
            tmp_path / "deep/cityscapes_panoptic_train_trainId.json",
            "train",
            "trainIds",
        ),
    ]
    touch(tmp_path, "ulm_000000_000019.txt")
    assert sets_of_results_folder(tmp_path)[0].task == "instance"


def test_two_panoptic_files_of_one_name_are_both_named(tmp_path):
    names = ["a/cityscapes_panoptic_val.json", "b/cityscapes_panoptic_val.json"]
    touch(tmp_path, *names, "cityscapes_panoptic_mine.json")
    with pytest.raises(DataError) as caught:
        sets_of_results_folder(tmp_path)
    assert all(str(tmp_path / name) in str(caught.value) for name in names)
    assert "cityscapes_panoptic_mine.json is of no split: right are train, val, test" in str(
        caught.value
    )


def pixel_set(root, **options):
    return PredictionSet("p", "pixel", root, **options)


def test_files_belong_to_the_frame_that_their_name_begins_with(tmp_path):
    touch(tmp_path, "a/bonn_000000_000019_pred.png", "new_york_000000_000001.png", "x.png")
    frames = ["bonn_000000_000019", "new_york_000000_000001"]
    found, problems, *_ = files_of_frames(pixel_set(tmp_path), frames)
    assert found == {
        frames[0]: tmp_path / "a/bonn_000000_000019_pred.png",
        frames[1]: tmp_path / "new_york_000000_000001.png",
    }
    assert not problems


def test_what_is_missing_doubled_or_unexpected(tmp_path):
    touch(tmp_path, "a_000000_000001.png", "a_000000_000001_color.png", "a_000000_000002.png")
    touch(tmp_path, "b_000000_000003.png", "val_c_000000_000004.png", "c_000000_0000045.png")
    frames = [f"{city}_000000_00000{number}" for city, number in ("a1", "a2", "c4", "d5")]
    found, problems, *_ = files_of_frames(pixel_set(tmp_path), frames)
    assert list(found) == ["a_000000_000002", "c_000000_000004"]
    assert problems == [
        f"{tmp_path}/b_000000_000003.png: unexpected: b_000000_000003 is no frame of val",
        f"a_000000_000001: 2 files: {tmp_path}/a_000000_000001.png, "
        f"{tmp_path}/a_000000_000001_color.png: take all but one away",
        f"d_000000_000005: missing: no file of this frame (*.png or *.npy) below {tmp_path}",
    ]
    found, problems, *_ = files_of_frames(pixel_set(tmp_path, allow_missing=True), frames)
    assert [problem.split(":")[0] for problem in problems] == ["a_000000_000001"]
    # Where there is nothing at all, the reasons are given.
    found, problems, *_ = files_of_frames(pixel_set(tmp_path, allow_missing=True), frames[3:])
    assert not found
    assert sum(": missing: " in problem for problem in problems) == 1


def test_where_no_file_is_of_a_frame_one_is_named(tmp_path):
    frames = ["a_000000_000001", "a_000000_000002"]
    *_, said = files_of_frames(pixel_set(tmp_path), frames).problems
    assert said == f"{tmp_path} holds 0 files"
    touch(tmp_path, "a/a_000000_000001.PNG", "a/a_000000_000002.jpg")
    problems = files_of_frames(pixel_set(tmp_path), frames).problems
    assert len(problems) == 3
    assert problems[-1] == f"{tmp_path} holds 2 files, such as 'a_000000_000001.PNG'"
    touch(tmp_path, "a_000000_000001.png")
    assert len(files_of_frames(pixel_set(tmp_path), frames).problems) == 1


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("val_bonn_000000_000019.png", "bonn_000000_000019"),
        ("pred-bonn_000000_000019-final.v2.npy", "bonn_000000_000019"),
        ("x/new_york_000000_000001_leftImg8bit.png", "new_york_000000_000001"),
        ("ft_new_york_000000_000001.png", "new_york_000000_000001"),
        ("york_000000_000001.png", None),
        ("bonn_000000_0000191.png", None),
        ("abonn_000000_000019.png", None),
        ("pred_0042.png", "0042"),
        ("0042/leftImg8bit.png", None),
    ],
)
def test_names_may_have_any_prefix_and_suffix(name, frame):
    frames = ["bonn_000000_000019", "new_york_000000_000001", "0042", "19"]
    assert frame_in(name, frames) == frame


def test_a_file_that_begins_with_the_frame_is_preferred_to_one_that_holds_it(tmp_path):
    touch(tmp_path, "a_000000_000001.png", "overlay_a_000000_000001.png")
    found, problems, *_ = files_of_frames(pixel_set(tmp_path), ["a_000000_000001"])
    assert (found, problems) == ({"a_000000_000001": tmp_path / "a_000000_000001.png"}, [])


def test_doubled_files_are_listed_with_what_tells_them_apart(tmp_path):
    names = {"a_000000_000001.png": "L", "a_000000_000001_color.png": "RGBA"}
    for name, mode in names.items():
        Image.new(mode, (2, 2)).save(tmp_path / name)
    touch(tmp_path, "a_000000_000001.npy")
    _, (problem,), *_ = find(pixel_set(tmp_path), ["a_000000_000001"], TABLE)
    assert problem == (
        f"a_000000_000001: 3 files: {tmp_path}/a_000000_000001.npy, "
        f"{tmp_path}/a_000000_000001.png (8-bit grey), "
        f"{tmp_path}/a_000000_000001_color.png (8-bit RGBA): take all but one away"
    )


@pytest.mark.parametrize(
    ("task", "settings", "message"),
    [
        ("instance", {"encoding": "colors", "void": (1,)}, "no setting void, encoding: colors"),
        ("boxes3d", {"classes": ("car",)}, "the task boxes3d has no setting classes"),
        ("panoptic", {"resize": "nearest"}, "the task panoptic has no setting resize"),
        ("pixel", {"images": Path("a.json")}, "the task pixel has no setting images"),
        ("pixel", {"encoding": "colors", "void": (1,), "resize": "nearest"}, ""),
    ],
)
def test_settings_that_a_task_does_not_have_are_refused(task, settings, message):
    one = PredictionSet("mine", task, Path("x"), **settings)
    if not message:
        check_settings(one)
        return
    with pytest.raises(DataError, match=f"prediction set mine: .*{message}"):
        check_settings(one)


def test_where_nothing_is_predicted_the_reasons_are_given(tmp_path):
    path = tmp_path / "results.json"
    path.write_text(
        '[{"image_id": "bonn_leftImg8bit.png", "category_id": 26, "score": 1, '
        '"segmentation": []}, {"image_id": "bonn_000000_000019"}]'
    )
    asked = PredictionSet("p", "instance", path)
    found, problems, *_ = find(asked, ["bonn_000000_000019"], TABLE)
    assert not found
    assert [problem.partition(": ")[2] for problem in problems] == [
        'entry 0: image_id "bonn_leftImg8bit.png" is not a frame that is evaluated; '
        "<city>_<sequence>_<frame> is wanted",
        "entry 1: no category_id, score, segmentation",
    ]
    frames = [f"bonn_{number:06d}_000019" for number in range(150)]
    touch(tmp_path, "pixels/ulm_000000_000019.png")
    _, problems, *_ = find(pixel_set(tmp_path / "pixels"), frames, TABLE)
    first, second, third, *_, last = nothing_found(frames, "val", problems).splitlines()
    assert first == "none of the 150 frames of val is predicted"
    assert second.endswith("unexpected: ulm_000000_000019 is no frame of val")
    assert third.startswith("  bonn_000000_000019: missing: ")
    assert last == "  and 51 more"


@pytest.mark.parametrize("allow_missing", [True, False])
def test_panoptic_files_of_other_frames_say_so(tmp_path, allow_missing):
    path = tmp_path / "p.json"
    path.write_text(
        '{"annotations": [{"image_id": "y_leftImg8bit", "file_name": "y", "segments_info": []}]}'
    )
    asked = PredictionSet("p", "panoptic", path, allow_missing=allow_missing)
    found, problems, *_ = find(asked, ["x"], TABLE)
    assert not found
    assert problems == [
        f"{path}: missing: image x",
        f"{path}: unexpected: image y_leftImg8bit is no frame of val",
    ]


def test_paths_of_the_config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    assert config_path("a/../b") == "a/../b"
    assert config_path("./a") == "a"
    assert config_path("~/a") == "/home/me/a"
    assert config_path("-rf/a") == f"{tmp_path}/-rf/a"
    assert config_path("./-rf") == f"{tmp_path}/-rf"
    with pytest.raises(DataError, match="no path can contain NUL"):
        config_path("a\0b")


def test_a_results_folder_may_hold_vehicles(tmp_path):
    (tmp_path / "predBbox3d").mkdir()
    (found,) = sets_of_results_folder(tmp_path)
    assert (found.name, found.task, found.path) == ("boxes3d", "boxes3d", tmp_path / "predBbox3d")


def test_frames_of_a_raw_type_are_those_that_have_a_file_of_it(tmp_path):
    folder = tmp_path / "gtBbox3d/val/ulm"
    folder.mkdir(parents=True)
    for name in ("ulm_000000_000019", "ulm_000001_000019"):
        (folder / f"{name}_gtBbox3d.json").touch()
    (folder / "ulm_000002_000019_other.json").touch()
    shard = Shard("gtBbox3d", "val", "ulm")
    assert raw_shards(tmp_path, "gtBbox3d", "val") == {
        shard: ["ulm_000000_000019", "ulm_000001_000019"]
    }
    assert raw_shards(tmp_path, "gtBbox3d", "train") == {}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"classes": ("car",)}, "has no setting classes$"),
        ({"images": Path("x.json")}, "has no setting images$"),
        ({"metrics": ("boundary_f",)}, "has no setting metrics: boundary_f$"),
    ],
)
def test_settings_that_mean_nothing_for_boxes_are_refused(setting, message):
    with pytest.raises(DataError, match=message):
        check_settings(PredictionSet("mine", "boxes3d", Path("mine"), **setting))

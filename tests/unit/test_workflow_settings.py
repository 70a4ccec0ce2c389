"""Where the dataset, its packages and the label table come from, and what is to be made."""

import os
from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.files.tables import write_table
from config_defaults import filled, settings_of
from tiny import CLONE

SAMPLE_DATASET = "resources/sample/dataset"
PACKAGES_DATASET = "resources/cityscapes/dataset"


def test_defaults_are_those_of_the_schema():
    config = filled({"checks": {"parquet": True}, "predictions": {"a": {"task": "pixel"}}})
    assert config["checks"]["image_size"] == [2048, 1024]
    assert config["checks"]["parquet"] is True
    assert config["predictions"]["a"] == {
        "task": "pixel", "split": "val", "encoding": "auto", "allow_missing": False,
        "void": [], "classes": [], "images": "", "resize": "", "metrics": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("config", "environment", "dataset"),
    [
        ({}, {}, SAMPLE_DATASET),
        ({"packages": ["gtCoarse"]}, {}, PACKAGES_DATASET),
        ({"dataset": "/data/cs"}, {}, "/data/cs"),
        ({}, {"CITYSCAPES_DATASET": "/data/cs"}, "/data/cs"),
        ({"dataset": "mine"}, {"CITYSCAPES_DATASET": "/data/cs"}, "mine"),
        ({"dataset": "mine", "packages": ["gtCoarse"]}, {}, "mine"),
        ({}, {"CITYSCAPES_DATASET": ""}, SAMPLE_DATASET),
        ({"dataset": "mine//deeper/../"}, {}, "mine"),
        ({"dataset": "~/cs"}, {}, os.path.expanduser("~/cs")),
    ],
)
def test_the_dataset_is_of_the_config_the_environment_packages_or_the_sample(
    config, environment, dataset
):
    settings = settings_of(environment, **config)
    assert settings.dataset == dataset
    assert settings.is_sample == (dataset == SAMPLE_DATASET)
    assert settings.source == ("cityscapes" if "packages" in config else "sample")


def test_a_dataset_that_looks_like_a_flag_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings_of(dataset="-rf").dataset == f"{tmp_path}/-rf"


def test_a_path_with_nul_is_refused():
    with pytest.raises(DataError, match="no path can contain NUL"):
        assert settings_of(dataset="a\0b").dataset


def test_packages_are_named_with_or_without_zip_and_each_once():
    settings = settings_of(packages=["gtCoarse.zip", "gtCoarse", "gtFine_trainvaltest"])
    assert settings.packages == ["gtCoarse", "gtFine_trainvaltest"]


def test_unknown_packages_are_listed():
    with pytest.raises(DataError, match=r"unknown: nonsense, .*gtCorse \(did you mean gtCoarse"):
        assert settings_of(packages=["nonsense", "gtCorse"]).packages


def test_the_label_table_is_of_the_working_directory_else_of_the_clone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings_of().labels == str(CLONE / "config/labels.csv")
    Path("config").mkdir()
    Path("config/labels.csv").write_bytes((CLONE / "config/labels.csv").read_bytes())
    assert settings_of().labels == "config/labels.csv"
    assert len(list(settings_of().table)) == 35


def test_a_wrong_label_table_is_reported(tmp_path):
    (tmp_path / "labels.csv").write_text("nonsense\n")
    with pytest.raises(DataError, match=r"labels\.csv"):
        assert settings_of(labels=str(tmp_path / "labels.csv")).table


def test_types_are_those_asked_for_and_what_kinds_need():
    assert settings_of().types == {
        "gtFine": ("_gtFine_polygons.json", "_gtFine_labelIds.png"),
        "gtCoarse": ("_gtCoarse_polygons.json", "_gtCoarse_labelIds.png"),
    }  # fmt: skip
    assert settings_of(types=["gtCoarse"]).types.keys() == {"gtCoarse"}
    with_depth = settings_of(types=["gtFine"], kinds=["labelIds", "depth"]).types
    assert list(with_depth) == ["gtFine", "disparity"]
    assert with_depth["disparity"] == ("_disparity.png",)


def test_kinds_of_a_group_are_those_asked_for():
    settings = settings_of(kinds=["panoptic_trainId", "color"])
    assert settings.kinds_of_group("panoptic") == ["panoptic_trainId"]
    assert settings.kinds_of_group("trainIds") == []


def made_from(name):
    path = Path("results/manifests/raw_links.tsv")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(path, ["type"], [], dataset=name.replace(" ", "%20"))


@pytest.mark.parametrize(
    ("before", "config", "refused"),
    [
        (SAMPLE_DATASET, {}, False),
        ("/data/my%20cs", {"dataset": "/data/other"}, False),
        (SAMPLE_DATASET, {"dataset": "/data/cs"}, True),
        ("/data/my cs", {}, True),
        (PACKAGES_DATASET, {}, True),
    ],
)
def test_the_sample_and_datasets_are_never_mixed(tmp_path, monkeypatch, before, config, refused):
    monkeypatch.chdir(tmp_path)
    settings_of(**config).check_one_dataset()  # nothing was made yet
    made_from(before)
    if not refused:
        settings_of(**config).check_one_dataset()
        return
    with pytest.raises(DataError) as error:
        settings_of(**config).check_one_dataset()
    names = {SAMPLE_DATASET: "the sample", PACKAGES_DATASET: "the packages of the config"}
    assert f"results/ was made from {names.get(before, before)}, and" in str(error.value)

"""The cities that are checked, and the params of the rules that check them."""

from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.incremental.manifest import Header, Manifest
from cityscapes.workflow.checks import Checks
from cityscapes.workflow.shards import Shards
from cityscapes.workflow.submissions import Submissions
from config_defaults import settings_of
from text_frames import touch
from tiny import make_dataset


@pytest.fixture
def checks(tmp_path, monkeypatch):
    """Makes the checks of a small dataset, as a run with this config does."""
    monkeypatch.chdir(tmp_path)
    make_dataset(Path("data"))
    return lambda **config: Checks(settings_of(dataset="data", **config))


def test_all_cities_with_raw_files_of_any_type_are_checked(checks):
    assert checks().cities == [
        ("train", "aachen"), ("val", "frankfurt"), ("val", "lindau"), ("test", "berlin"),
        ("train_extra", "bad-honnef"),
    ]  # fmt: skip
    assert checks(splits=["val"]).tables() == [
        "results/tables/checks/val/frankfurt.tsv", "results/tables/checks/val/lindau.tsv",
    ]  # fmt: skip
    assert checks(types=["gtFine"], splits=["train_extra"]).cities == []


def test_frames_are_counted_over_all_types(checks):
    assert checks().frames_in("val", "frankfurt") == 3
    assert checks().all_frames() == 9


def test_the_token_changes_with_any_raw_file_and_stays_else(checks):
    before = checks().token("val", "frankfurt")
    assert checks().token("val", "frankfurt") == before
    touch(next(Path("data/leftImg8bit/val/frankfurt").iterdir()))
    changed = checks().token("val", "frankfurt")
    assert changed != before
    Path("data/camera/val/frankfurt/frankfurt_000000_000294_camera.json").write_text("{}")
    assert checks().token("val", "frankfurt") not in (before, changed)
    assert checks().token("val", "lindau") == checks().token("val", "lindau")


def test_the_token_changes_each_time_while_files_could_not_be_read(checks):
    Manifest(Path("results/manifests/checks/val/lindau.jsonl")).save(
        [], Header(problems=("lindau_…",))
    )
    assert checks().token("val", "lindau") != checks().token("val", "lindau")


def test_what_is_expected_is_of_the_config_and_the_sample_has_its_own(checks):
    assert checks().image_sizes() == ["2048x1024"]
    assert checks(checks={"image_size": [[64, 32], [8, 4]]}).image_sizes() == ["64x32", "8x4"]
    assert checks(checks={"image_size": "any"}).image_sizes() == []
    assert checks(checks={"image_size": [[64, 32], [8, 4]]}).first_size() == [64, 32]
    assert checks(checks={"image_size": "any"}).first_size() == [2048, 1024]
    assert checks().blur_limits() == [0.10, 45, 0.25]
    sample = Checks(settings_of(sample={"width": 64, "height": 32}))
    assert sample.image_sizes() == ["64x32"]
    assert sample.published_splits() == []
    assert sample.official_flag("val") == ["--official"]


def test_counts_are_published_where_all_names_of_a_split_are_official(checks):
    train_to_test = ["train", "val", "test"]
    assert checks(splits=train_to_test).published_splits() == train_to_test
    assert checks(checks={"counts": "any"}).official_splits == []
    assert checks(checks={"counts": "any"}).counts_flag() == []
    assert checks().counts_flag()[2:] == ["--published", *checks().splits]
    Path("data/gtFine/val/my city").mkdir()
    for name in Path("data/gtFine/test/berlin").iterdir():
        name.rename(name.with_name(name.name.replace("_000000_", "_0_")))
    assert checks(splits=train_to_test).published_splits() == ["train"]
    assert checks().official_flag("val") == []
    assert ("val", "my city") in checks().cities
    assert checks(splits=["val"], checks={"counts": "published"}).published_splits() == ["val"]


def test_a_split_without_folders_may_be_the_official_one(checks):
    assert "demoVideo" in checks().official_splits


def test_folders_of_strange_names_are_reported(checks):
    published = {"counts": "published"}
    assert not any("my copy" in line for line in checks(checks=published).odd_folders())
    Path("data/gtFine/val/my copy").mkdir()
    assert any("my copy" in line for line in checks(checks=published).odd_folders())
    assert not any("my copy" in line for line in checks().odd_folders())
    Path("data/gtFine/val/{braces}").mkdir()
    assert any("{braces}" in line for line in checks().odd_folders())


def test_a_submission_is_to_have_the_published_frames_of_an_official_split(checks):
    settings = settings_of(
        dataset="data", submissions={"a": {"task": "pixel", "path": "p", "split": "test"}}
    )
    submissions = Submissions(settings, Shards(settings))
    assert submissions.expected("a", ["val", "test"]) == 1525
    assert submissions.expected("a", ["val"]) == 0


def submissions_of(**one):
    settings = settings_of(dataset="data", submissions={"a": {"path": "p", **one}})
    return Submissions(settings, Shards(settings))


def test_only_frames_of_3d_submissions_may_lack_a_file():
    flags = submissions_of(task="boxes3d", allow_missing=True).reading_flags("a")
    assert "--allow-missing" in flags
    assert "--allow-missing" not in submissions_of(task="boxes3d").reading_flags("a")
    with pytest.raises(DataError, match="the task pixel has no setting allow_missing"):
        _ = submissions_of(task="pixel", allow_missing=True).sets
    with pytest.raises(DataError, match="the task boxes3d has no setting resize"):
        _ = submissions_of(task="boxes3d", resize="nearest").sets

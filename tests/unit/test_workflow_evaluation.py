"""The prediction sets of a run, and what their scores depend on."""

from pathlib import Path

import pytest

from cityscapes.errors import DataError
from cityscapes.evaluation.tasks import SAMPLE_SETS
from cityscapes.workflow.evaluation import Evaluation
from cityscapes.workflow.shards import Shards
from config_defaults import settings_of
from text_frames import touch
from tiny import make_dataset, write_prediction, write_released

SETS = {
    "mine": {"task": "pixel", "path": "pixel"},
    "masks": {"task": "instance", "path": "masks.json", "split": "val"},
    "whole": {"task": "panoptic", "path": "whole.json", "encoding": "trainIds"},
}


@pytest.fixture
def evaluation(tmp_path, monkeypatch):
    """Makes the evaluation of a run with this config and environment, on a small dataset."""
    monkeypatch.chdir(tmp_path)
    make_dataset(Path("data"))
    for city, number in (("frankfurt", 294), ("lindau", 19)):
        write_prediction(Path("pixel"), f"gtFine/val/{city}", number)
    Path("masks.json").write_text("[]")
    Path("whole.json").write_text("{}")

    def make(environment=None, **config):
        settings = settings_of(environment, **{"dataset": "data", **config})
        return Evaluation(settings, Shards(settings))

    return make


@pytest.fixture
def three(evaluation):
    """The same, with three prediction sets."""
    return lambda **config: evaluation(predictions=SETS, **config)


def test_sets_are_those_of_the_config(three):
    assert list(three().sets) == ["mine", "masks", "whole"]
    assert three().sets["whole"].path == Path("whole.json")
    assert three().names_of_task("instance") == ["masks"]
    assert three().summaries() == [f"results/evaluation/{name}/summary.csv" for name in SETS]


def test_without_any_they_are_those_of_the_results_folder(evaluation):
    sets = evaluation({"CITYSCAPES_RESULTS": "pixel"}).sets
    assert [(one.name, one.encoding) for one in sets.values()] == [("pixel", "ids")]
    named = evaluation({"CITYSCAPES_RESULTS": "pixel"}, predictions=SETS)
    assert list(named.sets) == list(SETS)


def test_without_these_they_are_the_samples_where_the_dataset_is_the_sample(evaluation):
    assert evaluation().sets == {}
    sample = Evaluation(settings_of(), None)
    assert list(sample.sets) == list(SAMPLE_SETS)
    assert sample.wait_for_sample


def test_where_there_are_none_it_is_said_why(evaluation):
    with pytest.raises(DataError, match="name some under `predictions`"):
        evaluation().check_any()
    Path("empty").mkdir()
    with pytest.raises(DataError, match="CITYSCAPES_RESULTS is empty, where none were found"):
        evaluation({"CITYSCAPES_RESULTS": "empty"}).check_any()


@pytest.mark.parametrize("name", ["comparison.csv", "{set}", "a\nb", "-rf", "a" * 101])
def test_names_that_no_folder_can_have_are_refused(evaluation, name):
    with pytest.raises(DataError, match="the name of a prediction set"):
        assert evaluation(predictions={name: SETS["mine"]}).sets


def test_sets_of_the_users_do_not_wait_for_the_sample(three):
    three().check_any()
    assert not three().wait_for_sample


# What is compared with what


def test_label_images_are_the_truth_of_pixels_and_panoptic_files_of_their_own(three):
    assert three().truth("mine", "lindau") == ["results/tables/gtFine/val/lindau.labels.tsv"]
    assert three().truth("whole", "lindau") == [
        "results/gtFine/cityscapes_panoptic_val_trainId.json",
        "results/tables/gtFine/val/lindau.panoptic.tsv",
    ]
    assert three().truth_root() == "results"
    assert three().truth_flags("mine", "lindau") == [
        "--truth-table=results/tables/gtFine/val/lindau.labels.tsv"
    ]
    assert three().truth_flags("whole", "lindau") == [
        "--panoptic-truth=results/gtFine/cityscapes_panoptic_val_trainId.json",
        "--truth-table=results/tables/gtFine/val/lindau.panoptic.tsv",
    ]


def test_released_images_are_in_no_table_but_panoptic_files_are(three):
    released = three(evaluation={"truth": "released"})
    assert released.truth_root() == "data"
    assert released.truth_flags("mine", "lindau") == []
    assert released.truth_flags("masks", "lindau") == []
    assert released.truth_flags("whole", "lindau") == three().truth_flags("whole", "lindau")


def test_counts_are_of_the_cities_of_the_split(three):
    assert three().counts("mine") == [
        "results/tables/evaluation/mine/frankfurt.tsv",
        "results/tables/evaluation/mine/lindau.tsv",
    ]
    assert three().frames_in("mine", "frankfurt") == 3
    assert three().all_frames("mine") == 4
    assert three().checked_split("mine") == ["results/tables/gtFine/val.labels.checked.tsv"]
    assert three().frame_tables("mine") == [
        "results/tables/gtFine/val/frankfurt.labels.tsv",
        "results/tables/gtFine/val/lindau.labels.tsv",
    ]


def test_the_scripts_of_scores_get_the_flags_of_their_task(three):
    run = three(evaluation={"average_sizes": {"car": 7}})
    assert run.score_options("whole") == [
        "--truth=results/gtFine/cityscapes_panoptic_val_trainId.json"
    ]
    labels, encoding, sizes = run.score_options("mine")
    assert labels.startswith("--labels=") and encoding == "--encoding=auto"
    assert sizes == '--average-sizes={"car": 7}'
    assert run.score_options("masks") == [labels]


def test_scores_depend_on_settings_and_not_on_where_files_lie(three):
    assert three().score_settings("whole") == ["truth="]
    before = three().score_settings("mine")
    assert "/" not in "".join(before)
    assert three(evaluation={"average_sizes": {"car": 7}}).score_settings("mine") != before


# Tokens


def prediction(city, number):
    return next(Path("pixel").glob(f"{city}_*{number}_pred.png"))


def test_an_edited_prediction_changes_the_token_of_its_city_alone(three):
    before = {city: three().city_token("mine", city) for city in ("frankfurt", "lindau")}
    assert {city: three().city_token("mine", city) for city in before} == before
    touch(prediction("lindau", 19))
    assert three().city_token("mine", "frankfurt") == before["frankfurt"]
    assert three().city_token("mine", "lindau") != before["lindau"]


def test_names_of_predictions_change_when_files_come_or_go_and_not_with_an_edit(three):
    before = three().names_token("mine")
    touch(prediction("lindau", 19))
    assert three().names_token("mine") == before
    prediction("lindau", 19).unlink()
    assert three().names_token("mine") != before


def test_an_edited_json_file_changes_names_and_all_cities(three):
    before = [three().names_token("masks"), three().city_token("masks", "lindau")]
    touch(Path("masks.json"))
    assert three().names_token("masks") != before[0]
    assert three().city_token("masks", "lindau") != before[1]


def test_depth_is_part_of_what_instances_depend_on_and_of_no_other_task(three):
    tasks = ("mine", "masks", "whole")
    before = {name: three().city_token(name, "frankfurt") for name in tasks}
    Path("data/camera/val/frankfurt/frankfurt_000000_000294_camera.json").write_text("{}")
    changed = [name for name in tasks if three().city_token(name, "frankfurt") != before[name]]
    assert changed == ["masks"]


def test_released_images_are_part_of_it_where_they_are_the_truth(three):
    released = {"truth": "released"}
    before = three(evaluation=released).city_token("mine", "lindau")
    prepared = three().city_token("mine", "lindau")
    write_released(Path("data"))
    assert three(evaluation=released).city_token("mine", "lindau") != before
    assert three().city_token("mine", "lindau") == prepared

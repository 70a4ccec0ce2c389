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
    truth, labels, *settings = run.score_options("whole")
    assert truth == "--truth=results/gtFine/cityscapes_panoptic_val_trainId.json"
    assert labels.startswith("--labels=")
    assert settings == ["--encoding=trainIds", "--classes=[]"]
    assert run.score_options("mine") == [
        labels, "--encoding=auto", "--void=[]", "--classes=[]", '--average-sizes={"car": 7}',
    ]  # fmt: skip
    assert run.score_options("masks") == [labels, "--encoding=auto", "--classes=[]"]


def test_scores_depend_on_settings_and_not_on_where_files_lie(three, evaluation):
    assert three().score_settings("whole")[0] == "truth="
    before = three().score_settings("mine")
    assert "/" not in "".join(before)
    assert three(evaluation={"average_sizes": {"car": 7}}).score_settings("mine") != before
    scored = {"task": "pixel", "path": "mine", "classes": ["road", "car"], "void": [19]}
    run = evaluation(predictions={"mine": scored})
    assert run.score_settings("mine")[2:4] == ["void=[19]", 'classes=["road", "car"]']


def test_predictions_are_read_with_the_settings_of_their_set(three, evaluation):
    assert three().reading_options("whole") == ["--encoding=trainIds"]
    sets = {
        "half": {"task": "pixel", "path": "pixel", "resize": "nearest", "encoding": "colors"},
        "numbers": {"task": "instance", "path": "masks.json", "images": "trained_on.json"},
    }
    run = evaluation(predictions=sets)
    assert run.reading_options("half") == ["--encoding=colors", "--resize=nearest"]
    assert run.reading_options("numbers") == ["--encoding=auto", "--images=trained_on.json"]
    wrong = {"half": {"task": "instance", "path": "masks.json", "resize": "nearest"}}
    with pytest.raises(DataError, match=r"prediction set half: .* no setting resize"):
        _ = evaluation(predictions=wrong).sets


# Tokens


def test_the_json_that_ids_refer_to_is_in_the_tokens(evaluation):
    one = {"task": "instance", "path": "masks.json", "images": "trained_on.json"}
    tokens = []
    for text in (None, "{}", '{"images": []}'):
        if text:
            Path("trained_on.json").write_text(text)
        run = evaluation(predictions={"numbers": one})
        tokens.append((run.names_token("numbers"), *run.city_token("numbers", "lindau")))
    assert len({token[0] for token in tokens}) == len({token[1] for token in tokens}) == 3


def test_files_that_hold_the_name_of_a_city_or_of_none_are_in_its_token(evaluation):
    run = evaluation(predictions=SETS)
    before = [run.city_token("mine", city) for city in ("frankfurt", "lindau")]
    Path("pixel/val_lindau_000000_000019.png").touch()
    run = evaluation(predictions=SETS)
    after = [run.city_token("mine", city) for city in ("frankfurt", "lindau")]
    assert [old != new for old, new in zip(before, after, strict=True)] == [False, True]
    Path("pixel/0042.png").touch()
    run = evaluation(predictions=SETS)
    last = [run.city_token("mine", city) for city in ("frankfurt", "lindau")]
    assert [old != new for old, new in zip(after, last, strict=True)] == [True, True]


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


def test_frames_of_boxes_are_those_of_their_raw_type(evaluation):
    folder = Path("data/gtBbox3d/val/ulm")
    folder.mkdir(parents=True)
    for number in (19, 20):
        (folder / f"ulm_000000_{number:06d}_gtBbox3d.json").touch()
    Path("boxes").mkdir()
    sets = {"mine": {"task": "boxes3d", "path": "boxes"}}
    asked = evaluation(predictions=sets)
    assert [shard.city for shard in asked.shards_of("mine")] == ["ulm"]
    assert asked.counts("mine") == ["results/tables/evaluation/mine/ulm.tsv"]
    assert (asked.frames_in("mine", "ulm"), asked.all_frames("mine")) == (2, 2)
    # No label image is made for them.
    assert asked.frame_tables("mine") == asked.checked_split("mine") == []
    assert asked.truth("mine", "ulm") == asked.truth_flags("mine", "ulm") == []
    before = asked.names_token("mine"), asked.city_token("mine", "ulm")
    (folder / "ulm_000000_000021_gtBbox3d.json").touch()
    again = evaluation(predictions=sets)
    assert again.names_token("mine") != before[0]
    assert again.city_token("mine", "ulm") != before[1]
    (flag,) = asked.count_options("mine")
    assert '"min_iou": 0.7' in flag
    other = evaluation(predictions=sets, evaluation={"boxes3d": {"min_iou": 0.5}})
    assert other.count_settings("mine") != asked.count_settings("mine")


def test_boundaries_are_counted_beside_the_others(three):
    sets = SETS | {"mine": SETS["mine"] | {"metrics": ["boundary_f"]}}
    asked = three()
    assert asked.with_boundaries() == []
    asked = Evaluation(settings_of(dataset="data", predictions=sets), asked._shards)
    assert asked.with_boundaries() == ["mine"]
    assert asked.boundary_counts("mine")[0].endswith("mine/boundaries/frankfurt.tsv")
    assert asked.code("mine", "boundaries/") != asked.code("mine")
    sets["mine"] = SETS["mine"] | {"metrics": ["boundary_iou"]}
    with pytest.raises(DataError, match="the task pixel has no setting metrics: boundary_iou"):
        assert Evaluation(settings_of(dataset="data", predictions=sets), asked._shards).sets

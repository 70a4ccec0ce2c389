"""The prediction sets of a run, and what their scores depend on."""

from pathlib import Path
from typing import NamedTuple

import pytest

from cityscapes.errors import DataError
from cityscapes.evaluation.tasks import SAMPLE_SETS
from cityscapes.workflow.evaluation import Evaluation
from cityscapes.workflow.prediction_tokens import PredictionTokens
from cityscapes.workflow.scoring import Scoring
from cityscapes.workflow.shards import Shards
from cityscapes.workflow.truth import Truth
from cityscapes.workflow.unedited import Unedited
from config_defaults import settings_of
from text_frames import touch
from tiny import write_released

SETS = {
    "mine": {"task": "pixel", "path": "pixel"},
    "masks": {"task": "instance", "path": "masks.json", "split": "val"},
    "whole": {"task": "panoptic", "path": "whole.json", "encoding": "trainIds"},
}


class Run(NamedTuple):
    """What the rules of the evaluation ask."""

    evaluation: Evaluation
    truth: Truth
    scoring: Scoring
    tokens: PredictionTokens


def run_with(settings):
    """The run with these settings."""
    shards = Shards(settings)
    evaluation = Evaluation(settings, shards)
    truth = Truth(settings, shards, Unedited(settings, shards), evaluation)
    asked = settings, evaluation, truth
    return Run(evaluation, truth, Scoring(*asked), PredictionTokens(*asked))


@pytest.fixture
def run_of(predicted):
    """Makes a run with this config and environment, on a small dataset."""

    def make(environment=None, **config):
        return run_with(settings_of(environment, **{"dataset": "data", **config}))

    return make


@pytest.fixture
def three(run_of):
    """The same, with three prediction sets."""
    return lambda **config: run_of(predictions=SETS, **config)


def test_sets_are_those_of_the_config(three):
    assert list(three().evaluation.sets) == ["mine", "masks", "whole"]
    assert three().evaluation.sets["whole"].path == Path("whole.json")
    assert three().evaluation.names_of_task("instance") == ["masks"]
    assert three().evaluation.summaries() == [
        f"results/evaluation/{name}/summary.csv" for name in SETS
    ]


def test_without_any_they_are_those_of_the_results_folder(run_of):
    sets = run_of({"CITYSCAPES_RESULTS": "pixel"}).evaluation.sets
    assert [(one.name, one.encoding) for one in sets.values()] == [("pixel", "ids")]
    named = run_of({"CITYSCAPES_RESULTS": "pixel"}, predictions=SETS)
    assert list(named.evaluation.sets) == list(SETS)


def test_without_these_they_are_the_samples_where_the_dataset_is_the_sample(run_of):
    assert run_of().evaluation.sets == {}
    sample = run_with(settings_of())
    assert list(sample.evaluation.sets) == list(SAMPLE_SETS)
    assert sample.evaluation.wait_for_sample


def test_where_there_are_none_it_is_said_why(run_of):
    with pytest.raises(DataError, match="name some under `predictions`"):
        run_of().evaluation.check_any()
    Path("empty").mkdir()
    said = "CITYSCAPES_RESULTS is empty, where none were found: .* names begin with the frame's"
    with pytest.raises(DataError, match=said):
        run_of({"CITYSCAPES_RESULTS": "empty"}).evaluation.check_any()


@pytest.mark.parametrize("name", ["comparison.csv", "{set}", "a\nb", "-rf", "a" * 101])
def test_names_that_no_folder_can_have_are_refused(run_of, name):
    with pytest.raises(DataError, match="the name of a prediction set"):
        assert run_of(predictions={name: SETS["mine"]}).evaluation.sets


def test_sets_of_the_users_do_not_wait_for_the_sample(three):
    three().evaluation.check_any()
    assert not three().evaluation.wait_for_sample


# What is compared with what


def test_label_images_are_the_truth_of_pixels_and_panoptic_files_of_their_own(three):
    assert three().truth.of_city("mine", "lindau") == [
        "results/tables/gtFine/val/lindau.labels.tsv"
    ]
    assert three().truth.of_city("whole", "lindau") == [
        "results/gtFine/cityscapes_panoptic_val_trainId.json",
        "results/tables/gtFine/val/lindau.panoptic.tsv",
    ]
    assert three().truth.root() == "results"
    assert three().truth.flags("mine", "lindau") == [
        "--truth-table=results/tables/gtFine/val/lindau.labels.tsv"
    ]
    assert three().truth.flags("whole", "lindau") == [
        "--panoptic-truth=results/gtFine/cityscapes_panoptic_val_trainId.json",
        "--truth-table=results/tables/gtFine/val/lindau.panoptic.tsv",
    ]


def test_released_images_are_in_no_table_but_panoptic_files_are(three):
    released = three(evaluation={"truth": "released"})
    assert released.truth.root() == "data"
    assert released.truth.flags("mine", "lindau") == []
    assert released.truth.flags("masks", "lindau") == []
    assert released.truth.flags("whole", "lindau") == three().truth.flags("whole", "lindau")


def test_counts_are_of_the_cities_of_the_split(three):
    assert three().evaluation.counts("mine") == [
        "results/tables/evaluation/mine/frankfurt.tsv",
        "results/tables/evaluation/mine/lindau.tsv",
    ]
    assert three().evaluation.frames_in("mine", "frankfurt") == 3
    assert three().evaluation.all_frames("mine") == 4
    assert three().evaluation.checked_split("mine") == [
        "results/tables/gtFine/val.labels.checked.tsv"
    ]
    assert three().evaluation.frame_tables("mine") == [
        "results/tables/gtFine/val/frankfurt.labels.tsv",
        "results/tables/gtFine/val/lindau.labels.tsv",
    ]


def test_the_scripts_of_scores_get_the_flags_of_their_task(three):
    run = three(evaluation={"average_sizes": {"car": 7}})
    truth, labels, *settings = run.scoring.score_options("whole")
    assert truth == "--truth=results/gtFine/cityscapes_panoptic_val_trainId.json"
    assert labels.startswith("--labels=")
    assert settings == ["--encoding=trainIds", "--classes=[]"]
    assert run.scoring.score_options("mine") == [
        labels, "--encoding=auto", "--void=[]", "--classes=[]", '--average-sizes={"car": 7}',
    ]  # fmt: skip
    assert run.scoring.score_options("masks") == [labels, "--encoding=auto", "--classes=[]"]


def test_scores_depend_on_settings_and_not_on_where_files_lie(three, run_of):
    assert three().scoring.score_settings("whole")[0] == "truth="
    before = three().scoring.score_settings("mine")
    assert "/" not in "".join(before)
    assert three(evaluation={"average_sizes": {"car": 7}}).scoring.score_settings("mine") != before
    scored = {"task": "pixel", "path": "mine", "classes": ["road", "car"], "void": [19]}
    run = run_of(predictions={"mine": scored})
    assert run.scoring.score_settings("mine")[2:4] == ["void=[19]", 'classes=["road", "car"]']


def test_predictions_are_read_with_the_settings_of_their_set(three, run_of):
    assert three().scoring.reading_options("whole") == ["--encoding=trainIds"]
    sets = {
        "half": {"task": "pixel", "path": "pixel", "resize": "nearest", "encoding": "colors"},
        "numbers": {"task": "instance", "path": "masks.json", "images": "trained_on.json"},
    }
    run = run_of(predictions=sets)
    assert run.scoring.reading_options("half") == ["--encoding=colors", "--resize=nearest"]
    assert run.scoring.reading_options("numbers") == [
        "--encoding=auto",
        "--images=trained_on.json",
    ]
    wrong = {"half": {"task": "instance", "path": "masks.json", "resize": "nearest"}}
    with pytest.raises(DataError, match=r"prediction set half: .* no setting resize"):
        _ = run_of(predictions=wrong).evaluation.sets


# Tokens


def test_the_json_that_ids_refer_to_is_in_the_tokens(run_of):
    one = {"task": "instance", "path": "masks.json", "images": "trained_on.json"}
    tokens = []
    for text in (None, "{}", '{"images": []}'):
        if text:
            Path("trained_on.json").write_text(text)
        run = run_of(predictions={"numbers": one})
        tokens.append(
            (run.tokens.names_token("numbers"), *run.tokens.city_token("numbers", "lindau"))
        )
    assert len({token[0] for token in tokens}) == len({token[1] for token in tokens}) == 3


def test_files_that_hold_the_name_of_a_city_or_of_none_are_in_its_token(run_of):
    run = run_of(predictions=SETS)
    before = [run.tokens.city_token("mine", city) for city in ("frankfurt", "lindau")]
    Path("pixel/val_lindau_000000_000019.png").touch()
    run = run_of(predictions=SETS)
    after = [run.tokens.city_token("mine", city) for city in ("frankfurt", "lindau")]
    assert [old != new for old, new in zip(before, after, strict=True)] == [False, True]
    Path("pixel/0042.png").touch()
    run = run_of(predictions=SETS)
    last = [run.tokens.city_token("mine", city) for city in ("frankfurt", "lindau")]
    assert [old != new for old, new in zip(after, last, strict=True)] == [True, True]


def prediction(city, number):
    return next(Path("pixel").glob(f"{city}_*{number}_pred.png"))


def test_an_edited_prediction_changes_the_token_of_its_city_alone(three):
    before = {city: three().tokens.city_token("mine", city) for city in ("frankfurt", "lindau")}
    assert {city: three().tokens.city_token("mine", city) for city in before} == before
    touch(prediction("lindau", 19))
    assert three().tokens.city_token("mine", "frankfurt") == before["frankfurt"]
    assert three().tokens.city_token("mine", "lindau") != before["lindau"]


def test_names_of_predictions_change_when_files_come_or_go_and_not_with_an_edit(three):
    before = three().tokens.names_token("mine")
    touch(prediction("lindau", 19))
    assert three().tokens.names_token("mine") == before
    prediction("lindau", 19).unlink()
    assert three().tokens.names_token("mine") != before


def test_an_edited_json_file_changes_names_and_all_cities(three):
    before = [three().tokens.names_token("masks"), three().tokens.city_token("masks", "lindau")]
    touch(Path("masks.json"))
    assert three().tokens.names_token("masks") != before[0]
    assert three().tokens.city_token("masks", "lindau") != before[1]


def test_depth_is_part_of_what_instances_depend_on_and_of_no_other_task(three):
    tasks = ("mine", "masks", "whole")
    before = {name: three().tokens.city_token(name, "frankfurt") for name in tasks}
    Path("data/camera/val/frankfurt/frankfurt_000000_000294_camera.json").write_text("{}")
    changed = [
        name for name in tasks if three().tokens.city_token(name, "frankfurt") != before[name]
    ]
    assert changed == ["masks"]


def test_released_images_are_part_of_it_where_they_are_the_truth(three):
    released = {"truth": "released"}
    before = three(evaluation=released).tokens.city_token("mine", "lindau")
    prepared = three().tokens.city_token("mine", "lindau")
    write_released(Path("data"))
    assert three(evaluation=released).tokens.city_token("mine", "lindau") != before
    assert three().tokens.city_token("mine", "lindau") == prepared


def test_frames_of_boxes_are_those_of_their_raw_type(run_of):
    folder = Path("data/gtBbox3d/val/ulm")
    folder.mkdir(parents=True)
    for number in (19, 20):
        (folder / f"ulm_000000_{number:06d}_gtBbox3d.json").touch()
    Path("boxes").mkdir()
    sets = {"mine": {"task": "boxes3d", "path": "boxes"}}
    asked = run_of(predictions=sets)
    assert [shard.city for shard in asked.evaluation.shards_of("mine")] == ["ulm"]
    assert asked.evaluation.counts("mine") == ["results/tables/evaluation/mine/ulm.tsv"]
    assert (asked.evaluation.frames_in("mine", "ulm"), asked.evaluation.all_frames("mine")) == (
        2,
        2,
    )
    # No label image is made for them.
    assert asked.evaluation.frame_tables("mine") == asked.evaluation.checked_split("mine") == []
    assert asked.truth.of_city("mine", "ulm") == asked.truth.flags("mine", "ulm") == []
    before = asked.tokens.names_token("mine"), asked.tokens.city_token("mine", "ulm")
    (folder / "ulm_000000_000021_gtBbox3d.json").touch()
    again = run_of(predictions=sets)
    assert again.tokens.names_token("mine") != before[0]
    assert again.tokens.city_token("mine", "ulm") != before[1]
    (flag,) = asked.scoring.count_options("mine")
    assert '"min_iou": 0.7' in flag
    other = run_of(predictions=sets, evaluation={"boxes3d": {"min_iou": 0.5}})
    assert other.scoring.count_settings("mine") != asked.scoring.count_settings("mine")


def test_boundaries_are_counted_beside_the_others(run_of, three):
    sets = SETS | {"mine": SETS["mine"] | {"metrics": ["boundary_f"]}}
    asked = three()
    assert asked.evaluation.with_boundaries() == []
    asked = run_of(predictions=sets)
    assert asked.evaluation.with_boundaries() == ["mine"]
    assert asked.evaluation.boundary_counts("mine")[0].endswith("mine/boundaries/frankfurt.tsv")
    assert asked.tokens.code("mine", "boundaries/") != asked.tokens.code("mine")
    sets["mine"] = SETS["mine"] | {"metrics": ["boundary_iou"]}
    with pytest.raises(DataError, match="the task pixel has no setting metrics: boundary_iou"):
        assert run_of(predictions=sets).evaluation.sets

"""The registry of tasks is the one list: rules, schema and documentation follow from it."""

import re

import pytest
import yaml

from cityscapes.evaluation.reports import Report
from cityscapes.evaluation.tasks import SAMPLE_SETS, TASKS
from cityscapes.files import whole
from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth.kinds import KINDS, SOURCES, panoptic_name
from cityscapes.incremental.code import code_of, function_of
from cityscapes.incremental.outputs import Recorder
from cityscapes.incremental.tables import write_tracked
from tiny import CLONE

SCHEMA = yaml.safe_load((CLONE / "config/schema.yaml").read_text())["properties"]
SET = SCHEMA["predictions"]["additionalProperties"]["properties"]
SPLITS = SET["split"]["enum"]
DOCS = (CLONE / "docs/evaluation.md").read_text()


def test_the_config_can_name_every_task_and_says_where_its_predictions_lie():
    assert SET["task"]["enum"] == list(TASKS)
    described = " ".join(f"{task.name}: {task.predictions}." for task in TASKS.values())
    assert SET["path"]["description"] == described


def test_the_truth_is_made_of_known_kinds_and_types():
    for task in TASKS.values():
        assert set(task.truth) <= set(KINDS) and set(task.raw_truth) <= set(SOURCES)
        assert len({KINDS[kind].group for kind in task.truth}) == bool(task.truth)
        if task.split_truth:
            assert set(task.split_truth) == set(SET["encoding"]["enum"]) - {"colors"}
            assert all(panoptic_name("val", kind) for kind in task.split_truth.values())


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_every_task_has_its_functions_script_caption_and_documentation(task):
    for name in (task.find, task.work):
        assert callable(function_of(name))
        assert re.fullmatch("[0-9a-f]{16}", code_of(name))
    script = (CLONE / "scripts" / task.scores_script).read_text()
    assert f'Report("{task.name}"' in script
    for flag in task.options:
        assert f'"--{flag}"' in script or f"add_{flag}(parser)" in script
    assert (CLONE / f"rules/captions/{task.name}_classes.rst").is_file()
    assert f"| {task.name} |" in DOCS
    assert all(f"`{table}`" in DOCS for table in task.tables)
    assert set(task.sample) <= set(SAMPLE_SETS)


def test_files_of_a_task_are_distinguished_from_those_of_others():
    assert len({task.result for task in TASKS.values()}) == len(TASKS)
    for task in TASKS.values():
        assert all(ending.endswith(task.endings) for ending in task.ending)
        assert len(set(task.reports)) == len(task.reports)


@pytest.mark.parametrize(("task", "left"), [("instance", True), ("pixel", False)])
def test_the_scores_of_a_set_leave_those_of_another_protocol_and_no_other_tasks(
    task, left, tmp_path, monkeypatch
):
    results = tmp_path / "results"
    monkeypatch.setattr(whole, "_listeners", [Recorder(results)])
    (results / "evaluation/mine").mkdir(parents=True)
    for name in ("coco.csv", "coco_classes.csv", "curves.csv"):
        write_atomic(results / "evaluation/mine" / name, b"a\n")
    write_tracked(tmp_path / "files.tsv", ["frame", "path"], [], expected="0")
    Report(task, results / "evaluation/mine", [], tmp_path / "files.tsv")
    names = {path.name for path in (results / "evaluation/mine").iterdir()}
    assert names == ({"coco.csv", "coco_classes.csv"} if left else set())

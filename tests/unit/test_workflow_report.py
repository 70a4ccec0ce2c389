"""What the rules of figures and of the report ask for."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from cityscapes.errors import DataError
from cityscapes.workflow.evaluation import Evaluation
from cityscapes.workflow.figures import Figures
from cityscapes.workflow.may_write import check_results
from cityscapes.workflow.report import Report, version_of
from cityscapes.workflow.shards import Shards
from cityscapes.workflow.statistics import Statistics
from cityscapes.workflow.unedited import Unedited
from config_defaults import settings_of
from tiny import CLONE

PIXEL = {"task": "pixel", "path": "pixel"}
SETS = {
    "one": PIXEL,
    "two": PIXEL,
    "masks": {"task": "instance", "path": "masks.json", "split": "val"},
}


class Run(NamedTuple):
    """What the rules of the report ask."""

    evaluation: Evaluation
    figures: Figures
    report: Report


@pytest.fixture
def run_of(predicted):
    """Makes a run with this config, on a small dataset."""

    def make(**config):
        settings = settings_of(**{"dataset": "data", "predictions": SETS, **config})
        shards = Shards(settings)
        statistics = Statistics(settings, shards, Unedited(settings, shards))
        evaluation = Evaluation(settings, shards)
        figures = Figures(settings, shards, statistics, evaluation)
        return Run(evaluation, figures, Report(settings, shards, statistics, evaluation, figures))

    return make


def test_figures_are_those_of_statistics_sets_and_comparisons(run_of):
    paths = run_of().figures.files()
    assert len(paths) == len(set(paths))
    for path in (
        "statistics/gtFine_val/pixels.svg",
        "sets/one/iou.png",
        "sets/masks/calibration.csv",
        "comparisons/pixel_val.svg",
    ):
        assert f"results/report/{path}" in paths
    assert not [path for path in paths if "instance_val" in path]  # one set: nothing to compare
    assert not [path for path in paths if "distances" in path]  # not asked for


def test_a_comparison_is_made_from_the_tables_of_its_sets(run_of):
    figures = run_of().figures
    assert figures.comparisons() == ["pixel_val"]
    assert figures.compared_folders("pixel", "val") == [
        "results/evaluation/one",
        "results/evaluation/two",
    ]
    tables = figures.compared_tables("pixel", "val")
    assert "results/evaluation/two/images_classes.csv" in tables
    assert not [path for path in tables if "predictions" in path]


def test_without_sets_there_are_figures_of_the_statistics_alone(run_of):
    paths = run_of(predictions={}).figures.files()
    assert paths
    assert all(path.startswith("results/report/statistics/") for path in paths)


def test_the_page_shows_every_table_and_picture_and_no_png(run_of):
    report = run_of().report
    inputs = report.inputs()
    for path in (
        "evaluation/comparison.csv",
        "evaluation/one/classes.csv",
        "checks/problems.csv",
        "statistics/gtFine_val/classes.csv",
        "report/sets/two/frames/worst.jpg",
        "report/sets/two/iou.svg",
    ):
        assert f"results/{path}" in inputs
    assert not [path for path in inputs if path.endswith(".png")]
    assert report.files()[-1] == "results/report/index.html"
    assert set(report.files()[:-1]) == {path for path in inputs if "/frames/" in path}


def test_pictures_can_be_left_out(run_of):
    report = run_of(report={"pictures": False}).report
    assert report.pictures() == []
    assert report.files() == ["results/report/index.html"]
    assert not [path for path in report.inputs() if path.endswith(".jpg")]


def test_the_page_gets_settings_without_paths(run_of):
    report = run_of().report
    shown = json.loads(report.settings())
    assert shown["predictions"]["one"]["task"] == "pixel"
    assert "path" not in shown["predictions"]["one"]
    assert json.loads(report.sets()) == {"one": "pixel", "two": "pixel", "masks": "instance"}
    assert "gtFine_val" in report.splits()
    assert json.loads(report.extra()) == {}
    assert "predictions" not in json.loads(run_of(predictions={}).report.settings())


def test_evaluate_all_asks_for_every_table(run_of):
    files = run_of().evaluation.files()
    for path in (
        "evaluation/comparison.csv",
        "evaluation/masks/classes.csv",
        "tables/evaluation/one.checked.tsv",
        "tables/evaluation/one/lindau.tsv",
        "tables/gtFine/val/lindau.labels.tsv",
    ):
        assert f"results/{path}" in files
    assert not [path for path in files if "boundaries" in path]
    assert run_of().evaluation.coco_files() == ["results/evaluation/masks/coco.csv"]
    sets = {"one": {**PIXEL, "metrics": ["boundary_f"]}}
    files = run_of(predictions=sets).evaluation.files()
    assert "results/evaluation/one.boundaries.csv" in files
    assert "results/tables/evaluation/one/boundaries/lindau.tsv" in files
    with pytest.raises(DataError, match="no predictions to score"):
        run_of(predictions={}).evaluation.files()


def test_the_version_is_that_of_the_citation(tmp_path):
    assert version_of(CLONE / "CITATION.cff")[0].isdigit()
    (tmp_path / "CITATION.cff").write_text("title: none\n")
    with pytest.raises(ValueError, match="no version"):
        version_of(tmp_path / "CITATION.cff")


def test_what_is_left_out_is_said_before_anything_is_made(run_of):
    run_of()
    settings = settings_of(dataset="data")
    assert check_results(settings, Shards(settings)) == []
    odd = Path("data/gtFine/val/{ulm}")
    odd.mkdir()
    (odd / "{ulm}_000000_000019_gtFine_polygons.json").write_text("{}")
    (line,) = check_results(settings, Shards(settings))
    assert "{ulm} is left out: a city's name holds no braces" in line
    inside = settings_of(dataset=".")
    with pytest.raises(DataError):
        check_results(inside, Shards(inside))

"""Metrics of boundaries of existing sets, by the workflow: the scores of the authors' code."""

import csv
import json
import shutil

import pytest
import yaml

from tiny import CLONE, nothing_to_do, snakemake, succeed

VECTORS = CLONE / "tests/unit/vectors/boundary"
SETS = {
    "masks": {"task": "instance", "path": "masks.json", "metrics": ["boundary_iou"]},
    "segments": {"task": "panoptic", "path": "segments.json", "metrics": ["boundary_iou"]},
    "pixels": {"task": "pixel", "path": "pixels", "encoding": "ids", "metrics": ["boundary_f"]},
}


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """A folder in which evaluate_all has run."""
    folder = tmp_path_factory.mktemp("boundaries")
    shutil.copytree(VECTORS / "gtFine", folder / "data/gtFine")
    shutil.copy(VECTORS / "instance_predictions.json", folder / "masks.json")
    shutil.copy(VECTORS / "panoptic_predictions.json", folder / "segments.json")
    shutil.copytree(VECTORS / "panoptic_predictions", folder / "segments")
    configure(folder)
    succeed(folder, "prepare_all")
    # The truth, predicted: every outline lies where it should.
    for path in (folder / "results/gtFine/val").glob("*/*_labelIds.png"):
        (folder / "pixels").mkdir(exist_ok=True)
        shutil.copy(path, folder / "pixels")
    succeed(folder, "evaluate_all")
    return folder


def configure(folder, sets=SETS, **evaluation):
    config = {
        "dataset": "data", "types": ["gtFine"], "splits": ["val"], "predictions": sets,
        "evaluation": evaluation,
    }  # fmt: skip
    (folder / "config").mkdir(exist_ok=True)
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config))


def rows_of(folder, name):
    with open(folder / f"results/evaluation/{name}.boundaries.csv", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def expected(name, **what):
    found = json.loads((VECTORS / name).read_text())
    return next(one for one in found if all(one[key] == value for key, value in what.items()))


def test_boundary_ap_is_that_of_the_authors(scored):
    theirs = expected("boundary_ap.json", ratio=0.005, min_region_size=100)["averages"]
    rows = rows_of(scored, "masks")
    assert float(rows["mean"]["boundary AP"]) == pytest.approx(theirs["allAp"], abs=1e-12)
    assert float(rows["mean"]["boundary AP50"]) == pytest.approx(theirs["allAp50%"], abs=1e-12)
    plain = expected("boundary_ap.json", ratio=None, min_region_size=100)["averages"]
    assert float(rows["mean"]["AP"]) == pytest.approx(plain["allAp"], abs=1e-12)


def test_boundary_pq_is_that_of_the_authors(scored):
    theirs = expected("boundary_pq.json", ratio=0.005)["results"]
    rows = rows_of(scored, "segments")
    for group in ("All", "Things", "Stuff"):
        assert float(rows[group]["boundary PQ"]) == pytest.approx(theirs[group]["pq"], abs=1e-12)
    assert rows["All"]["frames"] == "5 of 5"


def test_the_outlines_of_the_truth_itself_are_right(scored):
    rows = rows_of(scored, "pixels")
    assert {row[f"F {radius} px"] for row in rows.values() for radius in (1, 3, 5, 9, 12)} == {
        "1.0"
    }


def test_what_is_there_is_not_counted_again_and_clean_removes_it(scored, tmp_path):
    work = tmp_path / "work"
    shutil.copytree(scored, work, symlinks=True)
    assert nothing_to_do(succeed(work, "evaluate_all"))
    configure(work, boundaries={"ratio": 0.02})
    succeed(work, "evaluate_all")
    theirs = expected("boundary_pq.json", ratio=0.02)["results"]["All"]["pq"]
    rows = rows_of(work, "segments")
    assert float(rows["All"]["boundary PQ"]) == pytest.approx(theirs, abs=1e-12)
    succeed(work, "clean")
    assert not list((work / "results").rglob("*.csv"))


def test_a_metric_of_another_task_is_refused(scored, tmp_path):
    work = tmp_path / "work"
    shutil.copytree(scored, work, symlinks=True)
    configure(work, {"masks": SETS["masks"] | {"metrics": ["boundary_f"]}})
    done = snakemake(work, "evaluate_all")
    assert done.returncode != 0
    assert "the task instance has no setting metrics: boundary_f" in done.stdout

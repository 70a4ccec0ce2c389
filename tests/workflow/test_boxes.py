"""Sets of boxes, scored by the workflow, and the commands of docs/boxes.md."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from cityscapes.evaluation.pedestrians.scores import reference_line
from differences import largest_difference
from people import make_documents, rates_of
from tiny import CLONE, blocks_of, nothing_to_do, snakemake, succeed

VECTORS = CLONE / "tests/unit/vectors/objects"
SETS = {
    "boxes3d_good": {"task": "boxes3d", "path": "vehicles"},
    "people_json": {"task": "pedestrians", "path": "people.json"},
    "people_text": {"task": "pedestrians", "path": "people"},
}
# A vector's files, as those of a city; and frames of people with as many boxes of its own.
VECTOR = json.loads((VECTORS / "bbox3d_base.json").read_text())
PEOPLE = make_documents(np.random.default_rng(1), 12, 6, digits=3)


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """A folder with a dataset of boxes alone, in which evaluate_all has run."""
    folder = tmp_path_factory.mktemp("boxes")
    write_vehicles(folder)
    write_people(folder)
    configure(folder)
    succeed(folder, "evaluate_all")
    return folder


@pytest.fixture
def work(scored, tmp_path):
    """A copy of it, to do things to."""
    shutil.copytree(scored, tmp_path / "work", symlinks=True)
    return tmp_path / "work"


def configure(folder, sets=SETS, **evaluation):
    config = {"dataset": "data", "splits": ["val"], "predictions": sets, "evaluation": evaluation}
    (folder / "config").mkdir(exist_ok=True)
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config))


def write_vehicles(folder):
    write(folder / "data/gtBbox3d/val/synth", VECTOR["gt"], "gtBbox3d")
    write(folder / "vehicles/synth", VECTOR["predictions"], "boxes")


def write_people(folder):
    truth, results = PEOPLE
    names = {image["id"]: image["im_name"].rpartition("_")[0] for image in truth["images"]}
    documents = {
        name: {"imgWidth": 2048, "imgHeight": 1024, "objects": []} for name in names.values()
    }
    for one in truth["annotations"]:
        label = "person group" if one["iscrowd"] else "rider" if one["ignore"] else "pedestrian"
        box = {"label": label, "bbox": one["bbox"], "bboxVis": one["vis_bbox"]}
        documents[names[one["image_id"]]]["objects"].append(box)
    write(folder / "data/gtBboxCityPersons/val/bonn", documents, "gtBboxCityPersons")
    (folder / "people.json").write_text(json.dumps(results))
    (folder / "people").mkdir()
    for image, name in names.items():
        lines = [
            " ".join(map(repr, [*one["bbox"], one["score"]])) + "\n"
            for one in results
            if one["image_id"] == image and one["category_id"] == 1
        ]
        (folder / f"people/{name}.txt").write_text("".join(lines))


def write(folder, documents, ending):
    folder.mkdir(parents=True)
    for frame, document in documents.items():
        (folder / f"{frame}_{ending}.json").write_text(json.dumps(document))


def read_csv(folder, name):
    with open(folder / "results/evaluation" / name, newline="") as file:
        return list(csv.DictReader(file))


def counted(folder):
    """Prediction set -> frames that the last run looked into."""
    logs = (folder / "logs/evaluation_counts").glob("*/*.log")
    found = {log.parent.name: re.findall(r"(\d+) to update", log.read_text()) for log in logs}
    return {name: sum(map(int, numbers)) for name, numbers in found.items()}


def test_results_of_vehicles_are_those_of_the_reference(scored):
    found = json.loads((scored / "results/evaluation/boxes3d_good/results.json").read_text())
    assert largest_difference(found, VECTOR["expected"]) <= 1e-12
    (row,) = [row for row in read_csv(scored, "comparison.csv") if row["task"] == "boxes3d"]
    assert float(row["mAP"]) == pytest.approx(VECTOR["expected"]["mAP"], abs=1e-12)
    assert row["frames"] == f"{len(VECTOR['predictions'])} of {len(VECTOR['gt'])}"


def test_miss_rates_are_the_same_of_json_and_text_files(scored):
    rates = rates_of(*PEOPLE)
    for name in ("people_json", "people_text"):
        lines = (scored / f"results/evaluation/{name}/results.txt").read_text().splitlines()
        assert lines == [reference_line(rate) for rate in rates]
        found = [float(row["miss rate"]) for row in read_csv(scored, f"{name}/classes.csv")]
        assert found == pytest.approx([rate.log_average for rate in rates], abs=1e-12)


def test_the_ground_truth_of_people_is_written_as_the_benchmark_has_it(scored):
    found = json.loads((scored / "results/citypersons/val_gt.json").read_text())
    truth, _ = PEOPLE
    assert found["images"] == truth["images"]
    boxes = [
        {key: one[key] for key in ("id", "image_id", "ignore", "iscrowd", "bbox", "height")}
        for one in truth["annotations"]
    ]
    # A group is to be ignored as such.
    for one in boxes:
        one["ignore"] = max(one["ignore"], one["iscrowd"])
    assert [{key: one[key] for key in boxes[0]} for one in found["annotations"]] == boxes


def test_figures_of_all_sets_are_there(scored):
    for task in ("boxes3d", "pedestrians"):
        assert (scored / f"results/evaluation/{task}.png").read_bytes()[1:4] == b"PNG"
        assert b"<svg" in (scored / f"results/evaluation/{task}.svg").read_bytes()


def test_each_frame_is_counted_once_and_other_depths_count_none(work):
    assert nothing_to_do(succeed(work, "evaluate_all"))
    path = next((work / "vehicles/synth").iterdir())
    document = json.loads(path.read_text())
    path.write_text(json.dumps({"objects": document["objects"][1:]}))
    shutil.rmtree(work / "logs")
    succeed(work, "evaluate_all")
    assert counted(work) == {"boxes3d_good": 1}
    configure(work, boxes3d={"max_depth": 50, "step_size": 10})
    shutil.rmtree(work / "logs")
    succeed(work, "evaluate_all")
    assert counted(work).get("boxes3d_good", 0) == 0
    ends = {row["to m"] for row in read_csv(work, "boxes3d_good/depths.csv")}
    assert ends <= {"10", "20", "30", "40", "50"}


def test_all_bad_files_are_listed_and_other_sets_scored(work):
    first, second = sorted((work / "vehicles/synth").iterdir())[:2]
    first.write_text('{"objects": [{"label": "car", "score": NaN}, 7]}')
    second.write_text("[]")
    (work / "people.json").write_text('[{"image_id": 99, "category_id": 1}]')
    done = snakemake(work, "evaluate_all", "--keep-going")
    assert done.returncode != 0
    log = (work / "logs/evaluation_counts/boxes3d_good/synth.log").read_text()
    assert f"vehicles/synth/{first.name}: object 0: 2d is missing" in log
    assert "object 1: 7 is not an object" in log
    assert f"vehicles/synth/{second.name}: the file holds [], not an object" in log
    log = (work / "logs/prediction_problems/people_json.log").read_text()
    assert "entry 0: image_id is 99, not from 1 to 12" in log
    assert (work / "results/evaluation/people_text/results.txt").exists()


def test_clean_removes_tables_and_figures(work):
    succeed(work, "clean")
    assert not list((work / "results").rglob("*.*"))
    assert (work / "vehicles").is_dir()


def test_the_commands_of_the_page_work(scored, tmp_path):
    (command,) = blocks_of("docs/boxes.md")
    command = command.replace("/tmp/", f"{tmp_path}/").replace(" scripts/", f" {CLONE}/scripts/")
    command = command.replace(" config/", f" {CLONE}/config/")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(
        ["bash", "-euc", command], cwd=scored, env={**os.environ, "PATH": path}, check=True
    )
    assert (tmp_path / "boxes3d.pdf").read_bytes()[:4] == b"%PDF"

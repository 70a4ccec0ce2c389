"""Evaluation of boxes: CPU seconds for 500 frames, from files to scores, start-up left out."""

import argparse
import json
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np

CLONE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CLONE / "scripts"), str(CLONE / "tests")]

from cityscapes.evaluation.boxes3d.counts import count_frame
from cityscapes.evaluation.boxes3d.scores import class_scores, results_json
from cityscapes.evaluation.boxes3d.settings import Settings3d
from cityscapes.evaluation.pedestrians.counts import count_frame as count_people
from cityscapes.evaluation.pedestrians.detections import detections, read_results
from cityscapes.evaluation.pedestrians.scores import miss_rates
from cityscapes.evaluation.pedestrians.subsets import OFFICIAL
from cityscapes.evaluation.pedestrians.truth import parse_truth
from cityscapes.person_labels import read_person_labels
from people import make_documents
from vehicles import make_frame, write_files

HABITS = {"noise": 0.05, "far": 90.0, "digits": 17, "other": 0.05}
LIMIT = 1.5
PEOPLE = CLONE / "config/labels_cityPersons.csv"


def main(frames: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="cityscapes-bench-") as name:
        folder = Path(name)
        objects = vehicles(folder, frames)
        report("boxes3d", f"{objects} objects", vehicle_scores, folder, frames, rounds)
        found = people(folder, frames)
        report("pedestrians", f"{found} detections", people_scores, folder, frames, rounds)


def report(task: str, what: str, score, folder: Path, frames: int, rounds: int) -> None:
    best = min(cpu(score, folder) for _ in range(rounds))
    verdict = "PASS" if best <= LIMIT else "FAIL"
    print(f"{task}: {frames} frames, {what}: {best:.2f} CPU s <= {LIMIT} {verdict}")
    half, whole = (peak_memory(score, folder, frames // share) / 1e6 for share in (2, 1))
    print(f"{task}: at most {half:.1f} MB for half of the frames, {whole:.1f} MB for all")


def vehicles(folder: Path, frames: int) -> int:
    """Write the files of so many frames; the number of true objects."""
    rng = np.random.default_rng(0)
    made = {f"ulm_{k:06d}_000019": make_frame(rng, 15, HABITS) for k in range(frames)}
    write_files({key: one for key, (one, _) in made.items()}, folder / "gt", "gtBbox3d")
    write_files({key: one for key, (_, one) in made.items()}, folder / "predictions", "pred")
    return sum(len(truth["objects"]) for truth, _ in made.values())


def vehicle_scores(folder: Path, most: int | None = None) -> str:
    settings = Settings3d()
    counts = (
        count_frame(
            path.read_bytes(),
            (folder / "predictions" / path.name.replace("gtBbox3d", "pred")).read_bytes(),
            settings,
        )
        for path in sorted((folder / "gt").iterdir())[:most]
    )
    return json.dumps(results_json(class_scores(counts, settings), settings), indent=4)


def people(folder: Path, frames: int) -> int:
    """Write ground truth and one results file; the number of detections."""
    truth, results = make_documents(np.random.default_rng(0), frames, 48)
    (folder / "people").mkdir()
    labels = {
        (0, 0): "pedestrian",
        (1, 0): "rider",
        (0, 1): "person group",
        (1, 1): "person group",
    }
    objects: dict[int, list] = {image["id"]: [] for image in truth["images"]}
    for one in truth["annotations"]:
        label = labels[one["ignore"], one["iscrowd"]]
        box = {"label": label, "bbox": one["bbox"], "bboxVis": one["vis_bbox"]}
        objects[one["image_id"]].append(box)
    for image, of_image in objects.items():
        document = {"imgWidth": 2048, "imgHeight": 1024, "objects": of_image}
        (folder / f"people/bonn_{image:06d}_000019.json").write_text(json.dumps(document))
    (folder / "results.json").write_text(json.dumps(results))
    return len(results)


def people_scores(folder: Path, most: int | None = None) -> list[float]:
    table = read_person_labels(PEOPLE)
    paths = sorted((folder / "people").iterdir())
    found, _ = read_results(folder / "results.json", [path.stem for path in paths])
    counts = (
        count_people(parse_truth(path.read_bytes(), table), detections(found[path.stem]), OFFICIAL)
        for path in paths[:most]
    )
    return [rate.log_average for rate in miss_rates(counts, OFFICIAL)]


def cpu(function, *arguments) -> float:
    begin = time.process_time()
    function(*arguments)
    return time.process_time() - begin


def peak_memory(function, *arguments) -> int:
    tracemalloc.start()
    function(*arguments)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    main(**vars(parser.parse_args()))

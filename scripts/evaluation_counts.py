"""Count what the predictions for one city are, frame by frame; scores are made of the counts."""

import argparse
import json
import logging
from pathlib import Path

import cv2
from joblib import Parallel, delayed

from cityscapes.coco_results import index_coco_results
from cityscapes.command import run
from cityscapes.counting import Truth, Work, coco_work, panoptic_work, pixel_work, text_work
from cityscapes.dataset import Shard
from cityscapes.errors import DataError
from cityscapes.files import digest
from cityscapes.labels import read_labels
from cityscapes.manifest import check_manifest, check_written, written_files
from cityscapes.prediction_sets import TASKS
from cityscapes.progress import progress
from cityscapes.provenance import SCRIPTS, code_digests
from cityscapes.tables import JournaledTable, read_table
from cityscapes.workers import worker_count

COLUMNS = ["frame", "state", "counts"]


def main(
    task: str, predictions: Path, files: Path, truth: Path, panoptic_truth: Path, dataset: Path,
    split: str, city: str, labels: Path, truth_manifest: Path | None, output: Path, jobs: int,
) -> None:  # fmt: skip
    table = read_labels(labels)
    of_split = {row["frame"]: Path(row["path"]) for row in read_table(files)}
    of_city = {frame: path for frame, path in of_split.items() if frame.startswith(f"{city}_")}
    where, written = Truth(truth, dataset, split, city), {}
    if truth_manifest:
        shard = Shard("gtFine", split, city)
        check_manifest(truth_manifest, dataset, shard)
        written = written_files(truth_manifest, truth, shard)
    if task == "pixel":
        work = pixel_work(of_city, where)
    elif task == "panoptic":
        json_file = next(iter(of_split.values()))
        work = panoptic_work(set(of_city), panoptic_truth, json_file, table)
    elif predictions.suffix == ".json":
        entries, _ = index_coco_results(predictions, of_split, table)
        work = coco_work(predictions, {frame: entries[frame] for frame in of_city}, where, table)
    else:
        work = text_work(of_city, predictions, where, table)

    output.parent.mkdir(parents=True, exist_ok=True)
    counted = JournaledTable(output, COLUMNS)
    code = digest(str(code_digests(SCRIPTS / "cityscapes/counting.py")))
    work = [todo._replace(state=digest(code, todo.state)) for todo in work]
    stale = [todo for todo in work if counted.rows.get(todo.frame, {}).get("state") != todo.state]
    logging.info("%s: %d frames, %d to count", city, len(work), len(stale))
    problems = []
    outcomes = Parallel(worker_count(jobs, len(stale)), return_as="generator_unordered")(
        delayed(try_count)(todo, written) for todo in stale
    )
    for frame, state, counts, problem in progress(outcomes, len(stale), city):
        if problem:
            problems.append(f"{frame}: {problem}")
        else:
            counted.put({"frame": frame, "state": state, "counts": counts})
    if problems:
        lines = "".join(f"\n  {problem}" for problem in sorted(problems))
        raise DataError(f"{len(problems)} of {len(work)} predictions for {city} are wrong:{lines}")
    counted.save([todo.frame for todo in work])


def try_count(todo: Work, written: dict[Path, str]) -> tuple[str, str, str, str]:
    """Frame, state, counts as JSON, and what is wrong with its files, if anything."""
    cv2.setNumThreads(1)  # the workers are the parallelism
    try:
        for path in todo.truth:
            check_written(path, written)
        counts = json.dumps(todo.count(*todo.arguments), separators=(",", ":"))
        return todo.frame, todo.state, counts, ""
    except DataError as error:
        return todo.frame, todo.state, "", str(error)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=TASKS, required=True)
    parser.add_argument("--predictions", type=Path, required=True, help="folder or JSON file")
    parser.add_argument("--files", type=Path, required=True, help="table of prediction_files.py")
    parser.add_argument("--truth", type=Path, required=True, help="root with label images")
    parser.add_argument("--panoptic-truth", type=Path, required=True, help="COCO panoptic JSON")
    parser.add_argument("--dataset", type=Path, required=True, help="root with disparity, camera")
    parser.add_argument("--split", required=True)
    parser.add_argument("--city", required=True)
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--truth-manifest", type=Path, help="the label images must be as it says")
    parser.add_argument("--output", type=Path, required=True, help="table of counts")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    run(main, parser)

"""Compare the predictions for one city with the ground truth; scores are made from the counts."""

import argparse
import json
from pathlib import Path
from typing import Any

from cityscapes.errors import DataError
from cityscapes.evaluation.counting import City, Truth
from cityscapes.evaluation.flags import add_files, add_labels, add_predictions
from cityscapes.evaluation.tasks import TASKS
from cityscapes.ground_truth.shard_files import check_written, written_files
from cityscapes.incremental.code import code_of, function_of
from cityscapes.incremental.engine import Frame, Item, Job, update
from cityscapes.incremental.manifest import Header, Manifest
from cityscapes.incremental.tables import read_tracked, write_tracked
from cityscapes.jobs.command import run
from cityscapes.labels import read_labels
from cityscapes.layout import Shard


def main(
    task: str, predictions: Path, files: Path, truth: Path, panoptic_truth: Path | None,
    dataset: Path, split: str, city: str, labels: Path, encoding: str, resize: str,
    images: Path | None, truth_table: Path | None, settings: dict, person_labels: Path | None,
    boundaries: bool, manifest: Path, output: Path, jobs: int, forced: bool,
) -> None:  # fmt: skip
    table = read_labels(labels)
    rows = read_tracked(files)
    found = {row["frame"]: Path(row["path"]) for row in rows}
    of_city = {row["frame"]: found[row["frame"]] for row in rows if row["city"] == city}
    written = (
        written_files(truth_table, truth, Shard("gtFine", split, city)) if truth_table else {}
    )
    where = Truth(truth, dataset, split, city, written, panoptic_truth)
    make_work = TASKS[task].boundaries if boundaries else TASKS[task].work
    asked = City(
        predictions, found, of_city, where, table, encoding, resize, images, settings,
        person_labels,
    )  # fmt: skip
    work = function_of(make_work)(asked)

    job = Job(manifest, (Item("counts", (), code_of(make_work)),), count, forced=forced)
    known = Manifest(manifest)
    frames = [
        Frame(one.frame, {}, one.state, (one, {path: written.get(path) for path in one.truth}))
        for one in work
    ]
    outcome = update(job, known, frames, {}, jobs, city)
    known.save(list(outcome.rows), Header())
    if outcome.problems:
        lines = "".join(
            f"\n  {frame}: {problem}" for frame, problem in sorted(outcome.problems.items())
        )
        raise DataError(
            f"{len(outcome.problems)} of {len(work)} predictions for {city} are wrong:{lines}"
        )
    counted = [
        {"frame": frame, "counts": json.dumps(row.cells["counts"].value, separators=(",", ":"))}
        for frame, row in outcome.rows.items()
    ]
    write_tracked(output, ["frame", "counts"], counted)


def count(frame: Frame, wanted: list[str], read: object) -> dict[str, Any]:
    """The counts of one frame, as the engine asks for them."""
    todo, written = frame.payload
    for path in todo.truth:
        check_written(path, written[path])
    return {"counts": todo.count(*todo.arguments)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=TASKS, required=True)
    add_predictions(parser)
    add_files(parser)
    parser.add_argument("--truth", type=Path, required=True, help="root with label images")
    parser.add_argument("--panoptic-truth", type=Path, help="COCO panoptic JSON")
    parser.add_argument("--dataset", type=Path, required=True, help="root with disparity, camera")
    parser.add_argument("--split", required=True)
    parser.add_argument("--city", required=True)
    add_labels(parser)
    parser.add_argument("--truth-table", type=Path, help="table that the label images must match")
    parser.add_argument("--settings", type=json.loads, default={}, help="of the task, as JSON")
    parser.add_argument("--person-labels", type=Path, help="label table of CityPersons (CSV)")
    parser.add_argument("--boundaries", action="store_true", help="count boundaries instead")
    parser.add_argument("--manifest", type=Path, required=True, help="manifest of the frames")
    parser.add_argument("--output", type=Path, required=True, help="table of counts")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    parser.add_argument("--forced", action="store_true", help="count all frames again")
    run(main, parser)

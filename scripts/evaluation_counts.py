"""Compare the predictions for one city with the ground truth; scores are made from the counts."""

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cityscapes.command import run
from cityscapes.edits.column import EDITED, IN_PLACE
from cityscapes.errors import DataError
from cityscapes.evaluation.counting import City, Truth, Work
from cityscapes.evaluation.flags import add_files, add_labels, add_predictions
from cityscapes.evaluation.tasks import TASKS
from cityscapes.ground_truth.shard_records import check_written, written_files
from cityscapes.incremental.code import code_of, function_of
from cityscapes.incremental.engine import update
from cityscapes.incremental.items import Frame, Item, Job
from cityscapes.incremental.manifest import Header, Manifest
from cityscapes.incremental.tables import problems_in, read_tracked, write_tracked
from cityscapes.labels import read_labels
from cityscapes.layout import Shard, image_name


def main(
    task: str, predictions: Path, files: Path, truth: Path, panoptic_truth: Path | None,
    dataset: Path, split: str, city: str, labels: Path, encoding: str, resize: str,
    images: Path | None, truth_table: Path | None, settings: dict, person_labels: Path | None,
    boundaries: bool, manifest: Path, output: Path, jobs: int, forced: bool,
    unedited: Path | None = None, unedited_table: Path | None = None,
    unedited_panoptic: Path | None = None,
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
    if unedited and unedited_table and truth_table:
        in_one_file = bool(TASKS[task].split_truth)
        edited = edited_frames(truth_table, unedited_table, city, in_one_file)
        raw = written_files(unedited_table, unedited, Shard("gtFine", split, city))
        of_dataset = replace(where, root=unedited, written=raw, split_json=unedited_panoptic)
        work = with_truth_of(work, asked, of_dataset, edited, function_of(make_work))
        written |= raw

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


def edited_frames(
    truth_table: Path, unedited_table: Path, city: str, in_one_file: bool
) -> set[str]:
    """Return the edited frames of a city, which are compared with the dataset's own files.

    Named as in predictions. Raises DataError if the results of these files lack one.
    """

    def named(rows: list[dict[str, str]]) -> set[str]:
        names = (row["frame"] for row in rows)
        return {image_name(city, name) if in_one_file else name for name in names}

    edited = named([row for row in read_tracked(truth_table) if row.get(EDITED) == IN_PLACE])
    missing = sorted(edited - named(read_tracked(unedited_table)))
    if missing:
        found = problems_in(unedited_table)
        why = "; ".join(found) or "it was edited meanwhile: run again"
        raise DataError(
            f"{missing[0]} is edited, and cannot be scored against the polygon file of the "
            f"dataset: {why}. `evaluation: {{edits: true}}` scores it against its edit"
        )
    return edited


def with_truth_of(
    work: list[Work], asked: City, truth: Truth, frames: set[str],
    make_work: Callable[[City], list[Work]],
) -> list[Work]:  # fmt: skip
    """Return the same work, but with another truth for these frames."""
    of_city = {frame: path for frame, path in asked.of_city.items() if frame in frames}
    if not of_city:
        return work
    others = {one.frame: one for one in make_work(replace(asked, of_city=of_city, truth=truth))}
    return [others.get(one.frame, one) for one in work]


def count(frame: Frame, wanted: list[str], read: object) -> dict[str, Any]:
    """Return the counts of one frame, for the engine."""
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
    parser.add_argument(
        "--unedited", type=Path, help="root with label images of edited frames, as in the dataset"
    )
    parser.add_argument("--unedited-table", type=Path, help="table that these must match")
    parser.add_argument("--unedited-panoptic", type=Path, help="COCO panoptic JSON of them")
    parser.add_argument("--settings", type=json.loads, default={}, help="of the task, as JSON")
    parser.add_argument("--person-labels", type=Path, help="label table of CityPersons (CSV)")
    parser.add_argument("--boundaries", action="store_true", help="count boundaries instead")
    parser.add_argument("--manifest", type=Path, required=True, help="manifest of the frames")
    parser.add_argument("--output", type=Path, required=True, help="table of counts")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    parser.add_argument("--forced", action="store_true", help="count all frames again")
    run(main, parser)

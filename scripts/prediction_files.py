"""Find the predictions of every frame of a split, and the problems of the set."""

import argparse
import logging
from pathlib import Path
from urllib.parse import quote

from cityscapes.command import run
from cityscapes.edits.column import EDITED
from cityscapes.errors import DataError
from cityscapes.evaluation.cities import cities_of
from cityscapes.evaluation.flags import add_labels, add_predictions
from cityscapes.evaluation.instance.predictions import MAX_LISTED
from cityscapes.evaluation.sets import Found, PredictionSet, raw_shards
from cityscapes.evaluation.tasks import TASKS
from cityscapes.incremental.code import function_of
from cityscapes.incremental.tables import read_tracked, write_tracked
from cityscapes.labels import LabelTable, read_labels


def main(
    name: str,
    task: str,
    predictions: Path,
    split: str,
    encoding: str,
    tables: list[Path],
    dataset: Path,
    labels: Path,
    allow_missing: bool,
    resize: str,
    images: Path | None,
    output: Path,
    problems: Path,
    with_edits: bool = False,
) -> None:
    edited = 0
    if kind := TASKS[task].frames_of:
        shards = raw_shards(dataset, kind, split)
        cities = {frame: shard.city for shard, names in shards.items() for frame in names}
    else:
        in_one_file = bool(TASKS[task].split_truth)
        cities = cities_of(tables, in_one_file, with_new=with_edits)
        edited = sum(bool(row.get(EDITED)) for path in tables for row in read_tracked(path))
    frames = list(cities)
    asked = PredictionSet(
        name, task, predictions, split, encoding, allow_missing, resize=resize, images=images
    )
    try:
        found, wrong, note, _ = find(asked, frames, read_labels(labels))
        if not found:
            raise DataError(nothing_found(frames, split, wrong))
    except DataError as error:
        raise DataError(f"prediction set {name}: {error}") from None
    rows = [{"frame": frame, "city": cities[frame], "path": path} for frame, path in found.items()]
    columns = ["frame", "city", "path"]
    notes = {"expected": str(len(frames)), "note": quote(note)}
    if with_edits and edited:
        notes["edits"] = str(edited)
    write_tracked(output, columns, rows, **notes)
    write_tracked(problems, ["problem"], [{"problem": problem} for problem in wrong])
    logging.info("prediction set %s: %d of %d frames", name, len(found), len(frames))


def find(asked: PredictionSet, frames: list[str], table: LabelTable) -> Found:
    """Return the file of each frame, and a line for each wrong one; DataError if all are."""
    if asked.split == "test":
        raise DataError(
            "the ground truth of test is not public, so it cannot be scored here; the "
            "benchmark's server scores submissions for test"
        )
    if not frames:
        kind = TASKS[asked.task].frames_of
        raise DataError(
            f"no frames of {asked.split}: does the dataset have {kind}/{asked.split}?"
            if kind
            else f"no frames of {asked.split}: is it among the `splits` of the config?"
        )
    if not asked.path.exists():
        raise DataError(f"{asked.path}: no such file or folder")
    return function_of(TASKS[asked.task].find)(asked, frames, table)


def nothing_found(frames: list[str], split: str, problems: list[str]) -> str:
    """Return the message if no frame is predicted, which begins with the errors of files found."""
    listed = sorted(problems, key=lambda problem: ": missing: " in problem)
    if len(listed) > MAX_LISTED:
        listed[MAX_LISTED:] = [f"and {len(listed) - MAX_LISTED} more"]
    return "\n  ".join([f"none of the {len(frames)} frames of {split} is predicted", *listed])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True, help="of the prediction set")
    parser.add_argument("--task", choices=TASKS, required=True)
    add_predictions(parser)
    parser.add_argument("--split", required=True)
    parser.add_argument(
        "--tables", type=Path, nargs="*", default=[], help="tables of the split's frames"
    )
    parser.add_argument("--dataset", type=Path, required=True, help="root with the raw types")
    add_labels(parser)
    parser.add_argument(
        "--allow-missing", action="store_true", help="score only the existing predictions"
    )
    parser.add_argument(
        "--with-edits", action="store_true", help="edited frames are compared with their edits"
    )
    parser.add_argument("--output", type=Path, required=True, help="table of files to write")
    parser.add_argument("--problems", type=Path, required=True, help="table of problems to write")
    run(main, parser)

"""Convert and check a prediction set, and pack it for the benchmark's server."""

import argparse
import logging
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.evaluation.cities import cities_of
from cityscapes.evaluation.flags import add_labels, add_predictions
from cityscapes.evaluation.sets import PredictionSet
from cityscapes.evaluation.tasks import TASKS
from cityscapes.files.tables import write_csv
from cityscapes.files.whole import atomic_file, size_text
from cityscapes.incremental.code import function_of
from cityscapes.jobs.progress import progress
from cityscapes.jobs.workers import worker_count
from cityscapes.labels import read_labels
from cityscapes.submission import boxes3d, instance, panoptic, pixel
from cityscapes.submission.archive import MOST_MEMBERS, writing
from cityscapes.submission.frame import COLUMNS, Asked

PACKERS: dict[str, Any] = {
    "pixel": pixel, "instance": instance, "panoptic": panoptic, "boxes3d": boxes3d,
}  # fmt: skip


class Refused(DataError):
    """All problems of a submission."""


def main(
    name: str, task: str, predictions: Path, split: str, encoding: str, tables: list[Path],
    labels: Path, size: tuple[int, int], expected: int, resize: str, images: Path | None,
    allow_missing: bool, output: Path, table: Path, jobs: int,
) -> None:  # fmt: skip
    frames = sorted(cities_of(tables, in_one_file=bool(TASKS[task].split_truth)))
    asked = PredictionSet(
        name, task, predictions, split, encoding, allow_missing, resize=resize, images=images
    )
    label_table = read_labels(labels)
    problems = _problems_of_frames(frames, expected, split)
    if not predictions.exists():
        raise DataError(f"submission {name}: {predictions}: no such file or folder")
    try:
        found = function_of(TASKS[task].find)(asked, frames, label_table)
    except DataError as error:
        raise DataError(f"submission {name}: {error}") from None
    # A misspelt name would make an empty frame of one that is predicted.
    problems += [*found.problems, *found.unexpected]
    files = {frame: found.files[frame] for frame in frames if frame in found.files}
    missing = tuple(frame for frame in frames if frame not in files) if allow_missing else ()
    work = Asked(asked, files, (size[1], size[0]), label_table, missing)
    module = PACKERS[task]
    tasks = module.tasks(work, jobs)
    made = Parallel(worker_count(jobs, len(tasks)), return_as="generator")(
        delayed(one.pack)(*one.arguments) for one in tasks
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(output, "submission") as file:
        with writing(file) as archive:
            packed = []
            for one in progress(made, len(tasks), name):
                problems += one.problems
                for member in one.members if not problems else ():
                    archive.add(member)
                one.members = []
                packed.append(one)
            if problems:
                raise Refused(_refusal(name, problems))
            for member in module.last(work, packed):
                archive.add(member)
        bytes_ = file.tell()
    write_csv(table, COLUMNS, (tuple(one.row[column] for column in COLUMNS) for one in packed))
    empty = sum(one.row["empty"] for one in packed)
    print(
        f"{output}: {len(packed)} frames of {split}, {empty} of them empty, "
        f"{archive.members} files, {size_text(bytes_)}"
    )
    if found.note:
        print(f"  {found.note}")
    if archive.members > MOST_MEMBERS:
        logging.warning(
            "%s holds more than %d files, so it is in the ZIP64 format, which old programs do not "
            "open",
            output,
            MOST_MEMBERS,
        )


def _problems_of_frames(frames: list[str], expected: int, split: str) -> list[str]:
    if not frames:
        raise DataError(f"no frames of {split}: is it among the `splits` of the config?")
    if expected in (0, len(frames)):
        return []
    return [
        f"the dataset has {len(frames)} frames of {split}, the benchmark {expected}: the "
        "server requires all of them (for a dataset that is smaller on purpose: checks: "
        "counts: any)"
    ]


def _refusal(name: str, problems: list[str]) -> str:
    lines = "".join(f"\n  {problem}" for problem in problems)
    number = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return f"submission {name} is not packed, {number}:{lines}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True, help="of the prediction set")
    parser.add_argument("--task", choices=PACKERS, required=True)
    add_predictions(parser)
    parser.add_argument("--split", default="test")
    parser.add_argument(
        "--allow-missing", action="store_true", help="boxes3d: frames without a file are empty"
    )
    parser.add_argument(
        "--tables", type=Path, nargs="+", required=True, help="tables of the split's frames"
    )
    add_labels(parser)
    parser.add_argument(
        "--size", type=int, nargs=2, default=[2048, 1024], help="width and height of the images"
    )
    parser.add_argument("--expected", type=int, default=0, help="number of frames (any)")
    parser.add_argument("--output", type=Path, required=True, help="zip file to write")
    parser.add_argument("--table", type=Path, required=True, help="CSV of its frames to write")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes (1)")
    run(main, parser)

"""Prediction sets: which files of a user's results belong to which frame.

Pure standard library: the Snakefile imports it each time it is read.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cityscapes.errors import DataError, quoted
from cityscapes.evaluation.tasks import TASKS
from cityscapes.layout import Entry, status_of

FRAME = re.compile(r"([^_/]+_\d{6}_\d{6})(?!\d)")
# The cities of a dataset of one's own may hold underscores.
FRAME_OF_ANY_CITY = re.compile(r"([^/]+?_\d{6}_\d{6})(?!\d)")
SPLITS = ("train", "val", "test")
PANOPTIC_NAME = re.compile(r"cityscapes_panoptic_([a-z_]+?)(_trainId)?\.json")

# Names of sets: as in config/schema.yaml. The tables of all sets lie beside their folders.
SET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
ENDINGS_OF_FILES = (".csv", ".tsv")


class PredictionSet(NamedTuple):
    """Predictions of one task for the frames of a split, as the config describes them."""

    name: str
    task: str
    path: Path  # folder, or the one JSON file that holds all
    split: str = "val"
    encoding: str = "auto"  # of pixel predictions: ids, trainIds or auto
    allow_missing: bool = False


def list_predictions(path: Path, task: str) -> list[Entry]:
    """All files that may belong to a prediction set, relative to its folder, by name.

    A JSON file stands for itself and, where the task has them, for the pictures in the folder
    beside it.
    """
    if path.suffix != ".json":
        return sorted(_walk(path, TASKS[task].endings))
    files = [_entry(path, path.parent)] if path.is_file() else []
    if TASKS[task].pictures:
        files += _walk(path.with_suffix(""), TASKS[task].pictures)
    return sorted(files)


def one_json(path: Path) -> Path:
    """The JSON file of a set that is given as such, or as the folder that holds it.

    Raises DataError when the folder holds none or several.
    """
    if path.suffix == ".json":
        return path
    found = sorted(path.glob("*.json"))
    if len(found) != 1:
        names = ", ".join(file.name for file in found) or "none"
        raise DataError(f"{path}: one COCO panoptic JSON file is wanted, found {names}")
    return found[0]


def files_of_frames(
    predictions: PredictionSet, frames: Iterable[str]
) -> tuple[dict[str, Path], list[str]]:
    """The file of each frame, and a line for each that is missing, doubled or unexpected.

    A file belongs to the frame that its name begins with, wherever below the folder it lies.
    Source: reference, getPrediction. With `allow_missing`, only doubled files are a problem,
    unless there is no file at all. Raises DataError where the set is no folder.
    """
    if not predictions.path.is_dir():
        raise DataError(f"{predictions.path}: a folder is wanted for the task {predictions.task}")
    ending = TASKS[predictions.task].ending
    found: dict[str, list[Path]] = {frame: [] for frame in frames}
    unexpected: list[str] = []
    inside: dict[str, Path] = {}
    listed = list_predictions(predictions.path, predictions.task)
    for entry in (entry for entry in listed if entry.name.endswith(ending)):
        name = os.path.basename(entry.name)
        path = predictions.path / entry.name
        begin, within = FRAME_OF_ANY_CITY.match(name), FRAME.search(name)
        if begin and begin[1] in found:
            found[begin[1]].append(path)
        elif within and within.start():
            inside.setdefault(within[1], path)
        elif within:
            unexpected.append(
                f"{path}: unexpected: {within[1]} is no frame of {predictions.split}"
            )
    doubled = [
        f"{frame}: {len(paths)} files: {', '.join(map(str, paths))}"
        for frame, paths in found.items()
        if len(paths) > 1
    ]
    missing = [
        f"{frame}: missing: no file {frame}*{ending} below {predictions.path}"
        + (f" (the name of {inside[frame]} does not begin so)" if frame in inside else "")
        for frame, paths in found.items()
        if not paths
    ]
    one = {frame: paths[0] for frame, paths in found.items() if len(paths) == 1}
    if one and predictions.allow_missing:
        return one, doubled
    return one, unexpected + doubled + missing


def sets_of_results_folder(root: Path) -> list[PredictionSet]:
    """What lies in a folder as CITYSCAPES_RESULTS names it for the reference, by task.

    Raises DataError where it is not clear what a panoptic JSON file predicts: two have one name,
    or the name is of no split.
    """
    names = [Path(entry.name) for entry in _walk(root, (".png", ".txt", ".json"))]
    panoptic = sorted(name for name in names if PANOPTIC_NAME.fullmatch(name.name))
    folders = [name.with_suffix("") for name in panoptic]
    pictures = [
        name
        for name in names
        if name.suffix == ".png" and not any(name.is_relative_to(folder) for folder in folders)
    ]
    found = []
    # Where there are text files of frames, the pictures are their masks.
    if any(name.suffix == ".txt" and FRAME.match(name.name) for name in names):
        found.append(PredictionSet("instance", "instance", root))
    elif any(FRAME.match(name.name) for name in pictures):
        found.append(PredictionSet("pixel", "pixel", root, encoding="ids"))
    return found + _panoptic_sets(root, panoptic)


def _panoptic_sets(root: Path, names: list[Path]) -> list[PredictionSet]:
    sets: dict[str, PredictionSet] = {}
    problems = []
    for name in names:
        matched = PANOPTIC_NAME.fullmatch(name.name)
        assert matched
        split, train_ids = matched.groups()
        first = sets.get(name.stem)
        if first:
            problems.append(f"{root / name} has the name of {first.path}")
        elif split not in SPLITS:
            problems.append(f"{root / name} is of no split: right are {', '.join(SPLITS)}")
        encoding = "trainIds" if train_ids else "ids"
        sets.setdefault(
            name.stem, PredictionSet(name.stem, "panoptic", root / name, split, encoding)
        )
    if problems:
        raise DataError(
            f"CITYSCAPES_RESULTS is {root}: it is not clear what is to be scored:\n  "
            + "\n  ".join(problems)
            + "\n  Name what is to be scored under `predictions` in the config."
        )
    return list(sets.values())


def check_set_name(name: str) -> None:
    """Raise DataError where a prediction set cannot have this name: folders and files get it."""
    if not SET_NAME.fullmatch(name) or name.lower().endswith(ENDINGS_OF_FILES):
        raise DataError(
            f"the name of a prediction set is {quoted(name)}: right are up to 100 letters, digits "
            "and _ . - that begin with a letter or digit and do not end as the name of a table "
            f"({', '.join(ENDINGS_OF_FILES)})"
        )


def _walk(root: Path, endings: tuple[str, ...]) -> list[Entry]:
    found = []
    # UPSTREAM: links to folders are not followed, but the root may be one.
    for folder, _, names in os.walk(root):
        for name in names:
            if name.endswith(endings) and not name.startswith("."):
                found.append(_entry(Path(folder, name), root))
    return found


def _entry(path: Path, root: Path) -> Entry:
    status = status_of(path)
    return Entry(str(path.relative_to(root)), status.st_size, status.st_mtime_ns)

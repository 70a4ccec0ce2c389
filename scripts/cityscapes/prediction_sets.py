"""Prediction sets: which files of a user's results belong to which frame.

Pure standard library: the Snakefile imports it each time it is read.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cityscapes.dataset import Entry, status_of
from cityscapes.errors import DataError

TASKS = ("pixel", "instance", "panoptic")
# Masks may have any name.
ENDINGS = {"pixel": (".png",), "instance": ("",), "panoptic": (".json", ".png")}
FRAME = re.compile(r"([^_/]+_\d{6}_\d{6})(?!\d)[^/]*")


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

    A JSON file stands for itself and, in panoptic sets, for the pictures in the folder beside it.
    """
    if path.suffix != ".json":
        return sorted(_walk(path, ENDINGS[task]))
    files = [_entry(path, path.parent)] if path.is_file() else []
    if task == "panoptic":
        pictures = path.with_suffix("")
        files += _walk(pictures, ENDINGS[task])
    return sorted(files)


def panoptic_json(path: Path) -> Path:
    """The JSON file of a panoptic set that is given as such, or as the folder that holds it.

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
    Source: reference, getPrediction. With `allow_missing`, only doubled files are a problem.
    """
    ending = {"pixel": ".png", "instance": ".txt"}[predictions.task]
    found: dict[str, list[Path]] = {frame: [] for frame in frames}
    problems = []
    listed = list_predictions(predictions.path, predictions.task)
    for entry in (entry for entry in listed if entry.name.endswith(ending)):
        match = FRAME.fullmatch(os.path.basename(entry.name))
        path = predictions.path / entry.name
        if match and match[1] in found:
            found[match[1]].append(path)
        elif match and not predictions.allow_missing:
            problems.append(f"{path}: unexpected: {match[1]} is no frame of {predictions.split}")
    for frame, paths in found.items():
        if len(paths) > 1:
            problems.append(f"{frame}: {len(paths)} files: {', '.join(map(str, paths))}")
        elif not paths and not predictions.allow_missing:
            problems.append(f"{frame}: missing: no file {frame}*{ending} below {predictions.path}")
    return {frame: paths[0] for frame, paths in found.items() if len(paths) == 1}, problems


def sets_of_results_folder(root: Path) -> list[PredictionSet]:
    """What lies in a folder as CITYSCAPES_RESULTS names it for the reference, by task."""
    names = [Path(entry.name) for entry in _walk(root, (".png", ".txt", ".json"))]
    panoptic = [
        name
        for name in names
        if re.fullmatch(r"cityscapes_panoptic_[a-z]+(_trainId)?\.json", name.name)
    ]
    folders = [name.with_suffix("") for name in panoptic]
    pictures = [
        name
        for name in names
        if name.suffix == ".png" and not any(name.is_relative_to(folder) for folder in folders)
    ]
    found = []
    # Where there are text files of frames, the pictures are their masks.
    if any(name.suffix == ".txt" and FRAME.fullmatch(name.name) for name in names):
        found.append(PredictionSet("instance", "instance", root))
    elif any(FRAME.fullmatch(name.name) for name in pictures):
        found.append(PredictionSet("pixel", "pixel", root, encoding="ids"))
    for name in panoptic:
        encoding = "trainIds" if name.stem.endswith("_trainId") else "ids"
        found.append(PredictionSet(name.stem, "panoptic", root / name, encoding=encoding))
    return found


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

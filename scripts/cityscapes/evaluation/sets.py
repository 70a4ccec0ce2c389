"""Prediction sets: the files of a user's results, by frame.

Pure standard library: the Snakefile imports it each time it is read.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from cityscapes.errors import DataError, quoted
from cityscapes.evaluation.frame_names import frame_in
from cityscapes.evaluation.tasks import FIGURE_ENDINGS, TASKS
from cityscapes.ground_truth.kinds import SOURCES
from cityscapes.layout import Entry, Shard, composed, find_shards, status_of

FRAME = re.compile(r"([^_/]+_\d{6}_\d{6})(?!\d)")
SPLITS = ("train", "val", "test")
PANOPTIC_NAME = re.compile(r"cityscapes_panoptic_([a-z_]+?)(_trainId)?\.json")

# Names of sets: as in config/schema.yaml. The tables of all sets lie next to their folders.
SET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
ENDINGS_OF_FILES = (".csv", ".tsv", *FIGURE_ENDINGS)


class PredictionSet(NamedTuple):
    """Predictions of one task for the frames of a split, as the config describes them."""

    name: str
    task: str
    path: Path  # folder, or the one JSON file that holds all
    split: str = "val"
    encoding: str = "auto"  # meaning of the values: ids, trainIds, colors or auto
    allow_missing: bool = False
    void: tuple[int, ...] = ()  # values of pixel predictions that mean nothing
    classes: tuple[str, ...] = ()  # the only ones to be scored; empty: all
    resize: str = ""  # how pixel predictions of another size are resized
    metrics: tuple[str, ...] = ()  # besides those of its task
    images: Path | None = None  # COCO JSON whose image and category ids the results refer to


class Found(NamedTuple):
    """The predictions of a set, as the `find` of its task returns them."""

    files: dict[str, Path]  # frame -> its predicted file
    problems: list[str]  # a line for each file, entry or frame that is wrong
    note: str = ""  # how they were read, if that is not obvious
    unexpected: tuple[str, ...] = ()  # lines for files of other frames, if these are allowed


def listed_json(path: Path) -> list[Entry]:
    """Return a JSON file that predictions refer to, as an entry; none if it is missing."""
    if not path.is_file():
        return []
    status = status_of(path)
    return [Entry(str(path), status.st_size, status.st_mtime_ns)]


def list_predictions(path: Path, task: str) -> list[Entry]:
    """Return all files that may belong to a prediction set, relative to its folder, by name.

    A JSON file stands for itself and, where the task has them, for the pictures in the folder of
    its name; where there is none, for those around it.
    """
    if path.suffix != ".json":
        return sorted(_walk(path, TASKS[task].endings))
    files = [_entry(path, path.parent)] if path.is_file() else []
    if TASKS[task].pictures:
        named = path.with_suffix("")
        files += _walk(named, TASKS[task].pictures) if named.is_dir() else _near(path)
    return sorted(files)


def _near(path: Path) -> list[Entry]:
    """Return the pictures in a file's folder, in the folders in it, and in those in these."""
    found = (one for depth in ("", "*/", "*/*/") for one in path.parent.glob(f"{depth}*.png"))
    return [_entry(one, path.parent) for one in found]


def one_json(path: Path) -> Path:
    """Return the JSON file of a set, given itself or as the folder that holds it.

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
    predictions: PredictionSet, frames: Iterable[str],
    describe: Callable[[Path], str] = lambda path: "",
) -> Found:  # fmt: skip
    """Return the file of each frame, and a line for each missing, doubled or unexpected one.

    A file belongs to the frame that its name begins with, wherever below the folder it lies
    (reference, getPrediction); where there is none, to the one that its name holds. With
    `allow_missing`, only doubled files are a problem, unless there is no file at all. `describe`
    tells doubled files apart. Raises DataError if the set is no folder.
    """
    if not predictions.path.is_dir():
        raise DataError(f"{predictions.path}: a folder is wanted for the task {predictions.task}")
    ending = TASKS[predictions.task].ending
    begins: dict[str, list[Path]] = {frame: [] for frame in frames}
    holds: dict[str, list[Path]] = {frame: [] for frame in begins}
    unexpected: list[str] = []
    listed = list_predictions(predictions.path, predictions.task)
    for entry in (entry for entry in listed if entry.name.endswith(ending)):
        name = os.path.basename(entry.name)
        path = predictions.path / entry.name
        frame, within = frame_in(name, begins), FRAME.search(name)
        if frame is not None:
            (begins if composed(name).startswith(composed(frame)) else holds)[frame].append(path)
        elif within:
            unexpected.append(
                f"{path}: unexpected: {within[1]} is no frame of {predictions.split}"
            )
    found = {frame: begins[frame] or holds[frame] for frame in begins}
    doubled = [
        f"{frame}: {len(paths)} files: {_told_apart(paths, describe)}: take all but one away"
        for frame, paths in found.items()
        if len(paths) > 1
    ]
    names = " or ".join(f"*{one}" for one in ending)
    lacking = [frame for frame, paths in found.items() if not paths]
    other_case = _in_other_case(predictions.path, ending, lacking)
    missing = [
        f"{frame}: missing: no file of this frame ({names}) below {predictions.path}"
        + (f"; rename {other_case[frame]}" if frame in other_case else "")
        for frame in lacking
    ]
    if missing and not unexpected and not any(found.values()):
        missing.append(_what_lies_in(predictions.path))
    one = {frame: paths[0] for frame, paths in found.items() if len(paths) == 1}
    if one and predictions.allow_missing:
        return Found(one, doubled, unexpected=tuple(unexpected))
    return Found(one, unexpected + doubled + missing)


def _what_lies_in(root: Path) -> str:
    """Return a line with the number of files below a folder, and the name of one."""
    names = sorted(path.name for path in _files_below(root))
    such = f", such as {quoted(names[0])}" if names else ""
    return f"{root} holds {len(names)} files{such}"


def _in_other_case(root: Path, ending: tuple[str, ...], frames: list[str]) -> dict[str, Path]:
    """frame -> a file of it whose ending has capital letters, such as .PNG, which is not read."""
    found: dict[str, Path] = {}
    for path in _files_below(root) if frames else ():
        name = path.name
        if name.lower().endswith(ending) and not name.endswith(ending) and name[0] != ".":
            frame = frame_in(name, frames)
            if frame is not None:
                found.setdefault(frame, path)
    return found


def _told_apart(paths: list[Path], describe: Callable[[Path], str]) -> str:
    kinds = {path: describe(path) for path in paths}
    return ", ".join(f"{path} ({kind})" if kind else f"{path}" for path, kind in kinds.items())


def raw_shards(root: Path, kind: str, split: str) -> dict[Shard, list[str]]:
    """Return the frames of a split with a file of a raw type, by shard; there may be none."""
    ending = f"_{SOURCES[kind][1]}"
    try:
        shards = find_shards(root, {kind: (ending,)}, [split])
    except DataError:
        return {}
    return {
        shard: [entry.name.removesuffix(ending) for entry in entries]
        for shard, entries in shards.items()
    }


def sets_of_results_folder(root: Path) -> list[PredictionSet]:
    """Return the sets in a folder laid out like CITYSCAPES_RESULTS of the reference, by task.

    Raises DataError if it is not clear what a panoptic JSON file predicts: two have one name,
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
    if (root / "predBbox3d").is_dir():
        found.append(PredictionSet("boxes3d", "boxes3d", root / "predBbox3d"))
    # If there are text files of frames, the pictures are their masks.
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


def check_settings(one: PredictionSet) -> None:
    """Raise DataError, which lists settings of a set that its task does not have."""
    named = {
        "void": one.void,
        "classes": one.classes,
        "resize": one.resize,
        "images": one.images,
        "colors": one.encoding == "colors",
    }
    known = TASKS[one.task].settings
    found = [setting for setting, value in named.items() if value and setting not in known]
    found = ["encoding: colors" if setting == "colors" else setting for setting in found]
    found += [f"metrics: {metric}" for metric in one.metrics if metric != TASKS[one.task].metric]
    found += ["classes beside metrics"] * bool(one.metrics and one.classes)
    if found:
        raise DataError(
            f"prediction set {one.name}: the task {one.task} has no setting {', '.join(found)}"
        )


def check_set_name(name: str) -> None:
    """Raise DataError if a prediction set cannot have this name, which folders and files get."""
    if not SET_NAME.fullmatch(name) or name.lower().endswith(ENDINGS_OF_FILES):
        raise DataError(
            f"the name of a prediction set is {quoted(name)}: right are up to 100 letters, digits "
            "and _ . - that begin with a letter or digit and do not end as the name of a table "
            f"({', '.join(ENDINGS_OF_FILES)})"
        )


def _walk(root: Path, endings: tuple[str, ...]) -> list[Entry]:
    return [
        _entry(path, root)
        for path in _files_below(root)
        if path.name.endswith(endings) and not path.name.startswith(".")
    ]


def _files_below(root: Path) -> Iterator[Path]:
    """Yield the paths of all files below a folder, those of a folder by name."""
    # UPSTREAM: links to folders are not followed, but the root may be one.
    for folder, _, names in os.walk(root):
        yield from (Path(folder, name) for name in sorted(names))


def _entry(path: Path, root: Path) -> Entry:
    status = status_of(path)
    return Entry(str(path.relative_to(root)), status.st_size, status.st_mtime_ns)

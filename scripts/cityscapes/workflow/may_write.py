"""Whether results may be written: apart from the dataset, and over no other file."""

import os
from collections.abc import Iterable
from pathlib import Path

from cityscapes.edits.folder import UNEDITED
from cityscapes.errors import DataError
from cityscapes.ground_truth.kinds import derived_path
from cityscapes.ground_truth.old_manifests import old_contents
from cityscapes.ground_truth.shard_records import manifest_path
from cityscapes.incremental import outputs
from cityscapes.incremental.manifest import Manifest
from cityscapes.incremental.ownership import (
    Identity,
    check_folders,
    check_roots,
    dataset_folders,
    folders_below,
    is_as_written,
)
from cityscapes.layout import Shard
from cityscapes.roots import plan_links
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards

# Folders of reports and of other files that rules write, below the results.
PUBLIC = (
    "checks", "evaluation", "citypersons", "annotations", "exports", "submissions", "statistics",
    "report", UNEDITED,
)  # fmt: skip
# What Snakemake writes beside the results, in the working directory.
LOGS = ("logs", "benchmarks")


def check_results(settings: Settings, shards: Shards) -> list[str]:
    """Raise DataError where results may not be written; lines about what will be left out.

    This is the first look at settings and dataset in a run that makes anything.
    """
    settings.check_one_dataset()
    if settings.is_joined:
        plan_links(settings.roots)  # raises where a file is in two roots
    check_apart(settings, shards)
    shards.check_root()
    if settings.is_joined:
        shards.forget()  # what was listed before the roots are joined
    what = "a city's name holds no braces, and nothing that cannot be shown"
    lines = [f"{folder} is left out: {what}" for folder in shards.odd_folders()]
    results = settings.results
    if results.exists() and not os.access(results, os.W_OK):
        lines.append(
            f"{results.absolute()} cannot be written to: it is read-only for you, or its "
            "file system is. Change its permissions, or work in another folder (--directory)."
        )
    return lines


def check_apart(settings: Settings, shards: Shards) -> None:
    """Raise DataError if a write to the results could reach the dataset.

    The folders of all shards are looked at, and those of all reports.
    """
    _check_roots(settings)
    settings.edits.check_apart(_roots(settings), settings.results)
    if not Path(settings.dataset).exists() and not settings.is_joined:
        return  # packages that are still to be unpacked
    folders = {*outputs.PRIVATE, *PUBLIC}
    for private in (*outputs.PRIVATE, *(f"{UNEDITED}/{name}" for name in outputs.PRIVATE)):
        folders.update(folders_below(settings.results, private))
    for shard in shards.all_or_none():
        folders |= {kind.folder_of(shard) for kind in shards.files(shard).kinds if kind.ending}
    check_folders(settings.results, sorted(folders), _raw_folders(settings))


def check_free(settings: Settings, paths: Iterable[str]) -> None:
    """Raise DataError where one of these files cannot be written, results of rules all of them.

    Somebody's file has its name, or a folder on the way to it is a link or one of the dataset's.
    """
    _check_roots(settings)
    results, unedited = settings.results, settings.results / UNEDITED
    below = {path: outputs.path_below(Path(path), results) for path in paths}
    found = {path: inner for path, inner in below.items() if inner is not None}
    folders = {os.fspath(inner.parent) for inner in found.values()}
    check_folders(results, sorted(folders), _raw_folders(settings))
    # What is made of the dataset's files of edited frames has records of its own.
    of_unedited = [path for path, inner in found.items() if inner.parts[0] == UNEDITED]
    outputs.check_free(of_unedited, unedited)
    outputs.check_free([path for path in found if path not in of_unedited], results)


def _roots(settings: Settings) -> list[Path]:
    return settings.roots or [Path(settings.dataset)]


def _check_roots(settings: Settings) -> None:
    for root in _roots(settings):
        check_roots(root, settings.results)
        for folder in filter(os.path.exists, LOGS):
            check_roots(root, Path(folder), f"folder {folder}")


def _raw_folders(settings: Settings) -> dict[Identity, Path]:
    return {
        found: path for root in _roots(settings) for found, path in dataset_folders(root).items()
    }


def image_source(settings: Settings, shards: Shards, shard: Shard, frame: str, kind: str) -> str:
    """Return the raw file that defines the frame of an image, braces doubled for Snakemake.

    Raises DataError if a file that is not ours has the name of the image.
    """
    results = settings.results
    path = results / derived_path(shard, frame, kind)
    contents = Manifest(manifest_path(results, shard)).written.get(frame, set())
    ours = contents | old_contents(results, shard.folder, frame)
    if os.path.lexists(path) and not is_as_written(path, ours):
        raise DataError(
            f"{path} was not made by this workflow, which would write another file there: "
            "move it away and run again"
        )
    files = shards.files(shard)
    raw = str(files.path_of(frame, files.first))
    return raw.replace("{", "{{").replace("}", "}}")

"""Whether results may be written: apart from the dataset, and over no other file."""

import os
from pathlib import Path

from cityscapes.edits.folder import UNEDITED
from cityscapes.errors import DataError
from cityscapes.ground_truth.kinds import derived_path
from cityscapes.ground_truth.old_manifests import old_contents
from cityscapes.ground_truth.shard_records import manifest_path
from cityscapes.incremental import outputs
from cityscapes.incremental.manifest import Manifest
from cityscapes.incremental.ownership import (
    check_folders,
    check_roots,
    dataset_folders,
    is_as_written,
)
from cityscapes.layout import Shard
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards

# Folders of reports and of other files that rules write, below the results.
PUBLIC = (
    "checks", "evaluation", "citypersons", "annotations", "exports", "submissions", "statistics",
    "report", UNEDITED,
)  # fmt: skip


def check_apart(settings: Settings, shards: Shards) -> None:
    """Raise DataError if a write to the results could reach the dataset.

    The folders of all shards are looked at, and those of all reports.
    """
    dataset = Path(settings.dataset)
    roots = settings.roots or [dataset]
    for root in roots:
        check_roots(root, settings.results)
    settings.edits.check_apart(roots, settings.results)
    if not dataset.exists() and not settings.is_joined:
        return  # packages that are still to be unpacked
    folders = {*outputs.PRIVATE, *PUBLIC}
    for shard in shards.all_or_none():
        folders |= {kind.folder_of(shard) for kind in shards.files(shard).kinds if kind.ending}
    raw = {found: path for root in roots for found, path in dataset_folders(root).items()}
    check_folders(settings.results, sorted(folders), raw)


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

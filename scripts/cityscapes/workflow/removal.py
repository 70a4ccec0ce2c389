"""Removing results: only files that manifests and records name, and only if unchanged."""

import os
import re
from contextlib import suppress
from pathlib import Path

from cityscapes.edits.folder import UNEDITED
from cityscapes.files.whole import temporary_files
from cityscapes.ground_truth import links as raw_links
from cityscapes.ground_truth.kinds import FIRST_SOURCE, KINDS, derived_path
from cityscapes.ground_truth.old_manifests import OTHERS, old_tables, read_rows
from cityscapes.ground_truth.shard_records import city_of_manifest, manifest_path
from cityscapes.incremental import outputs, records
from cityscapes.incremental.manifest import Manifest, journal_path
from cityscapes.incremental.ownership import remove_if_ours
from cityscapes.incremental.tables import is_as_written
from cityscapes.layout import Shard

# The tables of version e8501c2 that Snakemake tracked, besides the manifests of shards.
_OLD_TABLES = (
    "manifests/*/*.checked.tsv", "manifests/panoptic/*.tsv", "manifests/checks/*/*.tsv",
    "manifests/evaluation/*.tsv", "manifests/evaluation/*/*.tsv",
)  # fmt: skip


# The viewer's cache of pictures.
THUMBNAILS = "thumbnails.sqlite"
# Leftovers of a killed job next to a manifest, after a dot and the manifest's name.
_TEMPORARY = re.compile(r"^\.(?=.*\.tmp$)|\.[0-9a-f]{16}\.tmp$")
_OLD_COLUMNS = (
    "problem", "frame", "frame\tpath", "frame\tstate\tcounts", "frame\tstate\tfound",
)  # fmt: skip


def remove_all(results: Path) -> tuple[int, list[Path]]:
    """Remove all results; return the number of removed files, and the remaining ones."""
    unedited = results / UNEDITED  # results of their own, with manifests
    removed_there = 0
    if unedited.is_dir() and not unedited.is_symlink():
        removed_there, _ = remove_all(unedited)
        with suppress(OSError):  # not empty
            unedited.rmdir()
    manifests = results / "manifests"
    if not manifests.is_dir():
        return removed_there, _files(results)
    outputs.adopt_old_reports(results)
    before = _files(results)
    for kind in FIRST_SOURCE:
        for path in manifests.glob(f"{kind}/*/*"):
            if city := city_of_manifest(path.with_name(_TEMPORARY.sub("", path.name))):
                _remove_made(Shard(kind, path.parent.name, city), results)
    for path in outputs.recorded(results):
        if not _is_behind_link(path, results):
            outputs.remove_output(path, results)
    raw_links.remove_links(results)
    remove_old_tables(results)
    _remove_private(results)
    left = _files(results)
    removed = set(before) - set(left)
    _remove_empty_folders(removed, results)
    return removed_there + len(removed), left


def remove_old_tables(results: Path) -> None:
    """Remove the useless tables of version e8501c2."""
    for pattern in _OLD_TABLES:
        for path in results.glob(pattern):
            if path.is_file() and not path.is_symlink() and _is_old_table(path):
                path.unlink()
                path.with_name(f".{path.name}.journal").unlink(missing_ok=True)


def _remove_made(shard: Shard, results: Path) -> None:
    """Remove the files of a shard that its manifests name, and the manifests."""
    manifest = Manifest(manifest_path(results, shard))
    named = {
        (row.frame, kind): manifest.written[row.frame]
        for row in manifest.rows.values()
        for kind in row.cells
    }
    old = old_tables(results, shard.folder)
    for row in (row for path in old for row in read_rows(path)):
        for kind, cell in row.items():
            if cell and kind not in OTHERS:
                contents = named.setdefault((row["frame"], kind), set())
                contents.add(cell.rpartition(":")[2])
    names: dict[Path, set[str]] = {manifest.path.parent: {manifest.path.name}}
    for (frame, kind), contents in named.items():
        if kind not in KINDS or not KINDS[kind].ending:
            continue
        path = results / derived_path(shard, frame, kind)
        if not _is_behind_link(path, results):
            remove_if_ours(path, contents)
            names.setdefault(path.parent, set()).add(path.name)
    left = [path for folder in names for path in temporary_files(folder, names[folder])]
    for path in (manifest.path, journal_path(manifest.path), *old, *left):
        path.unlink(missing_ok=True)


def _remove_private(results: Path) -> None:
    """Remove our own records: manifests of checks and scores, and tables."""
    manifests = results / "manifests"
    ours = [
        *(manifests / "raw_links.tsv", results / records.TOKEN),
        *(manifests / f"{THUMBNAILS}{suffix}" for suffix in ("", "-journal")),
        *(manifests / "written").rglob("*.json"),
        *(
            path
            for what in ("checks", "evaluation")
            for path in (manifests / what).rglob("*.jsonl")
        ),
        *(path for path in (results / "tables").rglob("*.tsv") if is_as_written(path)),
    ]
    for path in ours:
        path.unlink(missing_ok=True)
        journal_path(path).unlink(missing_ok=True)


def _is_old_table(path: Path) -> bool:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line for line in lines if not line.startswith("#")), "") in _OLD_COLUMNS


def _files(results: Path) -> list[Path]:
    """Return all files and links below the results; links to folders are not followed."""
    found = []
    for folder, folders, files in os.walk(results):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        found += [Path(folder, name) for name in [*files, *links]]
    return sorted(found)


def _is_behind_link(path: Path, results: Path) -> bool:
    below = path.relative_to(results)
    return any((results / parent).is_symlink() for parent in below.parents if parent.name)


def _remove_empty_folders(removed: set[Path], results: Path) -> None:
    """Remove the folders of removed files, and those of the manifests, if they are empty."""
    made = [results / name for name in outputs.PRIVATE]
    folders = {parent for path in [*removed, *_below(made)] for parent in [path, *path.parents]}
    for folder in sorted(folders, reverse=True):
        if folder != results and folder.is_relative_to(results):
            with suppress(OSError):  # not empty, or no folder
                os.rmdir(folder)


def _below(folders: list[Path]) -> list[Path]:
    return [Path(folder) for root in folders for folder, _, _ in os.walk(root)]

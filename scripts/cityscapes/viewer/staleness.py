"""Whether results match the present raw files, settings and code; if not, what to run.

Nothing is run, locked or written: manifests are read, and compared with listings of folders.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from cityscapes.edits.column import EDITED
from cityscapes.errors import DataError
from cityscapes.evaluation.sets import PredictionSet
from cityscapes.files.whole import content, digest
from cityscapes.ground_truth.kinds import KINDS
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_job import is_edited
from cityscapes.ground_truth.shard_records import manifest_path
from cityscapes.ground_truth.shard_state import state_of
from cityscapes.incremental.manifest import Manifest, Row, journal_path, read_header
from cityscapes.layout import GROUND_TRUTH_TYPES, Shard
from cityscapes.viewer.catalogue import Place
from cityscapes.viewer.project import Project

MAKE_ALL = "snakemake --cores all"


def notices(project: Project) -> list[dict[str, str]]:
    """Return what is missing or out of date in the results, each with its command."""
    return list(_notices(project))


def _notices(project: Project) -> Iterator[dict[str, str]]:
    try:
        shards = project.shards
        raw = [shard for shard in shards.raw if shard.type in GROUND_TRUTH_TYPES]
    except DataError:
        raw = []  # a dataset of images alone
    headers = {shard: read_header(manifest_path(project.results, shard)) for shard in raw}
    missing = [shard for shard, header in headers.items() if not header.format]
    old = [s for s, header in headers.items() if header.format and _is_old(project, s, header)]
    if missing:
        yield _notice(f"No label images of {_listed(missing)}.", "prepare_all")
    if old:
        yield _notice(
            f"The label images of {_listed(old)} are those of other raw files, settings or code.",
            "prepare_all",
        )
    if not (project.results / "checks/problems.csv").exists():
        yield _notice(
            "The raw files were not checked: no filter by problem or class.", "check_all"
        )
    unscored = [
        name
        for name in project.evaluation.sets
        if not (project.results / "evaluation" / name / "images.csv").exists()
    ]
    if unscored:
        yield _notice(f"Not scored yet: {', '.join(unscored)}.", "evaluate_all")


def of_frame(project: Project, place: Place) -> list[str]:
    """Describe what was made from an older version of a frame's annotations; the types."""
    found = []
    for kind in GROUND_TRUTH_TYPES:
        shard = Shard(kind, place.split, place.city)
        path = manifest_path(project.results, shard)
        try:
            row = _rows(path, _moments(path)).get(place.frame)
            now = project.path(place, kind)
            status = now.stat()
        except OSError:
            continue
        known = row.sources.get("polygons") if row else None
        if row is None or known is None:
            found.append(f"{kind}: no label images were made of this frame")
        elif (known.size, known.mtime_ns) != (status.st_size, status.st_mtime_ns):
            if digest(content(now)) != known.content:
                found.append(f"{kind}: edited since its label images and scores were made")
                continue
        if row and (old := _old_kinds(project, shard, row)):
            found.append(f"{kind}: {', '.join(old)}: of an older version, settings or code")
    return found


def of_scores(project: Project, one: PredictionSet, prediction: Path) -> str:
    """Describe a set that was scored before a prediction was written; "" if nothing shows that."""
    table = project.results / "evaluation" / one.name / "images.csv"
    try:
        if prediction.stat().st_mtime_ns > table.stat().st_mtime_ns:
            return f"scored before {prediction.name} was written"
    except OSError:
        pass
    return ""


def _is_old(project: Project, shard: Shard, header: Any) -> bool:
    files: ShardFiles = project.shards.files(shard)
    if state_of(files, files.list_sources()) != header.state:
        return True
    row = next(iter(_rows(files.manifest, _moments(files.manifest)).values()), None)
    return row is not None and bool(_old_kinds(project, shard, row))


def _old_kinds(project: Project, shard: Shard, row: Row) -> list[str]:
    """Return the kinds of a frame that were made from other sources, settings or code."""
    found = []
    for name, recipe in project.shards.recipe(shard).items():
        contents = [row.sources[source].content for source in KINDS[name].sources]
        of_frame = EDITED if is_edited(row) else ""
        if name in row.cells and row.cells[name].recipe != digest(recipe, of_frame, *contents):
            found.append(name)
    return found


def _moments(manifest: Path) -> tuple[int, ...]:
    """Return what changes when a manifest is saved, or a row is added to its journal."""
    found = []
    for path in (manifest, journal_path(manifest)):
        try:
            status = path.stat()
            found += [status.st_mtime_ns, status.st_size]
        except FileNotFoundError:
            found += [0, 0]
    if not any(found):
        raise FileNotFoundError(manifest)
    return tuple(found)


@lru_cache(maxsize=8)
def _rows(manifest: Path, moments: tuple[int, ...]) -> dict[str, Row]:
    """Map frames to their rows in a manifest."""
    return Manifest(manifest).rows


def _notice(what: str, target: str) -> dict[str, str]:
    return {"what": what, "command": f"{MAKE_ALL} {target}"}


def _listed(shards: list[Shard]) -> str:
    names = [shard.folder for shard in shards]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

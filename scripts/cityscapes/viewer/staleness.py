"""Whether the results are those of the present raw files, settings and code; else what to run.

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
from cityscapes.ground_truth.shard_files import ShardFiles, manifest_path
from cityscapes.ground_truth.shard_job import is_edited
from cityscapes.incremental.manifest import Manifest, Row, journal_path, read_header
from cityscapes.layout import GROUND_TRUTH_TYPES, Shard
from cityscapes.viewer.catalogue import Place
from cityscapes.viewer.project import Project

MAKE_ALL = "snakemake --cores all"


def notices(project: Project) -> list[dict[str, str]]:
    """What of the results is missing or of an older state, each with the command that makes it."""
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
    """What was made of an older version of a frame's annotations, in words; the types."""
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
    """What tells that a set was scored before a prediction was written; "" where nothing does."""
    table = project.results / "evaluation" / one.name / "images.csv"
    try:
        if prediction.stat().st_mtime_ns > table.stat().st_mtime_ns:
            return f"scored before {prediction.name} was written"
    except OSError:
        pass
    return ""


def _is_old(project: Project, shard: Shard, header: Any) -> bool:
    files: ShardFiles = project.shards.files(shard)
    if files.state(files.list_sources()) != header.state:
        return True
    row = next(iter(_rows(files.manifest, _moments(files.manifest)).values()), None)
    return row is not None and bool(_old_kinds(project, shard, row))


def _old_kinds(project: Project, shard: Shard, row: Row) -> list[str]:
    """The kinds of a frame that were made of other sources, settings or code than those of now."""
    found = []
    for name, recipe in project.shards.recipe(shard).items():
        contents = [row.sources[source].content for source in KINDS[name].sources]
        of_frame = EDITED if is_edited(row) else ""
        if name in row.cells and row.cells[name].recipe != digest(recipe, of_frame, *contents):
            found.append(name)
    return found


def _moments(manifest: Path) -> tuple[int, ...]:
    """What changes when a manifest is saved, or a row is added to its journal."""
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
    """Frame -> what was made of it."""
    return Manifest(manifest).rows


def _notice(what: str, target: str) -> dict[str, str]:
    return {"what": what, "command": f"{MAKE_ALL} {target}"}


def _listed(shards: list[Shard]) -> str:
    names = [shard.folder for shard in shards]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

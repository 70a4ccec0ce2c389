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
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_job import is_edited
from cityscapes.ground_truth.shard_records import manifest_path
from cityscapes.ground_truth.shard_state import state_of
from cityscapes.incremental.manifest import Manifest, Row, read_header
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
        path = manifest_path(project.results, Shard(kind, place.split, place.city))
        try:
            known = _sources(path, path.stat().st_mtime_ns).get(place.frame)
            now = project.path(place, kind)
            status = now.stat()
        except OSError:
            continue
        if known is None:
            found.append(f"{kind}: no label images were made of this frame")
        elif known[:2] != (status.st_size, status.st_mtime_ns):
            if digest(content(now)) != known[2]:
                found.append(f"{kind}: edited since its label images and scores were made")
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
    if state_of(files, files.list_sources()) != header.state:
        return True
    row = _first_row(files.manifest, files.manifest.stat().st_mtime_ns)
    if row is None:
        return False
    for name, recipe in project.shards.recipe(shard).items():
        contents = [row.sources[source].content for source in KINDS[name].sources]
        of_frame = EDITED if is_edited(row) else ""
        if name in row.cells and row.cells[name].recipe != digest(recipe, of_frame, *contents):
            return True
    return False


@lru_cache(maxsize=100)
def _first_row(manifest: Path, mtime_ns: int) -> Row | None:
    """What was made of the first frame: settings and code are the same for all."""
    return next(iter(Manifest(manifest).rows.values()), None)


@lru_cache(maxsize=8)
def _sources(manifest: Path, mtime_ns: int) -> dict[str, tuple[int, int, str]]:
    """Frame -> size, time and digest of the polygon file that was read."""
    return {
        frame: (source.size, source.mtime_ns, source.content)
        for frame, row in Manifest(manifest).rows.items()
        if (source := row.sources.get("polygons"))
    }


def _notice(what: str, target: str) -> dict[str, str]:
    return {"what": what, "command": f"{MAKE_ALL} {target}"}


def _listed(shards: list[Shard]) -> str:
    names = [shard.folder for shard in shards]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

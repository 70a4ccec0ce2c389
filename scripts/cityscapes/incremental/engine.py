"""The engine of images, counts and checks: it updates what is made of some frames.

Of each frame, an item (a file, or a value that the manifest keeps) is made again only if its
recipe (settings, code and the contents of its sources) or its file is not what the manifest says.
The worker that makes the files of a frame writes the frame's row first: if it is killed at any
point, the next run knows what is ours and completes the rest.
"""

import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from joblib import Parallel, delayed

from cityscapes.files.whole import digest, temporary_files
from cityscapes.incremental.frame import make_frame
from cityscapes.incremental.items import Frame, Job, Outcome
from cityscapes.incremental.manifest import Manifest, Row
from cityscapes.incremental.ownership import make_folder, remove_if_ours
from cityscapes.jobs.progress import progress
from cityscapes.jobs.workers import worker_count
from cityscapes.layout import Entry


def update(
    job: Job, manifest: Manifest, frames: list[Frame], listed: Mapping[str, Entry],
    workers: int, what: str, prune: bool = True,
) -> Outcome:  # fmt: skip
    """Make what is missing, damaged or out of date of these frames.

    `listed` are the existing files of the items, by path below the results. With `prune`, the
    files of all other frames are removed. The manifest's rows are updated; the caller saves it.
    """
    outcome = Outcome()
    job.manifest.parent.mkdir(parents=True, exist_ok=True)
    names = {frame.name for frame in frames}
    _prepare_folders(job, names | manifest.rows.keys() if prune else names)
    if prune:
        for path in temporary_files(job.manifest.parent, {job.manifest.name}):
            path.unlink(missing_ok=True)
        _remove_orphans(job, manifest, frames, outcome)
    stale = [frame for frame in frames if not _is_current(job, frame, manifest, listed)]
    logging.info("%s: %d frames, %d to update", what, len(frames), len(stale))
    if manifest.damaged:
        logging.warning(
            "%s cannot be read completely: every file that it named is compared or made again",
            manifest.path,
        )
    # The rest of a damaged manifest is trusted only if the contents agree.
    for_workers = replace(job, raw={}, forced=job.forced or manifest.damaged)
    make = partial(make_frame, for_workers, damaged=manifest.damaged)
    work = Parallel(worker_count(workers, len(stale)), return_as="generator_unordered")(
        delayed(make)(
            frame,
            manifest.rows.get(frame.name, Row(frame.name)),
            frozenset(manifest.written.get(frame.name, ())),
            {item.name: listed.get(item.path(frame.name)) for item in job.items if item.ending},
        )
        for frame in stale
    )
    for made in progress(work, len(stale), what):
        outcome.written += made.written
        outcome.notices += made.notices
        if made.row is None:
            outcome.problems[made.frame] = made.problem
        else:
            manifest.rows[made.frame] = made.row
    outcome.rows = {f.name: manifest.rows[f.name] for f in frames if f.name in manifest.rows}
    return outcome


def entries(job: Job, rows: Iterable[Row]) -> list[Entry]:
    """Return the files that these rows name, as a listing of the results shows them."""
    return sorted(
        Entry(item.path(row.frame), cell.size, cell.mtime_ns)
        for row in rows
        for item in job.items
        if item.ending and (cell := row.cells.get(item.name))
    )


def _is_current(job: Job, frame: Frame, manifest: Manifest, listed: Mapping[str, Entry]) -> bool:
    """Return True if sizes and times show that the frame is up to date."""
    row = manifest.rows.get(frame.name)
    if row is None or job.forced or manifest.damaged:
        return False
    contents = {}
    for name, source in frame.sources.items():
        known = row.sources.get(name)
        if known is None or not known.is_still(source.entry):
            return False
        contents[name] = known.content
    for item in job.items:
        cell = row.cells.get(item.name)
        if cell is None:
            return False
        contents[item.name] = cell.content
        sources = [contents[name] for name in item.sources]
        if cell.recipe != digest(item.recipe, frame.recipe, *sources):
            return False
        if item.ending:
            entry = listed.get(item.path(frame.name))
            if entry is None or (entry.size, entry.mtime_ns) != (cell.size, cell.mtime_ns):
                return False
    return True


def _prepare_folders(job: Job, frames: set[str]) -> None:
    """Make the folders of the items, and remove temporary files of killed jobs."""
    items = [item for item in job.items if item.ending]
    paths = {item.path(frame) for frame in frames for item in items}
    left = []
    for folder in sorted({item.folder for item in items}):
        make_folder(job.results, folder, job.raw)
        names = {os.path.basename(path) for path in paths if os.path.dirname(path) == folder}
        left += temporary_files(job.results / folder, names)
    for path in left:
        path.unlink(missing_ok=True)


def _remove_orphans(job: Job, manifest: Manifest, frames: list[Frame], outcome: Outcome) -> None:
    """Remove the files of frames that are gone, except files that were changed."""
    for name in manifest.rows.keys() - {frame.name for frame in frames}:
        for item in (*job.items, *job.others):
            path = job.results / item.path(name)
            if not item.ending or not os.path.lexists(path):
                continue
            if remove_if_ours(path, manifest.written[name]):
                outcome.removed += 1
            else:
                outcome.notices.append(f"{path} is kept: its frame is gone, but it was changed")

"""Bring what is made of these frames up to date: the one engine of images, counts and checks.

Of each frame, an item (a file, or a value that the manifest keeps) is made again only where its
recipe (settings, code and the contents of its sources) or its file is not what the manifest says.
Row and files of a frame are written by the worker that made them, the row first: killed at any
point, the next run knows what is ours and completes the rest.
"""

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
from joblib import Parallel, delayed

from cityscapes.errors import DataError, OutputError
from cityscapes.files.regular import read_file
from cityscapes.files.whole import (
    digest,
    link_temporary,
    name_files,
    temporary_files,
    write_temporary,
)
from cityscapes.incremental.manifest import Cell, Manifest, Row, SourceState, append_row
from cityscapes.incremental.ownership import (
    Identity,
    is_as_written,
    is_regular,
    is_whole,
    keep_copy,
    make_folder,
    remove_if_ours,
)
from cityscapes.jobs.progress import progress
from cityscapes.jobs.workers import worker_count
from cityscapes.layout import Entry, image_name

# ASSUME: no source of a frame comes near this.
MOST_BYTES = 1 << 28


@dataclass(frozen=True)
class Source:
    """A file that something is made from."""

    path: Path
    entry: Entry | None  # as it is on disk; None: it is missing


@dataclass(frozen=True)
class Frame:
    """A frame, and all that is needed to make its items."""

    name: str
    sources: Mapping[str, Source]
    recipe: str = ""  # digest of what its items depend on besides sources and settings
    payload: Any = None  # for the function that makes them


@dataclass(frozen=True)
class Item:
    """One thing that is made of each frame: a file below the results, or a value."""

    name: str
    sources: tuple[str, ...]  # names of files of the frame, or of items before this one
    recipe: str  # digest of the settings and the code behind it
    folder: str = ""  # below the results
    ending: str = ""  # what follows `<frame>_`; "" for a value
    city: str = ""  # that its names have to tell, where files of other cities are in its folder

    def path(self, frame: str) -> str:
        """Path of its file below the results; "" for a value."""
        name = image_name(self.city, frame) if self.city else frame
        return f"{self.folder}/{name}_{self.ending}" if self.ending else ""


@dataclass(frozen=True)
class Link:
    """What an item is made of that is a symbolic link."""

    target: str


# From a frame, the names of the stale items and a reader of the frame's sources, to bytes of a
# file, a Link, or a value that JSON can hold, by item. DataError: the frame's files are wrong.
# Beside the items, lines that are to be said of the frame may be under `NOTICES`.
NOTICES = ""
Make = Callable[[Frame, list[str], Callable[[str], bytes]], dict[str, Any]]


@dataclass(frozen=True)
class Job:
    """The items of a shard: what is made, by which function, and where it goes."""

    manifest: Path
    items: tuple[Item, ...]
    make: Make
    results: Path = Path("results")
    others: tuple[Item, ...] = ()  # made before and not asked for now: removed with their frames
    forced: bool = False  # compare contents, even if sizes and times are equal
    raw: Mapping[Identity, Path] = field(default_factory=dict)  # folders never to be written to


@dataclass
class Outcome:
    """The result of a job."""

    rows: dict[str, Row] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)  # frame -> what is wrong with it
    notices: list[str] = field(default_factory=list)
    written: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Made:
    """A frame that is up to date, or what is wrong with it."""

    frame: str
    row: Row | None
    written: int = 0
    problem: str = ""
    notices: tuple[str, ...] = ()


def update(
    job: Job, manifest: Manifest, frames: list[Frame], listed: Mapping[str, Entry],
    workers: int, what: str, prune: bool = True,
) -> Outcome:  # fmt: skip
    """Make what is missing, damaged or out of date of these frames.

    `listed` are the files that lie in the places of the items, by path below the results. With
    `prune`, these are all frames: what was made of others is removed. The manifest's rows are new
    afterwards; saving it is up to the caller.
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
    # What is left of a damaged manifest is trusted only where the contents agree.
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
    """The files that these rows name, as a listing of the results would show them."""
    return sorted(
        Entry(item.path(row.frame), cell.size, cell.mtime_ns)
        for row in rows
        for item in job.items
        if item.ending and (cell := row.cells.get(item.name))
    )


def make_frame(
    job: Job, frame: Frame, row: Row, known_contents: frozenset[str],
    listed: Mapping[str, Entry | None], damaged: bool = False,
) -> Made:  # fmt: skip
    """Make the stale items of one frame. Bad input gives a problem.

    `known_contents` are the digests of all that was ever written of this frame. Raises
    OutputError where nothing can be written.
    """
    cv2.setNumThreads(1)  # the workers are the parallelism
    try:
        making = _Making(job, frame, row, listed)
        products = making.products()
        notices = [
            *making.notices,
            *_clear_places(job, frame, row, known_contents, products, damaged),
        ]
    except OutputError:
        raise
    except DataError as error:
        return Made(frame.name, None, problem=str(error))
    new = _write(job, frame, row, making, products)
    count = sum(bool(item.ending) for item in job.items if item.name in products)
    return Made(frame.name, new, count, notices=tuple(notices))


class _Making:
    """The making of one frame: what is known of its sources, and what of its items can stay."""

    def __init__(self, job: Job, frame: Frame, row: Row, listed: Mapping[str, Entry | None]):
        self._job, self._frame, self._row, self._listed = job, frame, row, listed
        self._texts: dict[str, bytes] = {}
        self.sources = {name: self._state(name) for name in frame.sources}
        self.contents = {name: state.content for name, state in self.sources.items()}
        self.cells: dict[str, Cell] = {}
        self.notices: list[str] = []
        self.recipes: dict[str, str] = {}

    def products(self) -> dict[str, Any]:
        """Item -> what it is made of now, for those that are stale."""
        products: dict[str, Any] = {}
        waiting = list(self._job.items)
        while waiting:
            # Items that are made from other items wait for these.
            ready = [item for item in waiting if self.contents.keys() >= set(item.sources)]
            if not ready:
                raise ValueError(f"sources that nobody has: of {[item.name for item in waiting]}")
            stale = [item for item in ready if not self._keep(item)]
            wanted = [item.name for item in stale]
            made = self._job.make(self._frame, wanted, self._read) if stale else {}
            self.notices += [line for line in made.get(NOTICES, ()) if line not in self.notices]
            for item in stale:
                product = products[item.name] = made[item.name]
                self.contents[item.name] = content_of(product)
                if isinstance(product, bytes):
                    self._texts[item.name] = product
            waiting = [item for item in waiting if item not in ready]
        return products

    def _keep(self, item: Item) -> bool:
        """Whether an item is up to date; if so, its cell is kept."""
        recipe = digest(
            item.recipe, self._frame.recipe, *(self.contents[name] for name in item.sources)
        )
        self.recipes[item.name] = recipe
        cell, entry = self._row.cells.get(item.name), self._listed.get(item.name)
        if cell is None or cell.recipe != recipe:
            return False
        if item.ending:
            if entry is None or entry.size != cell.size:
                return False
            if entry.mtime_ns != cell.mtime_ns or self._job.forced:
                # Only touched, copied or restored? The content decides.
                path = self._job.results / item.path(self._frame.name)
                if not is_as_written(path, [cell.content]):
                    return False
                cell = replace(cell, mtime_ns=entry.mtime_ns)
        elif self._job.forced:
            return False
        self.cells[item.name] = cell
        self.contents[item.name] = cell.content
        return True

    def _state(self, name: str) -> SourceState:
        source = self._frame.sources[name]
        known = self._row.sources.get(name)
        if known and _is_same(known, source.entry) and not self._job.forced:
            return known
        if source.entry is None:
            return SourceState(-1, 0, "")
        return SourceState(source.entry.size, source.entry.mtime_ns, digest(self._read(name)))

    def _read(self, name: str) -> bytes:
        """The bytes of a source, or of the file of an item that others are made from."""
        if name not in self._texts:
            source = self._frame.sources.get(name)
            paths = {item.name: item.path(self._frame.name) for item in self._job.items}
            path = source.path if source else self._job.results / paths[name]
            self._texts[name] = read_file(path, MOST_BYTES)
        return self._texts[name]


def content_of(product: Any) -> str:
    """Digest of what an item is made of."""
    if isinstance(product, Link):
        return digest(product.target)
    return digest(product if isinstance(product, bytes) else json.dumps(product))


def _is_same(known: SourceState, entry: Entry | None) -> bool:
    """Whether size and time of a source are unchanged."""
    now = (entry.size, entry.mtime_ns) if entry else (-1, 0)
    return (known.size, known.mtime_ns) == now


def _is_current(job: Job, frame: Frame, manifest: Manifest, listed: Mapping[str, Entry]) -> bool:
    """Whether sizes and times show that the frame is up to date."""
    row = manifest.rows.get(frame.name)
    if row is None or job.forced or manifest.damaged:
        return False
    contents = {}
    for name, source in frame.sources.items():
        known = row.sources.get(name)
        if known is None or not _is_same(known, source.entry):
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


def _clear_places(
    job: Job, frame: Frame, row: Row, known_contents: frozenset[str], products: Mapping[str, Any],
    damaged: bool,
) -> list[str]:  # fmt: skip
    """See that nothing of the user's stands where files are to be written; notices of copies.

    DataError where something does that no manifest names, or that takes the place of a link: it
    stays, and so does all else of the frame.
    """
    notices, problems = [], []
    for item in job.items:
        path = job.results / item.path(frame.name)
        if item.name not in products or not item.ending or not os.path.lexists(path):
            continue
        product = products[item.name]
        if is_as_written(path, {*known_contents, content_of(product)}):
            continue
        if path.is_dir() and not path.is_symlink():
            raise OutputError(f"{path}: cannot be written: a folder has its name")
        if isinstance(product, Link):
            problems.append(
                f"{path} is not the link to {product.target} that was made there: somebody edited "
                "or replaced it. To keep an edit, put it into the dataset; then remove this file "
                "and run again"
            )
        elif (item.name not in row.cells and not damaged) or not is_regular(path):
            problems.append(
                f"{path} was not made by this workflow, which would write another file there: "
                "move it away and run again"
            )
        elif is_whole(path):
            notices.append(
                f"{path} was changed since it was made: it is made again, and a copy of what was "
                f"there is {keep_copy(path, job.results)}"
            )
    if problems:
        raise DataError("; ".join(problems))
    return notices


def _write(job: Job, frame: Frame, row: Row, making: _Making, products: dict[str, Any]) -> Row:
    """Write the files of a frame and its row: contents first, then the row, then the names."""
    cells = {**row.cells, **making.cells}
    files: dict[Path, Path] = {}
    try:
        for item in job.items:
            if item.name not in products:
                continue
            product, recipe = products[item.name], making.recipes[item.name]
            content = making.contents[item.name]
            if not item.ending:
                cells[item.name] = Cell(recipe, content=content, value=product)
                continue
            path = job.results / item.path(frame.name)
            files[path] = (
                link_temporary(path, product.target)
                if isinstance(product, Link)
                else write_temporary(path, product)
            )
            state = files[path].lstat()
            cells[item.name] = Cell(recipe, state.st_size, state.st_mtime_ns, content)
        new = Row(frame.name, {**row.sources, **making.sources}, cells)
        append_row(job.manifest, new)
        name_files(files)
    except OSError as error:
        where = error.filename2 or error.filename or job.results
        raise OutputError(f"{where}: cannot be written: {error.strerror}") from None
    finally:
        for file in files.values():
            file.unlink(missing_ok=True)
    return new


def _prepare_folders(job: Job, frames: set[str]) -> None:
    """Make the folders of the items, and remove what killed jobs left in them."""
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
    """Remove the files of frames that are gone; one that is not as we wrote it stays."""
    for name in manifest.rows.keys() - {frame.name for frame in frames}:
        for item in (*job.items, *job.others):
            path = job.results / item.path(name)
            if not item.ending or not os.path.lexists(path):
                continue
            if remove_if_ours(path, manifest.written[name]):
                outcome.removed += 1
            else:
                outcome.notices.append(f"{path} is kept: its frame is gone, but it was changed")

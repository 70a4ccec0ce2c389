"""Making the stale items of one frame, without replacing a file of the user's."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2

from cityscapes.errors import DataError, OutputError
from cityscapes.files.regular import read_file
from cityscapes.files.whole import digest, link_temporary, name_files, write_temporary
from cityscapes.incremental.items import NOTICES, Frame, Item, Job, Link, Made, content_of
from cityscapes.incremental.manifest import Cell, Row, SourceState, append_row
from cityscapes.incremental.ownership import is_as_written, is_regular, is_whole, keep_copy
from cityscapes.layout import Entry

# ASSUME: no source of a frame comes near this.
MOST_BYTES = 1 << 28


def make_frame(
    job: Job, frame: Frame, row: Row, known_contents: frozenset[str],
    listed: Mapping[str, Entry | None], damaged: bool = False,
) -> Made:  # fmt: skip
    """Make the stale items of one frame; return a problem if the input is bad.

    `known_contents` are the digests of all that was ever written for this frame. Raises
    OutputError if files cannot be written.
    """
    cv2.setNumThreads(1)  # the workers run in parallel already
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
    """A frame being made: the states of its sources, and the items that can stay."""

    def __init__(self, job: Job, frame: Frame, row: Row, listed: Mapping[str, Entry | None]):
        self._job, self._frame, self._row, self._listed = job, frame, row, listed
        self._texts: dict[str, bytes] = {}
        self.sources = {name: self._state(name) for name in frame.sources}
        self.contents = {name: state.content for name, state in self.sources.items()}
        self.cells: dict[str, Cell] = {}
        self.notices: list[str] = []
        self.recipes: dict[str, str] = {}

    def products(self) -> dict[str, Any]:
        """Make the stale items; return their products by name."""
        products: dict[str, Any] = {}
        waiting = list(self._job.items)
        while waiting:
            # Items made from other items come after these.
            ready = [item for item in waiting if self.contents.keys() >= set(item.sources)]
            if not ready:
                raise ValueError(f"unknown sources of {[item.name for item in waiting]}")
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
        """Keep the cell of an item that is up to date; return True if it is."""
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
                # It may only be touched, copied or restored: compare the content.
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
        if known and known.is_still(source.entry) and not self._job.forced:
            return known
        if source.entry is None:
            return SourceState(-1, 0, "")
        return SourceState(source.entry.size, source.entry.mtime_ns, digest(self._read(name)))

    def _read(self, name: str) -> bytes:
        """Read a source, or the file of an item that others are made from."""
        if name not in self._texts:
            source = self._frame.sources.get(name)
            paths = {item.name: item.path(self._frame.name) for item in self._job.items}
            path = source.path if source else self._job.results / paths[name]
            self._texts[name] = read_file(path, MOST_BYTES)
        return self._texts[name]


def _clear_places(
    job: Job, frame: Frame, row: Row, known_contents: frozenset[str], products: Mapping[str, Any],
    damaged: bool,
) -> list[str]:  # fmt: skip
    """Copy files that the user changed, before they are replaced; return a notice for each.

    Raises DataError if a file to be replaced is in no manifest, or stands in the place of a link:
    then all files of the frame stay.
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

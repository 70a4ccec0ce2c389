"""Bringing the derived files of one frame up to date with its polygons and the settings.

A frame's row in the manifest of its shard tells what its files were made from and what was
written. What still agrees with its row is left alone, so an edited polygon file costs one frame.
"""

import json
from pathlib import Path
from typing import NamedTuple

from cityscapes import png
from cityscapes.dataset import PANOPTIC_KINDS, Entry, Shard, derived_path
from cityscapes.errors import DataError, OutputError
from cityscapes.files import content, digest, link_atomic, link_target, write_atomic
from cityscapes.images import KINDS, FrameImages
from cityscapes.labels import LabelTable
from cityscapes.manifest import Cell
from cityscapes.polygons import parse_annotation


class Recipe(NamedTuple):
    """Everything that the files of a shard are made with, but for the frame itself."""

    shard: Shard
    dataset: Path
    results: Path
    table: LabelTable
    fill: str
    kinds: dict[str, str]  # kind -> digest of the settings and the code behind it


class Frame(NamedTuple):
    """One frame of a shard: its polygon file, and what is known of its derived files."""

    name: str
    raw: Entry
    row: dict[str, str]  # of the manifest; empty for a new frame
    listed: dict[str, Entry]  # kind -> the file that lies there


class Made(NamedTuple):
    """A frame that is up to date: its row, and how many files had to be written."""

    row: dict[str, str]
    written: int


def is_current(frame: Frame, recipe: Recipe) -> bool:
    """Whether sizes and times alone show that nothing is to be done for the frame."""
    if not _raw_unchanged(frame):
        return False
    wanted = _wanted(recipe, frame.row["raw"])
    return all(
        (cell := Cell.parse(frame.row.get(kind))) is not None
        and cell.recipe == wanted[kind]
        and kind in frame.listed
        and frame.listed[kind][1:] == cell[1:3]
        for kind in wanted
    )


def make_frame(frame: Frame, recipe: Recipe) -> Made:
    """Make what is missing, damaged or out of date of a frame's files; leave the rest alone.

    Raises DataError where the polygon file is wrong, OutputError where nothing can be written.
    """
    source = recipe.dataset / recipe.shard.folder / frame.raw.name
    text = None if _raw_unchanged(frame) else _read(source)
    raw = frame.row["raw"] if text is None else digest(text)
    wanted = _wanted(recipe, raw)
    paths = {
        kind: recipe.results / derived_path(recipe.shard, frame.name, kind) for kind in wanted
    }

    cells = {kind: _kept(frame, kind, paths[kind], wanted[kind]) for kind in wanted}
    stale = [kind for kind, cell in cells.items() if cell is None]
    row = dict(frame.row)

    if stale:
        annotation = parse_annotation(_read(source) if text is None else text, recipe.table)
        images = FrameImages(annotation, recipe.table, recipe.fill)
        # The two panoptic kinds are the same picture, encoded once.
        pictures = {KINDS[kind]: kind for kind in stale if kind in KINDS}
        encoded = {of: png.encode(images.image(kind)) for of, kind in pictures.items()}
        # Nothing is written before everything is known to be right.
        for kind in stale:
            if kind == "polygons":
                cells[kind] = _link(paths[kind], source, wanted[kind])
            else:
                cells[kind] = _write(paths[kind], encoded[KINDS[kind]], wanted[kind])
        if any(kind in PANOPTIC_KINDS for kind in stale):
            row["width"], row["height"] = str(annotation.width), str(annotation.height)
            row["segments"] = json.dumps(images.segments(), separators=(",", ":"))

    row |= {kind: str(cell) for kind, cell in cells.items()}
    row |= {
        "frame": frame.name,
        "raw_size": str(frame.raw.size),
        "raw_mtime_ns": str(frame.raw.mtime_ns),
        "raw": raw,
    }
    return Made(row, len(stale))


def _raw_unchanged(frame: Frame) -> bool:
    known = (frame.row.get("raw_size"), frame.row.get("raw_mtime_ns"))
    return known == (str(frame.raw.size), str(frame.raw.mtime_ns))


def _wanted(recipe: Recipe, raw: str) -> dict[str, str]:
    return {kind: digest(settings, raw) for kind, settings in recipe.kinds.items()}


def _kept(frame: Frame, kind: str, path: Path, wanted: str) -> Cell | None:
    """The cell of a file that can stay as it is; None where it must be made."""
    cell = Cell.parse(frame.row.get(kind))
    entry = frame.listed.get(kind)
    if cell is None or entry is None or cell.recipe != wanted or cell.size != entry.size:
        return None
    if cell.mtime_ns == entry.mtime_ns:
        return cell
    # Only touched, copied or restored? The content decides.
    same = digest(content(path)) == cell.content
    return cell._replace(mtime_ns=entry.mtime_ns) if same else None


def _read(source: Path) -> bytes:
    try:
        return source.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}") from None


def _write(path: Path, data: bytes, recipe: str) -> Cell:
    try:
        write_atomic(path, data)
        return _cell(path, data, recipe)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None


def _link(path: Path, source: Path, recipe: str) -> Cell:
    target = link_target(source, path.parent)
    try:
        link_atomic(path, target)
        return _cell(path, target, recipe)
    except OSError as error:
        raise OutputError(f"{path}: cannot be linked: {error.strerror}") from None


def _cell(path: Path, written: bytes | str, recipe: str) -> Cell:
    status = path.lstat()
    return Cell(recipe, status.st_size, status.st_mtime_ns, digest(written))

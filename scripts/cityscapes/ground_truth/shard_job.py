"""The engine's job for a shard: its items, its frames, and the tables of what was made."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cityscapes.edits.column import EDITED, IN_PLACE, NEW
from cityscapes.errors import OutputError
from cityscapes.files.whole import digest
from cityscapes.ground_truth import takeover
from cityscapes.ground_truth.frame_files import KindMaker
from cityscapes.ground_truth.kinds import KINDS, Kind, derived_path
from cityscapes.ground_truth.old_manifests import old_tables
from cityscapes.ground_truth.recipes import kind_code, settings_digest
from cityscapes.ground_truth.shard_files import REPLACED, ShardFiles
from cityscapes.ground_truth.shard_sources import digest_of_sources
from cityscapes.ground_truth.shard_state import sources_of
from cityscapes.incremental.engine import entries, update
from cityscapes.incremental.items import Frame, Item, Job, Outcome, Source
from cityscapes.incremental.manifest import Header, Manifest, Row, journal_path
from cityscapes.incremental.outputs import remove_output
from cityscapes.incremental.ownership import check_roots, dataset_folders, remove_if_ours
from cityscapes.incremental.tables import write_tracked
from cityscapes.layout import Entry, fingerprint


class ShardJob:
    """The files to make for a shard, and the result of making them."""

    def __init__(self, files: ShardFiles, maker: KindMaker, forced: bool = False):
        check_roots(files.dataset, files.results)
        self._files = files
        self.job = Job(
            files.manifest, tuple(self._item(kind, maker) for kind in files.kinds), maker,
            files.results, self._others(), forced, dataset_folders(files.dataset),
        )  # fmt: skip
        self._sources = files.source_names()
        self._listed = files.list_sources()
        self._frames, self.problems = files.frames(self._listed)
        self._replaced = files.replaced(self._listed)
        self._manifest = Manifest(files.manifest)
        takeover.add_rows(self._manifest, files, self.job.items, maker.table, maker.fill)

    @property
    def is_unknown(self) -> bool:
        """Whether the shard has no frames now, and no job ever noted anything of it."""
        shard, path = self._files.shard, self._files.manifest
        # Also where it notes no frame: each was wrong, or what it noted cannot be read.
        noted = (path, journal_path(path), *old_tables(self._files.results, shard.folder))
        return not (self._frames or self.problems or any(file.exists() for file in noted))

    def has(self, frame: str) -> bool:
        """Return True if the dataset has a frame of this name."""
        return frame in self._frames

    def run(self, workers: int, only: str = "") -> Outcome:
        """Update all frames, or `only` one."""
        frames = [
            self._frame(name, sources)
            for name, sources in self._frames.items()
            if only in ("", name)
        ]
        if self._files.is_of_images:
            self._remove_links()
        self._forget_replaced([frame.name for frame in frames])
        made = self._files.list_made(self._frames)
        what = self._files.shard.folder
        outcome = update(self.job, self._manifest, frames, made, workers, what, prune=not only)
        self.problems = sorted([*self.problems, *outcome.problems.values()])
        if not self._frames and not only:
            self._remove_empty_split()
        return outcome

    def save(self, outcome: Outcome, state: str | None, tables: list[Path]) -> None:
        """Save the manifest, and write the tables that Snakemake tracks.

        `state` is the token with which Snakemake ran the job; a run by hand keeps the last one.
        """
        header = Header(
            state=state or self._manifest.header.state,
            sources=sources_of(self._listed),
            files=fingerprint(entries(self.job, outcome.rows.values())),
            problems=tuple(self.problems),
        )
        self._manifest.save(list(outcome.rows), header)
        for path in tables:
            group = path.name.removesuffix(".tsv").rpartition(".")[2]
            kinds = [kind for kind in self._files.kinds if kind.group == group]
            rows = [_table_row(row, kinds) for row in outcome.rows.values()]
            columns = ["frame", *_columns(kinds)]
            if any(is_edited(row) for row in outcome.rows.values()):
                columns.append(EDITED)
            notes = (
                {}
                if all(k.ending for k in kinds)
                else {"sources": digest_of_sources(outcome.rows.values(), self._sources)}
            )
            write_tracked(path, columns, rows, self.problems, **notes)
        takeover.remove_old(self._files)

    def _item(self, kind: Kind, maker: KindMaker) -> Item:
        # A link depends on where it leads, all else on the settings and on the code that made it.
        recipe = (
            digest(str(self._files.dataset))
            if kind.name == "link"
            else digest(
                settings_digest(kind.name, maker.table, maker.fill, maker.rules.skip_degenerate),
                kind_code(kind),
            )
        )
        shard = self._files.shard
        folder = kind.folder_of(shard) if kind.ending else ""
        city = kind.city_of(shard)
        return Item(kind.name, kind.sources, recipe, folder, kind.ending_of(shard), city)

    def _others(self) -> tuple[Item, ...]:
        shard = self._files.shard
        made = {kind.name for kind in self._files.kinds}
        return tuple(
            Item(
                kind.name, (), "", kind.folder_of(shard), kind.ending_of(shard),
                kind.city_of(shard),
            )
            for kind in KINDS.values()
            if shard.type in kind.types and kind.ending and kind.name not in made
        )  # fmt: skip

    def _frame(self, name: str, sources: Mapping[str, Entry | None]) -> Frame:
        paths = {
            source: Source(self._files.path_of(name, source), entry)
            for source, entry in sources.items()
        }
        if name not in self._replaced:
            return Frame(name, paths)
        # The replaced file is not read, but its entry shows that the frame was edited.
        replaced = Source(self._files.path_of(name, REPLACED), self._replaced[name])
        # The link has another target, even if the edit equals the dataset's file.
        return Frame(name, {**paths, REPLACED: replaced}, EDITED)

    def _forget_replaced(self, frames: list[str]) -> None:
        """Remove from the manifest the files read for frames whose edit was added or removed.

        An edit and the file of the dataset may have the same size and time.
        """
        for name in frames:
            row = self._manifest.rows.get(name)
            if row and is_edited(row) != (name in self._replaced):
                self._manifest.rows[name] = replace(row, sources={})

    def _remove_links(self) -> None:
        """Remove the links to polygons that no longer exist."""
        for name in self._frames:
            path = self._files.results / derived_path(self._files.shard, name, "link")
            remove_if_ours(path, self._manifest.written.get(name, ()))

    def _remove_empty_split(self) -> None:
        """Remove the panoptic JSON files of a split that no longer has frames."""
        results = self._files.results
        for kind in self._files.kinds:
            pictures = results / kind.folder_of(self._files.shard)
            if kind.group != "panoptic" or not kind.ending or any(pictures.iterdir()):
                continue
            try:
                pictures.rmdir()
                remove_output(pictures.with_suffix(".json"), results)
            except OSError as error:
                raise OutputError(f"{error.filename}: {error.strerror}") from None


def is_edited(row: Row) -> bool:
    """Return True if a frame was made from an edit."""
    return REPLACED in row.sources


def _columns(kinds: list[Kind]) -> list[str]:
    return [column for kind in kinds for column in kind.columns or (kind.name,)]


def _table_row(row: Row, kinds: list[Kind]) -> dict[str, Any]:
    """Return the row of a frame in a table: digests of files, values or their digests."""
    texts: dict[str, Any] = {"frame": row.frame}
    for kind in kinds:
        if cell := row.cells.get(kind.name):
            texts |= cell.value if kind.columns else {kind.name: cell.content}
    if is_edited(row):
        texts[EDITED] = IN_PLACE if row.sources[REPLACED].size >= 0 else NEW
    return {column: _text(value) for column, value in texts.items()}


def _text(value: Any) -> Any:
    """Format a list or an object as JSON, anything else as text."""
    if isinstance(value, list | dict):
        return json.dumps(value, separators=(",", ":"))
    return value

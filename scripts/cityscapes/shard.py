"""The books of a shard: which frames there are, what was made of them, what has to go."""

import json
from pathlib import Path
from urllib.parse import quote

from cityscapes.dataset import (
    PANOPTIC_KINDS,
    POLYGONS,
    Entry,
    derived_path,
    fingerprint,
    frame_name,
    list_derived,
    list_files,
    panoptic_name,
)
from cityscapes.derived import Frame, Made, Recipe
from cityscapes.errors import DataError, OutputError
from cityscapes.files import temporary_files
from cityscapes.manifest import COLUMNS, Cell
from cityscapes.panoptic import FrameSegments, Segment
from cityscapes.tables import JournaledTable, read_notes, read_table


class ShardBooks:
    """The frames of a shard as they are found, and the tables that are kept of them."""

    def __init__(self, recipe: Recipe, manifest: Path):
        """`found` counts the polygon files; `problems` names those not named like a frame."""
        manifest.parent.mkdir(parents=True, exist_ok=True)
        self._recipe = recipe
        self._manifest = manifest
        self._rows = JournaledTable(manifest, COLUMNS)
        self._listed = list_derived(recipe.results, recipe.shard, list(recipe.kinds))
        self.problems: list[str] = []
        self.frames = list(self._find_frames())
        self.found = len(self.frames) + len(self.problems)
        # Without frames now or ever; a shard whose frames are gone still has files to remove.
        self.unheard_of = not (self.found or self._rows.rows or manifest.exists())

    def tidy_up(self) -> int:
        """Make the folders; remove the files of frames that are gone, and what killed jobs left.

        The number of orphaned files that were removed.
        """
        recipe = self._recipe
        wanted = {
            derived_path(recipe.shard, frame.name, kind)
            for frame in self.frames
            for kind in recipe.kinds
        }
        orphans = self._listed.keys() - wanted
        try:
            for path in orphans:
                (recipe.results / path).unlink()
            for kind in recipe.kinds:
                # Only of our own kinds: other jobs write into the same folder at this moment.
                pattern = recipe.results / derived_path(
                    recipe.shard, f"{recipe.shard.city}_*", kind
                )
                pattern.parent.mkdir(parents=True, exist_ok=True)
                for path in temporary_files(pattern):
                    path.unlink(missing_ok=True)
            if not self.frames:
                self._remove_empty_split()
        except OSError as error:
            raise OutputError(f"{error.filename}: {error.strerror}") from None
        return len(orphans)

    def _remove_empty_split(self) -> None:
        """Remove the panoptic JSON files of a split that has no frames any more."""
        for kind in PANOPTIC_KINDS:
            pictures = self._recipe.results / panoptic_name(self._recipe.shard, kind)
            if kind in self._recipe.kinds and not any(pictures.iterdir()):
                pictures.rmdir()
                pictures.with_suffix(".json").unlink(missing_ok=True)

    def put(self, made: Made) -> None:
        """Note a frame that was brought up to date; it is kept even if the job dies later."""
        self._rows.put(made.row)

    def save(self, raw: str | None, derived: str | None) -> None:
        """Write the tables whole; of wrong polygon files they tell what was made of them before.

        `raw` and `derived` are the tokens with which Snakemake ran this job. A run by hand has
        none and keeps those of the last job.
        """
        notes = read_notes(self._manifest)
        names = [frame.name for frame in self.frames if frame.name in self._rows.rows]
        raw_listing = fingerprint([frame.raw for frame in self.frames])
        told = {"problems": quote(json.dumps(sorted(self.problems)))} if self.problems else {}
        derived_listing = fingerprint(sorted(self._entries(names)))
        self._rows.save(
            names,
            raw=raw or notes.get("raw", raw_listing),
            raw_listing=raw_listing,
            derived=derived or notes.get("derived", derived_listing),
            derived_listing=derived_listing,
            **told,
        )

    def _find_frames(self):
        recipe = self._recipe
        folder = recipe.dataset / recipe.shard.folder
        for entry in list_files(folder, POLYGONS):
            try:
                name = frame_name(recipe.shard, entry.name)
            except DataError as error:
                self.problems.append(f"{folder / entry.name}: {error}")
                continue
            files = {
                kind: self._listed[path]
                for kind in recipe.kinds
                if (path := derived_path(recipe.shard, name, kind)) in self._listed
            }
            yield Frame(name, entry, self._rows.rows.get(name, {}), files)

    def _entries(self, names: list[str]):
        """The files that the manifest speaks of, as `list_derived` would list them."""
        for name in names:
            for kind in self._recipe.kinds:
                if cell := Cell.parse(self._rows.rows[name].get(kind)):
                    path = derived_path(self._recipe.shard, name, kind)
                    yield Entry(path, cell.size, cell.mtime_ns)


def read_segments(path: Path, city: str) -> list[FrameSegments]:
    """What the manifest of a city's panoptic images says of its frames."""
    return [
        FrameSegments(
            city,
            row["frame"],
            int(row["width"]),
            int(row["height"]),
            [Segment(*values) for values in json.loads(row["segments"])],
        )
        for row in read_table(path)
    ]

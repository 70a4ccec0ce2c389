"""Results of version e8501c2, whose manifests were a TSV file a shard and group of kinds.

They show which files are ours: one run brings such results up to date and keeps current images.
"""

import json

from cityscapes.files.whole import digest
from cityscapes.ground_truth.old_manifests import old_tables, read_rows
from cityscapes.ground_truth.recipes import settings_digest
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.incremental.items import Item, content_of
from cityscapes.incremental.manifest import Cell, Manifest, Row, SourceState
from cityscapes.labels import LabelTable

# Its digest of the code that decided the content of images, which have not changed since.
PIXEL_CODE = "3428a98060d6129d"


def add_rows(
    manifest: Manifest, files: ShardFiles, items: tuple[Item, ...], table: LabelTable, fill: str
) -> None:
    """Add the rows of the old manifests of a shard, if it has no manifest yet."""
    if manifest.path.exists():
        return
    recipes = {item.name: item.recipe for item in items}
    today = dict(manifest.rows)  # of the journal of a job that was killed before it saved
    for path in old_tables(files.results, files.shard.folder):
        for old in read_rows(path):
            row = _row(old, recipes, str(files.dataset), table, fill)
            before = manifest.rows.get(row.frame, Row(row.frame))
            newer = today.get(row.frame, Row(row.frame))
            cells = {**before.cells, **row.cells, **newer.cells}
            manifest.rows[row.frame] = Row(row.frame, {**row.sources, **newer.sources}, cells)
            contents = {cell.content for cell in row.cells.values()}
            manifest.written.setdefault(row.frame, set()).update(contents)


def remove_old(files: ShardFiles) -> None:
    """Remove the old manifests of a shard, after the new one is saved."""
    for path in old_tables(files.results, files.shard.folder):
        path.unlink(missing_ok=True)


def _row(
    old: dict[str, str], recipes: dict[str, str], dataset: str, table: LabelTable, fill: str
) -> Row:
    """Return a row in today's format; only current images get a recipe."""
    raw = old["raw"]
    source = SourceState(int(old["raw_size"]), int(old["raw_mtime_ns"]), raw)
    cells = {}
    for name in recipes.keys() & old.keys() - {"segments"}:
        if not old[name]:
            continue
        recipe, size, mtime_ns, content = old[name].split(":")
        settings = (
            digest(dataset)
            if name == "link"
            else digest(settings_digest(name, table, fill), PIXEL_CODE)
        )
        current = recipe == digest(settings, raw)
        new = digest(recipes[name], "", raw) if current else ""
        cells[name] = Cell(new, int(size), int(mtime_ns), content)
        known = all(old.get(column) for column in ("width", "height", "segments"))
        if current and known and name.startswith("panoptic") and "segments" in recipes:
            width, height = int(old["width"]), int(old["height"])
            value = {"width": width, "height": height, "segments": json.loads(old["segments"])}
            recipe = digest(recipes["segments"], "", raw)
            cells["segments"] = Cell(recipe, content=content_of(value), value=value)
    return Row(old["frame"], {"polygons": source}, cells)

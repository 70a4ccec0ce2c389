"""Count the pixels that the edits of a split change, frame by frame and by class."""

import argparse
import logging
from collections.abc import Iterator
from pathlib import Path

from cityscapes.command import run
from cityscapes.edits.changes import changed_classes
from cityscapes.edits.column import EDITED, NEW
from cityscapes.edits.folder import UNEDITED
from cityscapes.files.tables import write_csv
from cityscapes.ground_truth.kinds import derived_path
from cityscapes.incremental.tables import read_tracked
from cityscapes.labels import LabelTable, read_labels
from cityscapes.layout import Shard
from cityscapes.png.labels import read_label_ids

COLUMNS = ["city", "frame", "edit", "before", "now", "pixels"]


def main(
    results: Path, tables: list[Path], unedited: list[Path], labels: Path, output: Path
) -> None:
    there = {(shard_of(path), row["frame"]) for path in unedited for row in read_tracked(path)}
    table = read_labels(labels)
    rows = [
        (shard.city, frame, *row)
        for path in tables
        for shard in [shard_of(path)]
        for frame, edit in edited_frames(path)
        for row in rows_of(results, shard, frame, edit, (shard, frame) in there, table)
    ]
    write_csv(output, COLUMNS, rows)
    logging.info("%s: %d rows", output, len(rows))


def shard_of(table: Path) -> Shard:
    """Return the shard of a table `<type>/<split>/<city>.labels.tsv`."""
    shard_type, split = table.parts[-3:-1]
    return Shard(shard_type, split, table.name.removesuffix(".labels.tsv"))


def edited_frames(table: Path) -> list[tuple[str, str]]:
    """Return the edited frames of a table of label images, with its notes on their edits."""
    return [(row["frame"], row[EDITED]) for row in read_tracked(table) if row.get(EDITED)]


def rows_of(
    results: Path, shard: Shard, frame: str, edit: str, has_before: bool, table: LabelTable
) -> Iterator[tuple]:
    """Yield a row for each pair of classes; one without classes if no pixel changed.

    Without an image to compare with, rows have the present classes and none before.
    """
    path = derived_path(shard, frame, "labelIds")
    now = read_label_ids(results / path)
    before = read_label_ids(results / UNEDITED / path) if has_before and edit != NEW else None
    if before is not None and before.shape != now.shape:
        before = None
    found = changed_classes(before, now)
    if not found:
        yield edit, "", "", 0
    for one, other, pixels in found:
        yield edit, name_of(one, table), name_of(other, table), pixels


def name_of(id_: int | None, table: LabelTable) -> str:
    """Return the name of a class; empty if there is none."""
    return table.by_id[id_].name if id_ is not None else ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    parser.add_argument(
        "--tables", type=Path, nargs="*", required=True, help="<city>.labels.tsv of cities"
    )
    parser.add_argument(
        "--unedited", type=Path, nargs="*", default=[],
        help="the same of what the dataset has of edited frames",
    )  # fmt: skip
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--output", type=Path, required=True, help="CSV file to write")
    run(main, parser)

"""Listings of a shard in which edits replace files of the dataset.

Pure standard library: the Snakefile imports it each time it is read.
"""

from typing import NamedTuple

from cityscapes.layout import Entry


class Overlay(NamedTuple):
    """The polygon files of a shard, with edits in place of those of the dataset."""

    polygons: list[Entry]  # the sources of the frames, by name
    edits: list[Entry]  # the edits among them
    replaced: list[Entry]  # the replaced files of the dataset


def overlay(raw: list[Entry], edits: list[Entry]) -> Overlay:
    """Put edits in place of the files with the same name, and add those without one."""
    names = {entry.name for entry in edits}
    kept = [entry for entry in raw if entry.name not in names]
    replaced = [entry for entry in raw if entry.name in names]
    return Overlay(sorted(kept + edits), edits, replaced)

"""Listings of a shard with its edits laid over those of the dataset.

Pure standard library: the Snakefile imports it each time it is read.
"""

from typing import NamedTuple

from cityscapes.layout import Entry


class Overlay(NamedTuple):
    """The polygon files of a shard, with edits in place of those of the dataset."""

    polygons: list[Entry]  # what the frames are made from, by name
    edits: list[Entry]  # those of them that are edits
    replaced: list[Entry]  # those of the dataset in whose place edits are


def overlay(raw: list[Entry], edits: list[Entry]) -> Overlay:
    """Edits in place of the files of the same name; those without one are added."""
    names = {entry.name for entry in edits}
    kept = [entry for entry in raw if entry.name not in names]
    replaced = [entry for entry in raw if entry.name in names]
    return Overlay(sorted(kept + edits), edits, replaced)

"""The links from the results to the raw types of the dataset, and the record of them.

Pure standard library: the Snakefile imports it each time it is read.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from cityscapes.errors import OutputError
from cityscapes.files.tables import known_notes, known_rows, write_table
from cityscapes.files.whole import link_atomic, link_target
from cityscapes.incremental.state import token
from cityscapes.layout import Entry, fingerprint, list_links, raw_types

COLUMNS = ["type", "target"]


def manifest_path(results: Path) -> Path:
    """Return the path of the table of links."""
    return results / "manifests/raw_links.tsv"


def state(results: Path) -> str:
    """Return a token that changes when a link is gone or was replaced."""
    notes = known_notes(manifest_path(results))
    saved = notes.get("derived_listing", "")
    return token(notes.get("derived", ""), saved, fingerprint(_listed(results, _known(results))))


def make_links(dataset: Path, results: Path) -> list[str]:
    """Link the raw types, remove links to those that are gone; return the linked types.

    Raises OutputError if something else is in the place of a link; it stays.
    """
    ours = _known(results)
    types = raw_types(dataset)
    wanted = {name: link_target(dataset / name, results) for name in types}
    foreign = [
        results / name
        for name, target in wanted.items()
        if os.path.lexists(results / name)
        and _target(results / name) not in (target, ours.get(name, target))
    ]
    if foreign:
        lines = "".join(f"\n  {path}" for path in foreign)
        raise OutputError(
            "these files have the names of links to the dataset; move them away and run "
            f"again:{lines}"
        )
    for name in ours.keys() - wanted.keys():
        if _target(results / name) == ours[name]:
            (results / name).unlink()
    for name, target in wanted.items():
        link_atomic(results / name, target)
    return types


def save(dataset: Path, results: Path, types: list[str], known: str) -> list[dict[str, str]]:
    """Write the table of the links and return its rows; `known` is Snakemake's token."""
    rows = [{"type": name, "target": os.readlink(results / name)} for name in sorted(types)]
    manifest = manifest_path(results)
    manifest.parent.mkdir(parents=True, exist_ok=True)
    listing = fingerprint(_listed(results, types))
    notes = {"derived": known, "derived_listing": listing, "dataset": quote(str(dataset))}
    write_table(manifest, COLUMNS, rows, **notes)
    return rows


def remove_links(results: Path) -> list[Path]:
    """Remove the links; return those that were replaced, which stay."""
    left = []
    for name, target in _known(results).items():
        path = results / name
        if _target(path) == target:
            path.unlink()
        elif os.path.lexists(path):
            left.append(path)
    return left


def _known(results: Path) -> dict[str, str]:
    """Map types to the targets that the table names; a truncated row names none."""
    rows = known_rows(manifest_path(results))
    return {row["type"]: row["target"] for row in rows if {*COLUMNS} <= row.keys()}


def _listed(results: Path, names: Iterable[str]) -> list[Entry]:
    """Return the existing links with these names."""
    return [link for link in list_links(results) if link.name in {*names}]


def _target(path: Path) -> str | None:
    """Return the target of a link; None for anything else."""
    return os.readlink(path) if path.is_symlink() else None

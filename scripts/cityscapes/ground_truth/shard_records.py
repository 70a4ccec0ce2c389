"""The paths of the manifest and tables of a shard, and the files that tables name.

Pure standard library: the Snakefile imports it each time it is read.
"""

import re
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.files.whole import content, digest
from cityscapes.ground_truth.kinds import KINDS, derived_path
from cityscapes.incremental.tables import read_tracked
from cityscapes.layout import Shard


def manifest_path(results: Path, shard: Shard) -> Path:
    """Return the path of the manifest of a shard."""
    return results / "manifests" / f"{shard.folder}.jsonl"


def city_of_manifest(path: Path) -> str:
    """Return the city of a manifest or journal; "" for other files.

    Those of version e8501c2 end in .tsv.
    """
    name = path.name.removesuffix(".journal")
    if name != path.name:
        name = name.removeprefix(".")
    if name.endswith(".jsonl"):
        return name.removesuffix(".jsonl")
    old = re.fullmatch(r"([^.]+)(\.\w+)?\.tsv", name)
    return old[1] if old else ""


def table_path(results: Path, shard: Shard, group: str) -> Path:
    """Return the path of the table of a group of kinds, which Snakemake tracks."""
    return results / "tables" / f"{shard.folder}.{group}.tsv"


def written_files(table: Path, results: Path, shard: Shard) -> dict[Path, str]:
    """Map files to the digests of their content, from a table of a shard."""
    return {
        results / derived_path(shard, row["frame"], kind): text
        for row in read_tracked(table)
        for kind, text in row.items()
        if kind in KINDS and KINDS[kind].dtype and text
    }


def check_written(path: Path, written: str | None) -> None:
    """Raise DataError if a file has another content than was `written`, given by digest."""
    if written and path.exists() and digest(content(path)) != written:
        raise DataError(
            f"{path}: is not what was written there: it was damaged meanwhile, or this machine "
            "does not see all of it yet. Run again"
        )

"""Join the tables of what was unpacked; files of packages' earlier versions are removed.

The files of a package that is not in the config any more are kept, and so are their rows.
"""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.files.tables import read_table, write_table
from cityscapes.incremental.tables import write_tracked
from cityscapes.packages.registry import unpacked_members


def main(manifests: list[Path], dataset: Path, output: Path, table: Path | None) -> None:
    before = [row for row in read_table(output) if row.keys() >= {"package", "file"}]
    now = {f"{path.stem}.zip": unpacked_members(path) for path in manifests}
    rows = [row for row in before if row["package"] not in now]
    rows += [
        {"package": name, "file": member.file}
        for name, members in now.items()
        for member in members
    ]
    # Here and not where a package is unpacked: a file may move from one package to another.
    gone = {row["file"] for row in before} - {row["file"] for row in rows}
    removed = [name for name in sorted(gone) if remove(dataset, name)]
    logging.info("%d packages, %d files, %d removed", len(now), len(rows), len(removed))
    write_table(output, ["package", "file"], rows)
    if table:
        write_tracked(table, ["package", "file"], rows)


def remove(dataset: Path, name: str) -> bool:
    """Remove a file that was unpacked; False if it is gone, or is behind a link."""
    path = dataset / name
    if any(up.is_symlink() for up in path.parents if dataset in up.parents):
        # A link of the user's: what it leads to was not unpacked.
        logging.warning(
            "%s is no longer in its package; it is kept, because it is behind a link", path
        )
        return False
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False
    return True


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifests", type=Path, nargs="+", required=True, help="one a package")
    parser.add_argument("--dataset", type=Path, required=True, help="folder of the files")
    parser.add_argument("--output", type=Path, required=True, help="table to write")
    parser.add_argument("--table", type=Path, help="the same, for Snakemake to track")
    run(main, parser)

"""Unpack a raw package (zip file) into a dataset root; existing files are kept."""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.files.partial import open_new
from cityscapes.incremental.tables import write_tracked
from cityscapes.jobs.progress import Bytes
from cityscapes.packages.registry import (
    is_unpacked,
    unfinished,
    unpacked_members,
    write_unpacked,
    zip_listing,
)
from cityscapes.packages.zip_members import Member
from cityscapes.packages.zips import differences, directory_digest, unpack


def main(
    package: Path, dataset: Path, manifest: Path, table: Path | None, state: str, empty: str
) -> None:
    if is_unpacked(manifest, dataset) and not package.exists():
        check_files(package, dataset, manifest)
    else:
        unpack_all(package, dataset, manifest, state, empty)
    if table:
        rows = [member._asdict() for member in unpacked_members(manifest)]
        write_tracked(table, list(Member._fields), rows)


def unpack_all(package: Path, dataset: Path, manifest: Path, state: str, empty: str) -> None:
    """Unpack what is missing or differs, and write the manifest."""
    manifest.parent.mkdir(parents=True, exist_ok=True)
    # The manifest stays as it is until all is unpacked; this file shows that a job failed.
    open_new(unfinished(manifest)).close()
    listing, directory = zip_listing(package), directory_digest(package)
    members = unpack(package, dataset, Bytes, may_be_empty=empty == "allow")
    logging.info("%s: %d files", package.name, len(members))
    write_unpacked(manifest, members, zip=state, zip_listing=listing, zip_directory=directory)
    unfinished(manifest).unlink()


def check_files(package: Path, dataset: Path, manifest: Path) -> None:
    """Compare the unpacked files of a package whose zip file was removed with its table."""
    members = unpacked_members(manifest)
    found = differences(members, dataset, Bytes)
    if found:
        raise DataError(
            f"{package.name} was unpacked and then removed; {len(found)} of its {len(members)} "
            f"files are not as they were. To fetch it again, remove {manifest} and run again:"
            + "".join(f"\n  {line}" for line in found)
        )
    logging.info("%s does not exist, but its %d unpacked files do", package, len(members))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, required=True, help="zip file, only read")
    parser.add_argument("--dataset", type=Path, required=True, help="folder to unpack into")
    parser.add_argument("--manifest", type=Path, required=True, help="table of what was unpacked")
    parser.add_argument("--table", type=Path, help="table to write, which Snakemake tracks")
    parser.add_argument("--state", default="none", help="the workflow's token for the zip file")
    parser.add_argument(
        "--empty",
        choices=["refuse", "allow"],
        default="refuse",
        help="whether a package may hold no file of a dataset (refuse)",
    )
    run(main, parser)

"""Download a package from the website, unless it exists or was unpacked."""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.files.tables import read_table, write_table
from cityscapes.incremental.tables import write_tracked
from cityscapes.jobs.progress import Bytes
from cityscapes.packages.credentials import account
from cityscapes.packages.download import download
from cityscapes.packages.registry import is_unpacked
from cityscapes.packages.retries import RetryPolicy
from cityscapes.packages.site import Site


def main(
    package: Path, site: str, known: Path, unpacked: Path, dataset: Path, receipt: Path,
    table: Path | None, other_downloads: list[str], state: str, tries: int, pause: float,
    timeout: float,
) -> None:  # fmt: skip
    before = read_table(receipt)
    if package.exists():
        size = str(package.stat().st_size)
        # Fetched by an earlier run, or there before: then its md5 sum is not known.
        row = next((row for row in before if row.get("size") == size), {"size": size})
        logging.info("%s exists already", package)
    elif is_unpacked(unpacked, dataset):
        row = next(iter(before), {})
        logging.info("%s was unpacked, and is not downloaded again", package.name)
    else:
        package.parent.mkdir(parents=True, exist_ok=True)
        policy = RetryPolicy(tries=tries, pause=pause)
        session = Site(site, account, policy, timeout)
        md5 = download(session, package.name, package.parent, Bytes, other_downloads)
        warn_of_another_version(package.name, md5, known)
        row = {"size": str(package.stat().st_size), "md5": md5}
    receipt.parent.mkdir(parents=True, exist_ok=True)
    row = {**row, "package": package.name}
    columns = ["package", "size", "md5"]
    write_table(receipt, columns, [row], zip=state)
    if table:
        write_tracked(table, columns, [row])


def warn_of_another_version(name: str, md5: str, known: Path) -> None:
    published = {row["name"]: row["md5"] for row in read_table(known)}.get(name)
    if published and published != md5:
        # Not into the log, which the workflow shows for failed jobs only.
        print(
            f"WARNING {name}: its md5 sum is {md5}, as the site says, but {published} was "
            f"published before: it is another version than the one in {known.name}",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, required=True, help="the zip file, at its place")
    parser.add_argument("--site", required=True, help="address of the site")
    parser.add_argument("--known", type=Path, required=True, help="table of known packages")
    parser.add_argument(
        "--unpacked", type=Path, required=True, help="table that exists once it was unpacked"
    )
    parser.add_argument("--dataset", type=Path, required=True, help="folder to unpack into")
    parser.add_argument("--receipt", type=Path, required=True, help="table of what is known")
    parser.add_argument("--table", type=Path, help="table to write, which Snakemake tracks")
    parser.add_argument(
        "--other-downloads",
        nargs="*",
        default=[],
        help="other zip files that this run downloads there",
    )
    parser.add_argument("--state", default="new", help="the workflow's token for the zip file")
    parser.add_argument("--tries", type=int, default=8, help="in a row without progress (8)")
    parser.add_argument("--pause", type=float, default=1, help="seconds, then ever longer (1)")
    parser.add_argument("--timeout", type=float, default=60, help="longest silence, seconds (60)")
    run(main, parser, needs_account=True)

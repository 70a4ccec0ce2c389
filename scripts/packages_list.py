"""Print the packages that the account may download, and which of them exist here."""

import argparse
from pathlib import Path

from cityscapes.command import run
from cityscapes.errors import printable
from cityscapes.files.tables import read_table
from cityscapes.files.whole import size_text
from cityscapes.packages.credentials import account
from cityscapes.packages.registry import is_unpacked
from cityscapes.packages.retries import RetryPolicy
from cityscapes.packages.site import Site


def main(site: str, known: Path, folder: Path, unpacked: Path, dataset: Path) -> None:
    # A person is waiting for the answer, and can easily run it again.
    listed = Site(site, account, RetryPolicy(tries=3), timeout=20).packages()
    names = {row["name"] for row in read_table(known)}
    rows = [("package", "size", "third party", "here", "")]
    for package in listed:
        name = package.name.removesuffix(".zip")
        states = {
            "zip": (folder / package.name).exists(),
            "unpacked": is_unpacked(unpacked / f"{name}.tsv", dataset),
        }
        here = ", ".join(state for state, is_so in states.items() if is_so)
        remark = "" if package.name in names else f"not in {known.name}"
        size = size_text(package.bytes) if package.bytes else package.size
        rows.append((name, size, "yes" if package.third_party else "", here, remark))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    print()
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(printable("  ".join(cells).rstrip()))
    print(f"\n{len(listed)} packages; name those you want as `packages` in the config.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", required=True, help="address of the site")
    parser.add_argument("--known", type=Path, required=True, help="table of known packages")
    parser.add_argument("--folder", type=Path, required=True, help="where zip files lie")
    parser.add_argument("--unpacked", type=Path, required=True, help="folder of what was unpacked")
    parser.add_argument("--dataset", type=Path, required=True, help="where they were unpacked to")
    run(main, parser, needs_account=True)

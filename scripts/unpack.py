"""Join the tables of what was unpacked; files of packages' earlier versions are removed.

The files of a package that is no longer asked for stay, and so do their rows.
"""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.tables import read_table, write_table


def main(manifests: list[Path], dataset: Path, output: Path) -> None:
    before = read_table(output)
    now = {f"{path.stem}.zip": read_table(path) for path in manifests}
    rows = [row for row in before if row["package"] not in now]
    rows += [{"package": name, "file": row["file"]} for name, of in now.items() for row in of]
    # Here and not where a package is unpacked: a file may move from one package to another.
    gone = {row["file"] for row in before} - {row["file"] for row in rows}
    for name in gone:
        (dataset / name).unlink(missing_ok=True)
    logging.info("%d packages, %d files, %d removed", len(now), len(rows), len(gone))
    write_table(output, ["package", "file"], rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifests", type=Path, nargs="+", required=True, help="one a package")
    parser.add_argument("--dataset", type=Path, required=True, help="folder of the files")
    parser.add_argument("--output", type=Path, required=True, help="table to write")
    run(main, parser)

"""Join several dataset roots in one: a folder of links to the files of each."""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.incremental.tables import write_tracked
from cityscapes.roots import join, plan_links


def main(roots: list[Path], joined: Path, table: Path) -> None:
    links = plan_links(roots)
    join(links, joined)
    rows = [{"path": path, "source": str(source)} for path, source in sorted(links.items())]
    write_tracked(table, ["path", "source"], rows)
    logging.info("%s: %d links to %d roots", joined, len(links), len(roots))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--roots", type=Path, nargs="+", required=True, help="dataset roots, only read"
    )
    parser.add_argument("--joined", type=Path, required=True, help="folder for the links")
    parser.add_argument("--table", type=Path, required=True, help="table of the links to write")
    run(main, parser)

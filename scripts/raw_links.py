"""Link the raw types of a dataset into the results, so that these are a dataset root."""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.ground_truth import links as raw_links
from cityscapes.incremental.ownership import check_roots
from cityscapes.incremental.tables import write_tracked


def main(dataset: Path, results: Path, table: Path, state: str) -> None:
    check_roots(dataset, results)
    types = raw_links.make_links(dataset, results)
    rows = raw_links.save(dataset, results, types, state)
    write_tracked(table, raw_links.COLUMNS, rows)
    logging.info("%s: linked %s", results, ", ".join(types) or "nothing")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="dataset root, only read")
    parser.add_argument("--results", type=Path, required=True, help="folder for the links")
    parser.add_argument("--table", type=Path, required=True, help="table of the links to write")
    parser.add_argument("--state", default="none", help="the workflow's token for the links")
    run(main, parser)

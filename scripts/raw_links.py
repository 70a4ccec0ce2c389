"""Link the raw types of a dataset into the results, so that these are a dataset root."""

import argparse
import logging
from pathlib import Path
from urllib.parse import quote

from cityscapes.command import run
from cityscapes.dataset import fingerprint, list_links, raw_types
from cityscapes.errors import OutputError
from cityscapes.files import link_atomic, link_target
from cityscapes.tables import write_table


def main(dataset: Path, results: Path, manifest: Path, derived: str) -> None:
    manifest.parent.mkdir(parents=True, exist_ok=True)
    types = raw_types(dataset)
    for gone in {link.name for link in list_links(results)} - set(types):
        (results / gone).unlink()
    for name in types:
        link = results / name
        if link.exists() and not link.is_symlink():
            raise OutputError(f"{link} is in the way: a link to {dataset / name} belongs there")
        link_atomic(link, link_target(dataset / name, results))
    links = list_links(results)
    listing = fingerprint(links)
    rows = [{"type": link.name, "target": (results / link.name).readlink()} for link in links]
    write_table(
        manifest,
        ["type", "target"],
        rows,
        derived=derived,
        derived_listing=listing,
        dataset=quote(str(dataset)),
    )
    logging.info("%s: linked %s", results, ", ".join(types) or "nothing")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="dataset root, only read")
    parser.add_argument("--results", type=Path, required=True, help="folder for the links")
    parser.add_argument("--manifest", type=Path, required=True, help="table of the links")
    parser.add_argument("--derived", default="none", help="the workflow's token for the links")
    run(main, parser)

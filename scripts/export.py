"""Write the files of an export for a split."""

import argparse
import json
import logging
from importlib import import_module
from pathlib import Path

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.exports.registry import ALL, EXPORTS
from cityscapes.exports.split import Split, read_frames
from cityscapes.files.whole import atomic_file
from cityscapes.incremental.tables import check_problems
from cityscapes.labels import read_labels


def main(
    name: str, results: Path, tables: list[Path], split: str, labels: Path, options: str,
    output: list[Path],
) -> None:  # fmt: skip
    shard_type, _, split_name = split.partition("/")
    check_problems(tables, split)
    export = EXPORTS[name]
    frames = read_frames(tables, results, export.kinds)
    if not frames:
        raise DataError(f"{split} has no frames")
    of_split = Split(shard_type, split_name, frames, read_labels(labels), json.loads(options))
    shared = split_name == ALL
    module, _, function = (export.shared_function if shared else export.function).partition(":")
    texts = getattr(import_module(module), function)(of_split)
    for path, pieces in zip(output, texts, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as file:
            for piece in pieces:
                file.write(piece.encode())
        logging.info("%s: %d frames", path, len(frames))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", choices=EXPORTS, required=True, help="which export")
    parser.add_argument("--results", type=Path, required=True, help="root of what was made")
    parser.add_argument(
        "--tables", type=Path, nargs="+", required=True,
        help="of the frames, named <type>/<split>/<city>.<group>.tsv",
    )  # fmt: skip
    parser.add_argument("--split", required=True, help="such as gtFine/val; gtFine/all for all")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--options", default="{}", help="settings of the export, as JSON")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="files to write")
    run(main, parser)

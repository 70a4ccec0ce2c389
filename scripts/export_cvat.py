"""Write the polygons of a city as a file that CVAT imports."""

import argparse
import logging
from pathlib import Path

from cityscapes.command import run
from cityscapes.edits.flags import add_edits
from cityscapes.edits.folder import NO_EDITS, Edits
from cityscapes.errors import DataError
from cityscapes.exports.editing import cvat_file
from cityscapes.files.json_document import MOST_OF_A_FRAME
from cityscapes.files.regular import read_file
from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.labels import read_labels
from cityscapes.layout import Shard


def main(dataset: Path, shard: Shard, labels: Path, output: Path, edits: Edits = NO_EDITS) -> None:
    table = read_labels(labels)
    files = ShardFiles(shard, dataset, Path(), (), edits=edits)
    frames, problems = files.frames(files.list_sources())
    annotations = []
    for frame in frames:
        path = files.path_of(frame, "polygons")
        try:
            data = read_file(path, MOST_OF_A_FRAME)
        except DataError as error:  # which names the file
            problems.append(str(error))
            continue
        try:
            annotations.append((shard.city, frame, parse_annotation(data, table)))
        except DataError as error:
            problems.append(f"{path}: {error}")
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise DataError(f"{len(problems)} files of {shard.folder} are wrong:{lines}")
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, cvat_file(shard.folder, annotations, table))
    logging.info("%s: %d frames", output, len(annotations))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, required=True, help="dataset root, only read")
    add_edits(parser)
    parser.add_argument(
        "--shard", type=Shard.parse, required=True, help="such as gtFine/val/frankfurt"
    )
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--output", type=Path, required=True, help="XML file to write")
    run(main, parser)

"""Draw the worst, the median and the best frame of a pixel-level prediction set."""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from cityscapes.evaluation.classes import scored_table
from cityscapes.evaluation.pixel.encoding import ids_of_values, void_values
from cityscapes.evaluation.pixel.reading import read_prediction, reading_of, resized
from cityscapes.files.tables import write_csv
from cityscapes.files.whole import write_atomic
from cityscapes.ground_truth.kinds import derived_path
from cityscapes.incremental.tables import read_tracked
from cityscapes.jobs.command import run
from cityscapes.labels import read_labels
from cityscapes.layout import Shard
from cityscapes.png.labels import read_label_ids
from cityscapes.report.frames import choose, jpeg, panels
from cityscapes.report.html import read_rows

# Blurred ones first: these may be shown.
IMAGES = ("leftImg8bit_blurred", "leftImg8bit")


def main(
    scores: Path, files: Path, truth: Path, dataset: Path, split: str, labels: Path,
    void: list[int], classes: list[str], resize: str, output: Path,
) -> None:  # fmt: skip
    table = read_labels(labels)
    found = {row["frame"]: row for row in read_tracked(files)}
    columns, rows = read_rows(scores / "summary.csv")
    encoding = rows[0][columns.index("encoding")]
    reading = reading_of(encoding, resize, table)
    ids = ids_of_values(encoding, table, {*void, *void_values(encoding, table)})
    ids = np.where(ids < 0, table.background.id, ids).astype(np.uint8)
    scored = scored_table(table, encoding, classes)
    _, ranked = read_rows(scores / "images.csv")
    output.mkdir(parents=True, exist_ok=True)
    about = []
    for one in choose([(row[0], float(row[1])) for row in ranked]):
        shard = Shard("gtFine", split, found[one.frame]["city"])
        true = read_label_ids(truth / derived_path(shard, one.frame, "labelIds"))
        predicted = read_prediction(Path(found[one.frame]["path"]), reading)
        kind, image = image_of(dataset, shard, one.frame)
        shown = panels(image, true, ids[resized(predicted, true.shape)], scored, encoding)
        write_atomic(output / f"{one.what}.jpg", jpeg(shown))
        about.append((one.what, one.frame, one.score, kind))
    write_csv(output / "frames.csv", ["which", "frame", "mIoU", "image"], about)


def image_of(dataset: Path, shard: Shard, frame: str) -> tuple[str, np.ndarray | None]:
    """The type of the image of a frame, and the image; "" and None where there is none."""
    for kind in IMAGES:
        path = dataset / kind / shard.split / shard.city / f"{frame}_{kind}.png"
        image = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.is_file() else None
        if image is not None:
            return kind, image
    return "", None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=Path, required=True, help="folder of the set's scores")
    parser.add_argument("--files", type=Path, required=True, help="table of prediction_files.py")
    parser.add_argument("--truth", type=Path, required=True, help="root with label images")
    parser.add_argument("--dataset", type=Path, required=True, help="root with images")
    parser.add_argument("--split", required=True)
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--void", type=json.loads, default=[], help="values that mean nothing")
    parser.add_argument("--classes", type=json.loads, default=[], help="names; default: all")
    parser.add_argument("--resize", default="", help="nearest: of predictions of another size")
    parser.add_argument("--output", type=Path, required=True, help="folder for the pictures")
    run(main, parser)

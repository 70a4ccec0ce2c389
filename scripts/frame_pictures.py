"""Draw the worst, the median and the best frame of a prediction set."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from cityscapes.command import run
from cityscapes.evaluation.flags import add_files, add_labels, add_predictions
from cityscapes.figures.names import SCORE_OF
from cityscapes.files.tables import write_csv
from cityscapes.files.whole import write_atomic
from cityscapes.incremental.tables import read_tracked
from cityscapes.labels import read_labels
from cityscapes.layout import Shard, image_name
from cityscapes.report.frames import choose, jpeg
from cityscapes.report.pictures import DRAW, Shown, ranked

# Blurred ones first: these may be published.
IMAGES = ("leftImg8bit_blurred", "leftImg8bit")


def main(
    task: str, scores: Path, predictions: Path, files: Path, truth: Path,
    panoptic_truth: Path | None, dataset: Path, split: str, labels: Path, encoding: str,
    void: list[int], classes: list[str], resize: str, images: Path | None, output: Path,
    unedited: Path | None = None, unedited_tables: Sequence[Path] = (),
    unedited_panoptic: Path | None = None,
) -> None:  # fmt: skip
    rows = read_tracked(files)
    paths = {row["frame"]: Path(row["path"]) for row in rows}
    cities = {row["frame"]: row["city"] for row in rows}
    shown = Shown(
        scores, predictions, paths, cities, truth, split, read_labels(labels), panoptic_truth,
        encoding, tuple(void), tuple(classes), resize, images,
    )  # fmt: skip
    draw = DRAW[task](shown)
    # Edited frames were scored against the dataset's own files.
    edited = {place for path in unedited_tables for place in places_in(path)}
    of_dataset = replace(shown, truth=unedited or truth, panoptic_truth=unedited_panoptic)
    draw_unedited = DRAW[task](of_dataset) if edited else draw
    output.mkdir(parents=True, exist_ok=True)
    about = []
    for one in choose(ranked(task, scores)):
        kind, image = image_of(dataset, shown.shard(one.frame), one.frame)
        is_edited = (cities[one.frame], one.frame) in edited
        picture = (draw_unedited if is_edited else draw)(one.frame, image)
        write_atomic(output / f"{one.what}.jpg", jpeg(picture))
        about.append((one.what, one.frame, one.score, kind))
    write_csv(output / "frames.csv", ["which", "frame", SCORE_OF[task], "image"], about)


def places_in(table: Path) -> list[tuple[str, str]]:
    """Return city and frame, as predictions name it, of each row of `<city>.<group>.tsv`."""
    city, group = table.name.removesuffix(".tsv").rsplit(".", 1)
    names = (row["frame"] for row in read_tracked(table))
    return [(city, image_name(city, name) if group == "panoptic" else name) for name in names]


def image_of(dataset: Path, shard: Shard, frame: str) -> tuple[str, np.ndarray | None]:
    """Return the type of the image of a frame, and the image; "" and None if there is none."""
    for kind in IMAGES:
        path = dataset / kind / shard.split / shard.city / f"{frame}_{kind}.png"
        image = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.is_file() else None
        if image is not None:
            return kind, image
    return "", None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=DRAW, required=True)
    parser.add_argument("--scores", type=Path, required=True, help="folder of the set's scores")
    add_predictions(parser)
    add_files(parser)
    parser.add_argument("--truth", type=Path, required=True, help="root with label images")
    parser.add_argument("--panoptic-truth", type=Path, help="COCO panoptic JSON")
    parser.add_argument("--dataset", type=Path, required=True, help="root with images")
    parser.add_argument("--split", required=True)
    add_labels(parser)
    parser.add_argument("--void", type=json.loads, default=[], help="values that count as void")
    parser.add_argument("--classes", type=json.loads, default=[], help="names; default: all")
    parser.add_argument(
        "--unedited", type=Path, help="root with label images of edited frames, as in the dataset"
    )
    parser.add_argument(
        "--unedited-tables", type=Path, nargs="*", default=[], help="tables of these frames"
    )
    parser.add_argument("--unedited-panoptic", type=Path, help="COCO panoptic JSON of them")
    parser.add_argument("--output", type=Path, required=True, help="folder for the pictures")
    run(main, parser)

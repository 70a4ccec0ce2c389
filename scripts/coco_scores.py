"""Score an instance prediction set by COCO's protocol, masks and boxes."""

import argparse
import json
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import class_numbers, scored_table
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.instance.average_precision import evaluated_ids
from cityscapes.evaluation.instance.coco import coco_predictions, index_coco_results
from cityscapes.evaluation.instance.coco_protocol import results_of, score
from cityscapes.evaluation.instance.predictions import text_predictions
from cityscapes.files.tables import read_notes, write_csv
from cityscapes.incremental.tables import read_tracked
from cityscapes.jobs.command import run
from cityscapes.labels import read_labels


def main(
    predictions: Path, files: Path, truth: Path, labels: Path, encoding: str, images: Path | None,
    resize: str, only: list[str], output: Path, classes: Path,
) -> None:  # fmt: skip
    table = read_labels(labels)
    found = {row["frame"]: Path(row["path"]) for row in read_tracked(files)}
    document = json.loads(truth.read_text())
    of_truth = {_frame_of(image): image for image in document["images"]}
    missing = [frame for frame in found if frame not in of_truth]
    if missing:
        raise DataError(f"{truth}: does not name {missing[0]}: run again")
    numbers, entries = class_numbers(table, encoding), {}
    if predictions.suffix == ".json":
        known = read_coco_images(images) if images else None
        index = index_coco_results(predictions, list(found), table, encoding, known)
        numbers, entries = index.numbers, index.of_frame
    if only:
        asked = evaluated_ids(scored_table(table, encoding, only), encoding)
        document["categories"] = [one for one in document["categories"] if one["id"] in asked]
    evaluated = {category["id"] for category in document["categories"]}
    if only and not evaluated:
        raise DataError(f"none of the classes has instances: {', '.join(only)}")
    results = []
    for frame, path in found.items():
        image = of_truth[frame]
        shape = (image["height"], image["width"])
        masks = (
            coco_predictions(path, entries[frame], shape, numbers)
            if entries
            else text_predictions(path, predictions, shape, numbers)
        )
        try:
            results += results_of(image["id"], masks, shape, evaluated)
        except DataError as error:
            raise DataError(f"{path}: {frame}: {error}") from None
    # Frames that are not predicted do not count, as in the other tables.
    kept = {of_truth[frame]["id"] for frame in found}
    document["images"] = [image for image in document["images"] if image["id"] in kept]
    of_kept = [
        one
        for one in document.get("annotations", [])
        if one["image_id"] in kept and one["category_id"] in evaluated
    ]
    headline, of_classes = score({**document, "annotations": of_kept}, results)
    said = {"frames": f"{len(found)} of {read_notes(files)['expected']}"}
    if only:
        said["note"] = f"only {len(only)} classes: {', '.join(only)}"
    for path, columns, rows in (
        (output, ["kind", "metric", "value"], headline),
        (classes, ["kind", "name", "AP", "AP50"], of_classes),
    ):
        write_csv(path, [*columns, *said], [(*row, *said.values()) for row in rows])


def _frame_of(image: dict) -> str:
    return image["file_name"].rpartition("/")[2].removesuffix("_leftImg8bit.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--predictions", type=Path, required=True, help="folder or JSON file")
    parser.add_argument("--files", type=Path, required=True, help="table of prediction_files.py")
    parser.add_argument("--truth", type=Path, required=True, help="COCO instances of the split")
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--encoding", default="auto", help="what the values mean")
    parser.add_argument("--resize", default="", help="not for instances")
    parser.add_argument("--images", type=Path, help="COCO JSON that ids refer to")
    parser.add_argument("--only", type=json.loads, default=[], help="names of classes (all)")
    parser.add_argument("--output", type=Path, required=True, help="CSV of the headline")
    parser.add_argument("--classes", type=Path, required=True, help="CSV of the classes")
    run(main, parser)

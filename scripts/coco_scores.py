"""Score an instance prediction set by COCO's protocol, masks and boxes."""

import argparse
import json
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.evaluation.classes import class_numbers
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.instance.coco import coco_predictions, index_coco_results
from cityscapes.evaluation.instance.coco_protocol import results_of, score
from cityscapes.evaluation.instance.predictions import text_predictions
from cityscapes.evaluation.reports import note_on_edits
from cityscapes.files.tables import read_notes, write_csv
from cityscapes.incremental.tables import read_tracked
from cityscapes.jobs.command import run
from cityscapes.labels import read_labels


def main(
    predictions: Path, files: Path, truth: Path, labels: Path, encoding: str, images: Path | None,
    resize: str, output: Path, classes: Path, unedited: Path | None = None,
) -> None:  # fmt: skip
    table = read_labels(labels)
    found = {row["frame"]: Path(row["path"]) for row in read_tracked(files)}
    document = json.loads(truth.read_text())
    if unedited:
        document = with_frames_of(document, json.loads(unedited.read_text()))
    of_truth = {_frame_of(image): image for image in document["images"]}
    missing = [frame for frame in found if frame not in of_truth]
    if missing:
        raise DataError(f"{truth}: does not name {missing[0]}: run again")
    numbers, entries = class_numbers(table, encoding), {}
    if predictions.suffix == ".json":
        known = read_coco_images(images) if images else None
        index = index_coco_results(predictions, list(found), table, encoding, known)
        numbers, entries = index.numbers, index.of_frame
    evaluated = {category["id"] for category in document["categories"]}
    results = []
    for frame, path in found.items():
        image = of_truth[frame]
        shape = (image["height"], image["width"])
        masks = (
            coco_predictions(path, entries[frame], shape, numbers)
            if entries
            else text_predictions(path, predictions, shape, numbers)
        )
        results += results_of(image["id"], masks, shape, evaluated)
    # Frames that are not predicted do not count, as in the other tables.
    kept = {of_truth[frame]["id"] for frame in found}
    document["images"] = [image for image in document["images"] if image["id"] in kept]
    of_kept = [one for one in document.get("annotations", []) if one["image_id"] in kept]
    headline, of_classes = score({**document, "annotations": of_kept}, results)
    note = note_on_edits(read_notes(files))
    for path, columns, rows in (
        (output, ["kind", "metric", "value"], headline),
        (classes, ["kind", "name", "AP", "AP50"], of_classes),
    ):
        said = {"note": note} if note else {}
        write_csv(path, [*columns, *said], [(*row, *said.values()) for row in rows])


def with_frames_of(document: dict, other: dict) -> dict:
    """COCO instances with those of another file for the frames that it holds."""
    numbers = {image["file_name"]: image["id"] for image in document["images"]}
    others = {image["id"]: image for image in other["images"] if image["file_name"] in numbers}
    number_of = {id_: numbers[image["file_name"]] for id_, image in others.items()}
    replaced = {number_of[id_]: {**image, "id": number_of[id_]} for id_, image in others.items()}
    annotations = document.get("annotations", [])
    first = 1 + max((one["id"] for one in annotations), default=-1)
    added = [
        {**one, "image_id": number_of[one["image_id"]], "id": first + one["id"]}
        for one in other.get("annotations", [])
        if one["image_id"] in number_of
    ]
    kept = [one for one in annotations if one["image_id"] not in replaced]
    images = [replaced.get(image["id"], image) for image in document["images"]]
    return {**document, "images": images, "annotations": kept + added}


def _frame_of(image: dict) -> str:
    return image["file_name"].rpartition("/")[2].removesuffix("_leftImg8bit.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--predictions", type=Path, required=True, help="folder or JSON file")
    parser.add_argument("--files", type=Path, required=True, help="table of prediction_files.py")
    parser.add_argument("--truth", type=Path, required=True, help="COCO instances of the split")
    parser.add_argument(
        "--unedited", type=Path, help="the same of edited frames, as the dataset has them"
    )
    parser.add_argument("--labels", type=Path, required=True, help="label table (CSV)")
    parser.add_argument("--encoding", default="auto", help="what the values mean")
    parser.add_argument("--resize", default="", help="not for instances")
    parser.add_argument("--images", type=Path, help="COCO JSON that ids refer to")
    parser.add_argument("--output", type=Path, required=True, help="CSV of the headline")
    parser.add_argument("--classes", type=Path, required=True, help="CSV of the classes")
    run(main, parser)

"""Score an instance prediction set by COCO's protocol, masks and boxes."""

import argparse
import json
from pathlib import Path

from cityscapes.command import run
from cityscapes.errors import DataError
from cityscapes.evaluation.classes import class_numbers, scored_table
from cityscapes.evaluation.coco_images import read_coco_images
from cityscapes.evaluation.flags import add_files, add_labels, add_predictions
from cityscapes.evaluation.instance.average_precision import evaluated_ids
from cityscapes.evaluation.instance.coco import coco_predictions, index_coco_results
from cityscapes.evaluation.instance.coco_protocol import results_of, score
from cityscapes.evaluation.instance.predictions import text_predictions
from cityscapes.evaluation.reports import note_on_edits
from cityscapes.files.tables import read_notes, write_csv
from cityscapes.incremental.tables import read_tracked
from cityscapes.labels import read_labels


def main(
    predictions: Path, files: Path, truth: Path, labels: Path, encoding: str, images: Path | None,
    resize: str, only: list[str], output: Path, classes: Path, unedited: Path | None = None,
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
    notes = [f"only {len(only)} classes: {', '.join(only)}"] if only else []
    notes += filter(None, [note_on_edits(read_notes(files))])
    if notes:
        said["note"] = "; ".join(notes)
    for path, columns, rows in (
        (output, ["kind", "metric", "value"], headline),
        (classes, ["kind", "name", "AP", "AP50"], of_classes),
    ):
        write_csv(path, [*columns, *said], [(*row, *said.values()) for row in rows])


def with_frames_of(document: dict, other: dict) -> dict:
    """Return COCO instances with those of another file for the frames that it holds."""
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
    add_predictions(parser)
    add_files(parser)
    parser.add_argument("--truth", type=Path, required=True, help="COCO instances of the split")
    parser.add_argument(
        "--unedited", type=Path, help="the same of edited frames, as the dataset has them"
    )
    add_labels(parser)
    parser.add_argument("--only", type=json.loads, default=[], help="names of classes (all)")
    parser.add_argument("--output", type=Path, required=True, help="CSV of the headline")
    parser.add_argument("--classes", type=Path, required=True, help="CSV of the classes")
    run(main, parser)

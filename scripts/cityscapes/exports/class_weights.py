"""The frequency of each class, and the weights that loss functions derive from it.

Lists that people copy disagree: over all pixels or over those of the classes alone, with classes
that never occur or without. The files give both, with their formulas.
"""

import csv
import io
import json
import math
from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from cityscapes.exports.split import Split
from cityscapes.labels import VOID_TRAIN_ID, LabelTable

FORMULAS = {
    "share": "pixels of the class / pixels of all images",
    "enet": "1 / ln(1.02 + share)",
    "pixels_of_images_with_class": "pixels of the images that show the class",
    "frequency": "pixels of the class / pixels_of_images_with_class",
    "median_of_present": "median of the frequencies of the classes that occur",
    "median_frequency": "median_of_present / frequency",
    "with_void": "pixels of images: all",
    "without_void": "pixels of images: those of the classes listed here",
    "null": "the class does not occur",
}


@dataclass
class ClassPixels:
    """Pixel counts of a class of trainIds over the frames of a split."""

    train_id: int
    name: str
    pixels: int = 0
    images: int = 0
    with_void: int = 0  # pixels of the images that show it
    without_void: int = 0  # those of them that are of some class


def weights(split: Split) -> list[list[str]]:
    """Return the JSON and the CSV file of class frequencies and weights.

    Source: ENet (Paszke 2016) and median frequency balancing (Eigen 2015), as in PyTorch-ENet.
    """
    classes, with_void, without_void = count(split)
    variants = {
        "with_void": variant(classes, "with_void", with_void),
        "without_void": variant(classes, "without_void", without_void),
    }
    document = {
        "type": split.type,
        "split": split.name,
        "images": len(split.frames),
        "pixels": {"with_void": with_void, "without_void": without_void},
        "formulas": FORMULAS,
        "classes": [
            {"trainId": one.train_id, "name": one.name, "pixels": one.pixels, "images": one.images}
            for one in classes
        ],
        **variants,
    }
    return [[json.dumps(document, indent=1), "\n"], [_csv(classes, variants)]]


def count(split: Split) -> tuple[list[ClassPixels], int, int]:
    """Return the classes in the order of their trainIds, all pixels, and those of some class."""
    train_ids = {label.id: label.train_id for label in split.table if label.id >= 0}
    found = {train_id: ClassPixels(train_id, name) for train_id, name in names(split.table)}
    with_void = without_void = 0
    for frame in split.frames:
        value = frame.values["class_pixels"]
        pixels: dict[int, int] = defaultdict(int)
        for id_, number in value["class_pixels"]:
            pixels[train_ids[id_]] += number
        total = value["width"] * value["height"]
        of_classes = sum(number for train_id, number in pixels.items() if train_id in found)
        with_void += total
        without_void += of_classes
        for train_id in pixels.keys() & found.keys():
            one = found[train_id]
            one.pixels += pixels[train_id]
            one.images += 1
            one.with_void += total
            one.without_void += of_classes
    return list(found.values()), with_void, without_void


def names(table: LabelTable) -> list[tuple[int, str]]:
    """Return trainId and name of each trained class; if several share a trainId, all names."""
    found: dict[int, list[str]] = defaultdict(list)
    for label in table:
        if label.id >= 0 and 0 <= label.train_id < VOID_TRAIN_ID:
            found[label.train_id].append(label.name)
    return [(train_id, "/".join(found[train_id])) for train_id in sorted(found)]


def variant(classes: list[ClassPixels], what: str, all_pixels: int) -> dict:
    """Return shares and weights, with or without the void pixels in the denominators.

    >>> road = ClassPixels(0, "road", pixels=60, images=2, with_void=100)
    >>> car = ClassPixels(13, "car", pixels=20, images=1, with_void=50)
    >>> found = variant([road, car], "with_void", all_pixels=100)
    >>> found["share"], found["median_frequency"]
    ([0.6, 0.2], [0.8333333333333334, 1.25])
    """
    of_images = [getattr(one, what) for one in classes]
    shares = [one.pixels / all_pixels if all_pixels else None for one in classes]
    frequencies = [
        one.pixels / total if total else None
        for one, total in zip(classes, of_images, strict=True)
    ]
    present = [frequency for frequency in frequencies if frequency]
    middle = median(present) if present else None
    return {
        "share": shares,
        "enet": [None if share is None else 1 / math.log(1.02 + share) for share in shares],
        "pixels_of_images_with_class": of_images,
        "frequency": frequencies,
        "median_of_present": middle,
        "median_frequency": [middle / f if middle and f else None for f in frequencies],
    }


def _csv(classes: list[ClassPixels], variants: dict[str, dict]) -> str:
    columns = ["share", "enet", "frequency", "median_frequency"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    headings = [f"{column}_{what}" for what in variants for column in columns]
    writer.writerow(["trainId", "name", "pixels", "images", *headings])
    for n, one in enumerate(classes):
        cells = [variants[what][column][n] for what in variants for column in columns]
        writer.writerow([one.train_id, one.name, one.pixels, one.images, *cells])
    return text.getvalue()

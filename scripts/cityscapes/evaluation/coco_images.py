"""A COCO JSON file that defines the image and category ids of predictions.

It has the annotations that a network was trained on, written by detectron2's and mmdetection's
converters or by this workflow. Only `images` and `categories` are read.
"""

import io
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

from cityscapes.errors import DataError, nearest, quoted, short
from cityscapes.evaluation.classes import ClassNumbers
from cityscapes.evaluation.frame_names import frame_in
from cityscapes.files.json_stream import JsonStream
from cityscapes.files.regular import open_regular
from cityscapes.labels import LONGEST_NAME, LabelTable

# The lists that are read, and the key with the name of their elements.
NAMES = {"images": "file_name", "categories": "name"}
# ASSUME: no split has more images; all frames of the dataset's sequences are 150,000.
MOST_IMAGES = 200_000
# Unknown categories that a message lists.
MOST_LISTED = 20


class CocoImages(NamedTuple):
    """The meaning of ids in predictions."""

    path: Path
    files: dict[int | str, str]  # image id -> name of its file
    categories: dict[int, str]  # category id -> name


def read_coco_images(path: Path) -> CocoImages:
    """Read images and categories of a COCO JSON file; raise DataError if it is none."""
    found: dict[str, dict] = {key: {} for key in NAMES}
    try:
        with io.TextIOWrapper(open_regular(path), encoding="latin-1", newline="") as file:
            stream = JsonStream(file)
            if stream.upcoming() != "{":
                raise DataError("an object with `images` and `categories` is wanted")
            for key in stream.keys():
                if stream.upcoming() != "[":
                    stream.value()
                    continue
                for index, element in enumerate(stream.elements()):
                    if key in NAMES:
                        id_, name = _pair(key, index, element.value)
                        found[key][id_] = name
                        if len(found[key]) > MOST_IMAGES:
                            raise DataError(f"more than {MOST_IMAGES:,} {key}")
            stream.end()
        for key, named in found.items():
            if not named:
                raise DataError(f"there are no {key}")
        wrong = [id_ for id_ in found["categories"] if type(id_) is not int]
        if wrong:
            raise DataError(f"id {short(wrong[0])} of a category is not a whole number")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    except DataError as error:
        raise DataError(f"{path}: not a COCO JSON with images and categories: {error}") from None
    return CocoImages(path, found["images"], found["categories"])


def _pair(key: str, index: int, one: Any) -> tuple[int | str, str]:
    """Return (id, name) of an element of a list; raise DataError if it has none."""
    if not isinstance(one, dict):
        raise DataError(f"{key} {index}: {short(one)} is not an object")
    name = NAMES[key]
    for field, kinds in (("id", (int, str)), (name, (str,))):
        if type(one.get(field)) not in kinds:
            raise DataError(f"{key} {index}: {field} is {short(one.get(field))}")
    return one["id"], one[name]


def frame_of_image(image_id: Any, frames: Collection[str], images: CocoImages | None) -> str:
    """Return the frame of an image id; raise DataError, which tells what would be right.

    A number is that of an image in the file `images`; a text is the frame's name, with whatever
    is around it.
    """
    if images and type(image_id) in (int, str) and image_id in images.files:
        name = images.files[image_id]
        frame = frame_in(name, frames)
        if frame is None:
            raise DataError(
                f"image_id {short(image_id)} is {quoted(name)} in {images.path}, which is no "
                "frame that is evaluated"
            )
        return frame
    if isinstance(image_id, str):
        frame = image_id if image_id in frames else frame_in(image_id, frames)
        if frame is not None:
            return frame
    elif type(image_id) is int:
        raise DataError(
            f"image_id {short(image_id)} is no image of {images.path}"
            if images
            else f"image_id {short(image_id)} is a number: name the COCO JSON whose images they "
            "are as `images` of the prediction set"
        )
    raise DataError(
        f"image_id {short(image_id)} is not a frame that is evaluated; "
        "<city>_<sequence>_<frame> is wanted"
    )


def category_numbers(
    found: Collection[float], images: CocoImages, table: LabelTable
) -> tuple[ClassNumbers, str]:
    """Return the meaning of the category ids `found` in predictions, and a note on the reading.

    They are the ids of the file or, where they are not, the places of its categories in the order
    of their ids: from 0 where a 0 is among them, else from 1. Raises DataError for categories that
    are no classes.
    """
    ids = sorted(images.categories)
    first = 0 if 0 in found else 1
    ways = {"by id": ids, f"by place from {first}": range(first, first + len(ids))}
    way = next((way for way, numbers in ways.items() if {*found} <= {*numbers}), "by id")
    names = {_plain(label.name): label.id for label in table}
    unknown = [
        id_
        for number, id_ in zip(ways[way], ids, strict=True)
        if number in found and _plain(images.categories[id_]) not in names
    ]
    if unknown:
        lines = "".join(
            f"\n  category {id_} {quoted(images.categories[id_])}"
            + nearest(_plain(images.categories[id_][:LONGEST_NAME]), names)
            for id_ in unknown[:MOST_LISTED]
        )
        more = len(unknown) - MOST_LISTED
        raise DataError(
            f"{images.path}: categories that are no classes of the label table:{lines}"
            + (f"\n  and {more} more" if more > 0 else "")
        )
    numbers = {
        number: names[_plain(images.categories[id_])]
        for number, id_ in zip(ways[way], ids, strict=True)
        if _plain(images.categories[id_]) in names
    }
    what = f"a category of {images.path}"
    return ClassNumbers(numbers, what), f"categories of {images.path.name} {way}"


def _plain(name: str) -> str:
    """Normalize a class name: case and separators vary."""
    return name.casefold().replace("_", " ").replace("-", " ").strip()

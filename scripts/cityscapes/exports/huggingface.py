"""Hugging Face: a metadata file per split, and the classes as OneFormer's scripts read them."""

import json
from collections.abc import Iterator

from cityscapes.exports.class_weights import names
from cityscapes.exports.split import FrameRecord, Split


def metadata(split: Split) -> list[Iterator[str]]:
    """Return `metadata.jsonl` of a split: the image and the labelTrainIds of each frame.

    Source: Hugging Face datasets, ImageFolder: a column whose name ends with `_file_name` is read
    as an image; it has to lie below the folder of the file, where links lead to both.
    """
    return [(f"{json.dumps(_row(frame))}\n" for frame in split.frames)]


def class_info(split: Split) -> list[list[str]]:
    """Return the classes by trainId, `{id: {name, isthing}}`, as OneFormer's class-info files."""
    things = {label.train_id for label in split.table if label.has_instances}
    document = {
        str(train_id): {"name": name, "isthing": int(train_id in things)}
        for train_id, name in names(split.table)
    }
    return [[json.dumps(document, indent=1), "\n"]]


def _row(frame: FrameRecord) -> dict[str, str]:
    return {
        "image_file_name": f"images/{frame.image}",
        "label_file_name": f"labels/{frame.image}",
        "frame": frame.frame,
        "city": frame.city,
    }

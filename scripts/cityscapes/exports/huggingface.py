"""Hugging Face: a metadata file a split, and the classes as OneFormer's scripts want them."""

import json
from collections.abc import Iterator

from cityscapes.exports.class_weights import names
from cityscapes.exports.split import Split
from cityscapes.ground_truth.kinds import derived_path
from cityscapes.layout import Shard

# From the folder of a split's metadata file up to the results.
UP = "../../../.."


def metadata(split: Split) -> list[Iterator[str]]:
    """`metadata.jsonl` of a split: the image and the labelTrainIds of each frame.

    Paths start at its folder. Source: Hugging Face datasets, ImageFolder: each column whose name
    ends with `_file_name` is read as an image.
    """
    return [
        (
            json.dumps(
                {
                    "image_file_name": f"{UP}/leftImg8bit/{frame.split}/{frame.image}",
                    "label_file_name": f"{UP}/"
                    + derived_path(
                        Shard(split.type, frame.split, frame.city), frame.frame, "labelTrainIds"
                    ),
                }
            )
            + "\n"
            for frame in split.frames
        )
    ]


def class_info(split: Split) -> list[list[str]]:
    """The classes by trainId: `{id: {name, isthing}}`. Source: OneFormer, class-info files."""
    things = {label.train_id for label in split.table if label.has_instances}
    document = {
        str(train_id): {"name": name, "isthing": int(train_id in things)}
        for train_id, name in names(split.table)
    }
    return [[json.dumps(document, indent=1), "\n"]]

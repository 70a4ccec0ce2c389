"""COCO instances as polygons, in Detectron's variant, which domain adaptation papers use."""

from collections.abc import Iterator

from cityscapes.exports.coco import categories
from cityscapes.exports.instances import Instance, read_instances
from cityscapes.exports.split import Split, json_text

# Minimum size of an outline; the converter drops an instance with any smaller one.
FEWEST_POINTS = 3


def polygons_json(split: Split) -> list[Iterator[str]]:
    """Return `instancesonly_filtered_<type>_<split>.json` with outlines in place of masks.

    Single objects alone; holes are lost, and so are instances with a part of at most two points.
    Images and annotations are numbered from 0, categories from 1 in ascending id.
    Source: maskrcnn-benchmark 57eec25, tools/cityscapes, with categories by order of appearance.
    """
    classes = categories(split.table)
    numbers = {category["id"]: number for number, category in enumerate(classes, start=1)}
    images = (
        {
            "id": number,
            "width": frame.values["instances"]["width"],
            "height": frame.values["instances"]["height"],
            "file_name": f"{frame.frame}_leftImg8bit.png",
            "seg_file_name": f"{frame.frame}_{split.type}_instanceIds.png",
        }
        for number, frame in enumerate(split.frames)
    )
    document = {
        "images": images,
        "categories": [{"id": numbers[c["id"]], "name": c["name"]} for c in classes],
        "annotations": _annotations(split, numbers),
    }
    return [json_text(document)]


def is_whole(instance: Instance) -> bool:
    """Return True if each part of a single object is large enough for a polygon."""
    return not instance.is_group and all(len(o) >= FEWEST_POINTS for o in instance.outlines)


def _annotations(split: Split, numbers: dict[int, int]) -> Iterator[dict]:
    number = 0
    for image, frame in enumerate(split.frames):
        for instance in filter(is_whole, read_instances(frame.values["instances"])):
            yield {
                "id": number,
                "image_id": image,
                "segmentation": [o.points().ravel().tolist() for o in instance.outlines],
                "category_id": numbers[instance.class_id],
                "iscrowd": 0,
                "area": instance.area,
                "bbox": list(instance.box),
            }
            number += 1

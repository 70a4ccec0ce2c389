"""COCO's formats: the instances as mmdetection's converter lists them, and panoptic files."""

from collections.abc import Iterator

from cityscapes.exports.instances import read_instances
from cityscapes.exports.split import FrameRecord, Split, json_text
from cityscapes.ground_truth.segments import FrameSegments, Segment, panoptic_document
from cityscapes.labels import LabelTable


def instances_json(split: Split) -> list[Iterator[str]]:
    """Return `instancesonly_filtered_<type>_<split>.json`, masks as COCO's compressed RLE.

    Groups are crowds. Images and annotations are numbered from 0 in the order of the images'
    paths, the annotations of an image in ascending value. Source: mmdetection 3.3.0,
    tools/dataset_converters/cityscapes.py.
    """
    annotations = list(_annotations(split.frames))
    document = {
        "images": (_image(split, n, frame) for n, frame in enumerate(split.frames)),
        "categories": categories(split.table),
        "annotations": annotations,
    }
    if not annotations:  # UPSTREAM: then there is no such list
        del document["annotations"]
    return [json_text(document)]


def panoptic_json(split: Split) -> list[Iterator[str]]:
    """Return `panoptic_<split>.json`: the reference's, with whole numbers as ids and file names.

    Source: mmdetection's CocoPanopticDataset, which takes the picture's path from `file_name` of
    the image.
    """
    frames = [
        FrameSegments(
            frame.city, frame.frame, value["width"], value["height"],
            [Segment(*segment) for segment in value["segments"]],
        )
        for frame in split.frames
        for value in [frame.values["segments"]]
    ]  # fmt: skip
    document = panoptic_document(frames, split.table, train_ids=False)
    numbers = {frame.frame: number for number, frame in enumerate(split.frames)}
    for image in document["images"]:
        number = numbers[image["id"]]
        image |= {"id": number, "file_name": split.frames[number].image}
    for annotation in document["annotations"]:
        number = numbers[annotation["image_id"]]
        annotation |= {"image_id": number, "file_name": split.frames[number].image}
    return [json_text(document)]


def categories(table: LabelTable) -> list[dict]:
    """Return the classes with instances that count in evaluation, in ascending id."""
    return [
        {"id": label.id, "name": label.name}
        for label in sorted(table, key=lambda label: label.id)
        if label.has_instances and not label.ignore_in_eval and label.id >= 0
    ]


def _image(split: Split, number: int, frame: FrameRecord) -> dict:
    value = frame.values["instances"]
    return {
        "file_name": frame.image,
        "height": value["height"],
        "width": value["width"],
        "segm_file": f"{frame.city}/{frame.frame}_{split.type}_labelIds.png",
        "id": number,
    }


def _annotations(frames: list[FrameRecord]) -> Iterator[dict]:
    number = 0
    for image, frame in enumerate(frames):
        value = frame.values["instances"]
        for instance in read_instances(value):
            yield {
                "iscrowd": int(instance.is_group),
                "category_id": instance.class_id,
                "bbox": [float(side) for side in instance.box],
                "area": instance.area,
                "segmentation": {
                    "size": [value["height"], value["width"]],
                    "counts": instance.counts,
                },
                "image_id": image,
                "id": number,
            }
            number += 1

"""Pascal VOC: the boxes of a frame's instances as XML, lists of frames, and of classes."""

from collections.abc import Iterator
from xml.etree import ElementTree

from cityscapes.exports.coco import categories
from cityscapes.exports.frame_values import instances_of_frame
from cityscapes.exports.split import Split
from cityscapes.ground_truth.frame_files import FrameFiles


def boxes(kind: str, files: FrameFiles) -> bytes:
    """Return the annotation of a frame: single objects only, pixels counted from 1, ends inside.

    Source: development kit of Pascal VOC 2012.
    """
    root = ElementTree.Element("annotation")
    _add(root, folder="cityscapes", filename=f"{files.frame.name}_leftImg8bit.jpg")
    _add(
        ElementTree.SubElement(root, "size"),
        width=files.annotation.width,
        height=files.annotation.height,
        depth=3,
    )
    _add(root, segmented=0)
    for instance in instances_of_frame(files):
        if instance.is_group:
            continue
        drawn = ElementTree.SubElement(root, "object")
        name = files.maker.table.by_id[instance.class_id].name
        _add(drawn, name=name, pose="Unspecified", truncated=0, difficult=0)
        x, y, width, height = instance.box
        box = ElementTree.SubElement(drawn, "bndbox")
        _add(box, xmin=x + 1, ymin=y + 1, xmax=x + width, ymax=y + height)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root) + b"\n"


def image_set(split: Split) -> list[Iterator[str]]:
    """Return the names of a split's frames, a line each."""
    return [(f"{frame.frame}_leftImg8bit\n" for frame in split.frames)]


def label_map(split: Split) -> list[list[str]]:
    """Return `labelmap.txt`: the classes of the boxes, `name:red,green,blue:parts:actions` a line.

    Source: CVAT and Datumaro, which take classes that are not Pascal VOC's own from it.
    """
    lines = [
        f"{name}:{','.join(map(str, split.table.by_name[name].color))}::\n"
        for name in (category["name"] for category in categories(split.table))
    ]
    return [["# label:color_rgb:parts:actions\n", "background:0,0,0::\n", *lines]]


def _add(parent: ElementTree.Element, **children: object) -> None:
    for tag, text in children.items():
        ElementTree.SubElement(parent, tag).text = str(text)

"""The kinds of files that are made of each frame: one entry a kind, and the function behind it.

Everything that has to know the kinds follows from this list: jobs, wildcard patterns, the config's
schema, clean and the documentation. Pure standard library: the Snakefile imports it each time it
is read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cityscapes.labels import Label
from cityscapes.layout import GROUND_TRUTH_TYPES, Shard

# Files of a frame that kinds are made from: name -> folder and what follows `<frame>_`.
SOURCES = {
    "polygons": ("{type}/{split}/{city}", "{type}_polygons.json"),
    "disparity": ("disparity/{split}/{city}", "disparity.png"),
    "camera": ("camera/{split}/{city}", "camera.json"),
}
# The source that tells which frames a shard has.
FIRST_SOURCE = {"gtFine": "polygons", "gtCoarse": "polygons", "disparity": "disparity"}


@dataclass(frozen=True)
class Kind:
    """A kind of file, or of value, that is made of each frame of a shard."""

    name: str
    function: str  # module:function, which makes it
    code: str = ""  # the module that decides what is in it, where that is another one
    sources: tuple[str, ...] = ("polygons",)  # names of SOURCES, or of other kinds
    types: tuple[str, ...] = GROUND_TRUTH_TYPES  # the types of shards that have it
    group: str = "labels"  # kinds of a group share a table
    folder: str = "{type}/{split}/{city}"
    ending: str = ""  # what follows `<frame>_`; "" for a value, which stands in the tables
    dtype: str = ""
    channels: str = "grey"
    shows: Callable[[Label], Any] | None = None  # what of each class it depends on
    released: bool = False  # comes with the packages, too
    default: bool = True  # made where the config names no kinds
    columns: tuple[str, ...] = ()  # of a value: what of it the table shows in place of its digest
    target: str = ""  # of a link: where it leads, below the results
    export: bool = False  # made where an export asks for it, and not named in the config's kinds

    def folder_of(self, shard: Shard) -> str:
        """Its folder below the results."""
        return self.folder.format(type=shard.type, split=shard.split, city=shard.city)

    def ending_of(self, shard: Shard) -> str:
        """What follows `<frame>_` in its names."""
        return self.ending.format(type=shard.type)


def _link(name: str, folder: str, target: str, ending: str = "png") -> Kind:
    """A link of an export, named like the left image, to another file of the frame."""
    return Kind(
        name,
        "cityscapes.exports.frame_values:link",
        types=("gtFine",),
        group="exports",
        folder=folder,
        ending=f"leftImg8bit.{ending}",
        target=target,
        export=True,
    )


def _labels(name: str, function: str, folder: str, ending: str) -> Kind:
    """Labels of a frame's instances, in a text named like the left image."""
    return Kind(
        name,
        f"cityscapes.exports.{function}",
        types=("gtFine",),
        group="exports",
        folder=folder,
        ending=f"leftImg8bit.{ending}",
        shows=lambda label: (label.id, label.has_instances, label.ignore_in_eval),
        export=True,
    )


LEFT_IMAGE = "leftImg8bit/{split}/{city}/{frame}_leftImg8bit.png"
TRAIN_IDS = "gtFine/{split}/{city}/{frame}_gtFine_labelTrainIds.png"
LABEL_IMAGE = "cityscapes.ground_truth.image_kinds:label_image"

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "link",
            "cityscapes.ground_truth.frame_files:link_to_polygons",
            ending="{type}_polygons.json",
        ),
        Kind(
            "labelIds",
            LABEL_IMAGE,
            code="cityscapes.ground_truth.images",
            ending="{type}_labelIds.png",
            dtype="uint8",
            shows=lambda label: (label.id,),
            released=True,
        ),
        Kind(
            "instanceIds",
            LABEL_IMAGE,
            code="cityscapes.ground_truth.images",
            ending="{type}_instanceIds.png",
            dtype="uint16",
            shows=lambda label: (label.id, label.has_instances),
            released=True,
        ),
        Kind(
            "color",
            LABEL_IMAGE,
            code="cityscapes.ground_truth.images",
            ending="{type}_color.png",
            dtype="uint8",
            channels="RGBA",
            shows=lambda label: (label.id >= 0, label.color),
            released=True,
        ),
        Kind(
            "labelTrainIds",
            LABEL_IMAGE,
            code="cityscapes.ground_truth.images",
            group="trainIds",
            ending="{type}_labelTrainIds.png",
            dtype="uint8",
            shows=lambda label: (label.id >= 0, label.train_id),
        ),
        Kind(
            "instanceTrainIds",
            LABEL_IMAGE,
            code="cityscapes.ground_truth.images",
            group="trainIds",
            ending="{type}_instanceTrainIds.png",
            dtype="uint16",
            shows=lambda label: (label.train_id, label.has_instances),
        ),
        # The pictures of the two variants are the same; the category ids of their JSON differ.
        Kind(
            "panoptic",
            LABEL_IMAGE,
            code="cityscapes.ground_truth.images",
            types=("gtFine",),
            group="panoptic",
            folder="{type}/cityscapes_panoptic_{split}",
            ending="{type}_panoptic.png",
            dtype="uint8",
            channels="RGB",
            shows=lambda label: (label.id, label.has_instances, label.ignore_in_eval),
        ),
        Kind(
            "panoptic_trainId",
            LABEL_IMAGE,
            code="cityscapes.ground_truth.images",
            types=("gtFine",),
            group="panoptic",
            folder="{type}/cityscapes_panoptic_{split}_trainId",
            ending="{type}_panoptic.png",
            dtype="uint8",
            channels="RGB",
            shows=lambda label: (label.id, label.has_instances, label.ignore_in_eval),
        ),
        # What the panoptic JSON says of the frame; it comes with any of the pictures.
        Kind(
            "segments",
            "cityscapes.ground_truth.image_kinds:segments",
            code="cityscapes.ground_truth.images",
            types=("gtFine",),
            group="panoptic",
            shows=lambda label: (label.id, label.has_instances, label.ignore_in_eval),
            columns=("width", "height", "segments"),
        ),
        # What exports say of the frame: masks of its instances, and pixels of its classes.
        Kind(
            "instances",
            "cityscapes.exports.frame_values:instances",
            group="exports",
            shows=lambda label: (label.id, label.has_instances, label.ignore_in_eval),
            export=True,
        ),
        Kind(
            "class_pixels",
            "cityscapes.exports.frame_values:class_pixels",
            group="exports",
            shows=lambda label: (label.id,),
            export=True,
        ),
        # The place where mmdetection looks for the picture.
        _link(
            "panoptic_link",
            "annotations/panoptic_{split}/{city}",
            "gtFine/cityscapes_panoptic_{split}/{frame}_gtFine_panoptic.png",
        ),
        _labels("yolo_labels", "yolo:labels", "exports/yolo/labels/{split}/{city}", "txt"),
        _link("yolo_image", "exports/yolo/images/{split}/{city}", LEFT_IMAGE),
        _labels(
            "yolo_labels_like_detectron",
            "yolo:labels",
            "exports/yolo_like_detectron/labels/{split}/{city}",
            "txt",
        ),
        _link(
            "yolo_image_like_detectron",
            "exports/yolo_like_detectron/images/{split}/{city}",
            LEFT_IMAGE,
        ),
        _link(
            "yolo_semantic_mask",
            "exports/yolo_semantic/masks/{split}/{city}",
            TRAIN_IDS,
        ),
        _link("yolo_semantic_image", "exports/yolo_semantic/images/{split}/{city}", LEFT_IMAGE),
        _labels("voc_boxes", "voc:boxes", "exports/voc/Annotations", "xml"),
        # Hugging Face reads nothing outside of the folder of the metadata.
        _link("huggingface_image", "exports/huggingface/{split}/images/{city}", LEFT_IMAGE),
        _link("huggingface_label", "exports/huggingface/{split}/labels/{city}", TRAIN_IDS),
        # Programs look for this ending; what is in the file, they see from its first bytes.
        _link("voc_image", "exports/voc/JPEGImages", LEFT_IMAGE, "jpg"),
        Kind(
            "labelme",
            "cityscapes.exports.editing:labelme_file",
            group="exports",
            folder="exports/labelme/{type}/{split}/{city}",
            ending="leftImg8bit.json",
            shows=lambda label: (),
            export=True,
        ),
        Kind(
            "depth",
            "cityscapes.ground_truth.depth:depth_image",
            sources=("disparity", "camera"),
            types=("disparity",),
            group="depth",
            folder="depth/{split}/{city}",
            ending="depth.png",
            dtype="uint16",
            default=False,
        ),
    )
}

# What users name in the config: the links come with all of them, values with their group.
NAMES = tuple(kind.name for kind in KINDS.values() if kind.dtype and not kind.export)
# What exports ask for.
EXPORT_NAMES = tuple(kind.name for kind in KINDS.values() if kind.export)
GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS.values()))


def kinds_of(shard_type: str, asked: list[str]) -> list[Kind]:
    """The kinds to be made of a shard of this type, where the config asks for these."""
    groups = {KINDS[name].group for name in asked}
    return [
        kind
        for kind in KINDS.values()
        if shard_type in kind.types
        and (kind.name in asked or (_comes_along(kind) and (kind.ending or kind.group in groups)))
    ]


def _comes_along(kind: Kind) -> bool:
    """Whether nobody names it: the link to the polygons, and values of a group."""
    return not kind.dtype and not kind.export


def derived_path(shard: Shard, frame: str, kind: str) -> str:
    """Where the file of a frame lies below the results, in the official layout."""
    return f"{KINDS[kind].folder_of(shard)}/{frame}_{KINDS[kind].ending_of(shard)}"


def panoptic_name(split: str, kind: str) -> str:
    """Path below the results, without ending, of a split's panoptic images and JSON file."""
    return KINDS[kind].folder_of(Shard("gtFine", split, ""))


def source_path(shard: Shard, frame: str, source: str) -> str:
    """Where a source of a frame lies below the dataset."""
    folder, ending = (part.format(**shard._asdict()) for part in SOURCES[source])
    return f"{folder}/{frame}_{ending}"

"""The kinds that exports ask for: links, label files of instances, and values.

Pure standard library: the Snakefile imports it each time it is read.
"""

from cityscapes.ground_truth.kind import Kind

LEFT_IMAGE = "leftImg8bit/{split}/{city}/{frame}_leftImg8bit.png"
TRAIN_IDS = "gtFine/{split}/{city}/{frame}_gtFine_labelTrainIds.png"


def _link(name: str, folder: str, target: str, ending: str = "png") -> Kind:
    """Return a link of an export to another file of the frame, named like the left image."""
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
    """Return the labels of a frame's instances: a text file named like the left image."""
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


EXPORT_KINDS = (
    # For exports: masks of the frame's instances, and pixels of its classes.
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
    # mmdetection looks for the picture here.
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
    # Programs look for this ending and find the format in the first bytes.
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
)

"""The exports: one entry each, with the function that makes it.

Everything that has to know the exports follows from this list: rules, targets, the config's
schema, and what is made of each frame for them. Pure standard library: the Snakefile imports it
each time it is read.
"""

from dataclasses import dataclass
from functools import cache

from cityscapes.files.whole import digest
from cityscapes.ground_truth.kinds import KINDS
from cityscapes.incremental.code import SCRIPTS, code_digests
from cityscapes.layout import GROUND_TRUTH_TYPES

# In place of a split: all of them.
ALL = "all"


@dataclass(frozen=True)
class Export:
    """Files of a split (and of its frames) for other programs."""

    name: str
    function: str = ""  # module:function, from a split to the texts of `files`
    files: tuple[str, ...] = ()  # below the results, with {type} and {split}
    shared_function: str = ""  # the same for `shared`
    shared: tuple[str, ...] = ()  # files for all splits together
    city_files: tuple[str, ...] = ()  # files of a city, which have a rule of their own
    kinds: tuple[str, ...] = ()  # what it is made of, a frame at a time
    needs: tuple[str, ...] = ()  # kinds of the config whose files it names
    types: tuple[str, ...] = GROUND_TRUTH_TYPES
    default: bool = True  # made where the config names no exports; not those with many files

    @property
    def frame_kinds(self) -> tuple[str, ...]:
        """Return what is made of each frame for exports alone."""
        return tuple(name for name in self.kinds if KINDS[name].export)

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the groups of the tables that it is made from."""
        return tuple(dict.fromkeys(KINDS[name].group for name in self.kinds or ("labelIds",)))


def _yolo(name: str, function: str, *kinds: str) -> Export:
    """Return a YOLO export: a label file or mask per frame, links to the images, and a yaml."""
    return Export(
        name,
        shared_function=f"cityscapes.exports.yolo:{function}",
        shared=(f"exports/{name}/cityscapes.yaml",),
        kinds=kinds,
        needs=("labelTrainIds",) if name == "yolo_semantic" else ("instanceIds",),
        types=("gtFine",),
        default=False,
    )


EXPORTS = {
    export.name: export
    for export in (
        Export(
            "coco_instances",
            "cityscapes.exports.coco:instances_json",
            ("annotations/instancesonly_filtered_{type}_{split}.json",),
            kinds=("instances",),
            needs=("labelIds", "instanceIds"),
        ),
        Export(
            "coco_panoptic",
            "cityscapes.exports.coco:panoptic_json",
            ("annotations/panoptic_{split}.json",),
            kinds=("segments", "panoptic_link"),
            needs=("panoptic",),
            types=("gtFine",),
        ),
        # Its files are those that `file_lists` in the config names.
        Export("file_lists", "cityscapes.exports.file_lists:lists"),
        Export(
            "class_weights",
            "cityscapes.exports.class_weights:weights",
            tuple(f"exports/class_weights/{{type}}_{{split}}.{end}" for end in ("json", "csv")),
            kinds=("class_pixels",),
            needs=("labelIds",),
        ),
        Export(
            "coco_polygons",
            "cityscapes.exports.polygons:polygons_json",
            ("exports/coco_polygons/instancesonly_filtered_{type}_{split}.json",),
            kinds=("instances",),
            needs=("instanceIds",),
        ),
        Export(
            "huggingface",
            "cityscapes.exports.huggingface:metadata",
            ("exports/huggingface/{split}/metadata.jsonl",),
            "cityscapes.exports.huggingface:class_info",
            ("exports/huggingface/class_info.json",),
            kinds=("huggingface_image", "huggingface_label"),
            needs=("labelTrainIds",),
            types=("gtFine",),
            default=False,
        ),
        _yolo("yolo", "instances_yaml", "yolo_labels", "yolo_image"),
        _yolo(
            "yolo_like_detectron",
            "instances_yaml",
            "yolo_labels_like_detectron",
            "yolo_image_like_detectron",
        ),
        _yolo("yolo_semantic", "semantic_yaml", "yolo_semantic_mask", "yolo_semantic_image"),
        Export(
            "voc",
            "cityscapes.exports.voc:image_set",
            ("exports/voc/ImageSets/Main/{split}.txt",),
            "cityscapes.exports.voc:label_map",
            ("exports/voc/labelmap.txt",),
            kinds=("voc_boxes", "voc_image"),
            needs=("instanceIds",),
            types=("gtFine",),
            default=False,
        ),
        Export("cvat", city_files=("exports/cvat/{type}/{split}/{city}.xml",), default=False),
        # Its files are made with the frames; the list of them says which there are.
        Export(
            "labelme",
            "cityscapes.exports.editing:labelme_list",
            ("exports/labelme/{type}/{split}.txt",),
            kinds=("labelme",),
            default=False,
        ),
    )
}


@cache
def export_code(name: str) -> str:
    """Return the digest of the code that decides what is in the files of an export."""
    functions = filter(None, (EXPORTS[name].function, EXPORTS[name].shared_function))
    modules = {function.partition(":")[0] for function in functions}
    files = [SCRIPTS / f"{module.replace('.', '/')}.py" for module in sorted(modules)]
    return digest(*(str(code_digests(file)) for file in files))

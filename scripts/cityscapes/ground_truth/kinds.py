"""The kinds of files that are made of each frame: one entry each, with its function.

Everything that has to know the kinds follows from this list: jobs, wildcard patterns, the config's
schema, clean and the documentation. Pure standard library: the Snakefile imports it each time it
is read.
"""

from dataclasses import replace

from cityscapes.ground_truth.export_kinds import EXPORT_KINDS
from cityscapes.ground_truth.kind import SOURCES, Kind
from cityscapes.layout import Shard, image_name

# The source that each frame of a shard has.
FIRST_SOURCE = {"gtFine": "polygons", "gtCoarse": "polygons", "disparity": "disparity"}
# Sources in place of one that no frame of a shard has; the first defines the frames.
IN_PLACE_OF = {"polygons": ("given_labelIds", "given_instanceIds")}
CODE_IN_PLACE_OF_POLYGONS = "cityscapes.ground_truth.given_images"
LABEL_IMAGE = "cityscapes.ground_truth.image_kinds:label_image"
IMAGES = ("cityscapes.ground_truth.images",)

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
            code=IMAGES,
            ending="{type}_labelIds.png",
            dtype="uint8",
            shows=lambda label: (label.id,),
            released=True,
        ),
        Kind(
            "instanceIds",
            LABEL_IMAGE,
            code=IMAGES,
            ending="{type}_instanceIds.png",
            dtype="uint16",
            shows=lambda label: (label.id, label.has_instances),
            released=True,
        ),
        Kind(
            "color",
            LABEL_IMAGE,
            code=IMAGES,
            ending="{type}_color.png",
            dtype="uint8",
            channels="RGBA",
            shows=lambda label: (label.id >= 0, label.color),
            released=True,
        ),
        Kind(
            "labelTrainIds",
            LABEL_IMAGE,
            code=IMAGES,
            group="trainIds",
            ending="{type}_labelTrainIds.png",
            dtype="uint8",
            shows=lambda label: (label.id >= 0, label.train_id),
        ),
        Kind(
            "instanceTrainIds",
            LABEL_IMAGE,
            code=IMAGES,
            group="trainIds",
            ending="{type}_instanceTrainIds.png",
            dtype="uint16",
            shows=lambda label: (label.train_id, label.has_instances),
        ),
        # The pictures of the two variants are the same; the category ids of their JSON differ.
        Kind(
            "panoptic",
            LABEL_IMAGE,
            code=IMAGES,
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
            code=IMAGES,
            types=("gtFine",),
            group="panoptic",
            folder="{type}/cityscapes_panoptic_{split}_trainId",
            ending="{type}_panoptic.png",
            dtype="uint8",
            channels="RGB",
            shows=lambda label: (label.id, label.has_instances, label.ignore_in_eval),
        ),
        # The frame's entry in the panoptic JSON, made along with any of the pictures.
        Kind(
            "segments",
            "cityscapes.ground_truth.image_kinds:segments",
            code=IMAGES,
            types=("gtFine",),
            group="panoptic",
            shows=lambda label: (label.id, label.has_instances, label.ignore_in_eval),
            columns=("width", "height", "segments"),
            comes_with=("panoptic",),
        ),
        # The summands of the dataset's statistics.
        Kind(
            "statistics",
            "cityscapes.statistics.frame_values:statistics",
            code=("cityscapes.statistics.frame_counts",),
            group="statistics",
            shows=lambda label: (label.id, label.has_instances),
            columns=("statistics",),
            comes_with=("labels", "trainIds", "panoptic"),
        ),
        *EXPORT_KINDS,
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

# Kinds that users name in the config; links come with all of them, values with their groups.
NAMES = tuple(kind.name for kind in KINDS.values() if kind.dtype and not kind.export)
# Kinds that exports ask for.
EXPORT_NAMES = tuple(kind.name for kind in KINDS.values() if kind.export)
GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS.values()))


def kinds_of(shard_type: str, asked: list[str], of_images: bool = False) -> list[Kind]:
    """Return the kinds to make for a shard of this type, if the config names `asked`.

    With `of_images`, they are made from label images in place of polygons.
    """
    groups = {KINDS[name].group for name in asked}
    kinds = [
        kind
        for kind in KINDS.values()
        if shard_type in kind.types and (kind.name in asked or _comes_along(kind, groups))
    ]
    return of_given_images(kinds) if of_images else kinds


def of_given_images(kinds: list[Kind]) -> list[Kind]:
    """Return the kinds made from label images in place of polygons, without links to polygons."""
    return [
        replace(kind, sources=IN_PLACE_OF["polygons"], code=_code_of_given(kind))
        for kind in kinds
        if kind.name != "link"
    ]


def _code_of_given(kind: Kind) -> tuple[str, ...]:
    """Return the modules that decide the content of a kind made from label images."""
    others = () if kind.code == IMAGES else kind.code or (kind.function,)
    return (*others, CODE_IN_PLACE_OF_POLYGONS)


def endings_of(shard_type: str) -> tuple[str, ...]:
    """Return endings of the files that define the frames of a shard: the first existing count."""
    first = FIRST_SOURCE[shard_type]
    sources = (first, *IN_PLACE_OF.get(first, ())[:1])
    return tuple(f"_{SOURCES[source][1].format(type=shard_type)}" for source in sources)


def _comes_along(kind: Kind, groups: set[str]) -> bool:
    """Return True for kinds made without being named: links to polygons, values of groups."""
    if kind.dtype or kind.export:
        return False
    return bool(kind.ending) or not groups.isdisjoint(kind.comes_with)


def derived_path(shard: Shard, frame: str, kind: str) -> str:
    """Return the path of a frame's file, relative to the results, in the official layout."""
    city = KINDS[kind].city_of(shard)
    name = image_name(city, frame) if city else frame
    return f"{KINDS[kind].folder_of(shard)}/{name}_{KINDS[kind].ending_of(shard)}"


def panoptic_name(split: str, kind: str) -> str:
    """Return the path below the results, without ending, of a split's panoptic files."""
    return KINDS[kind].folder_of(Shard("gtFine", split, ""))


def source_path(shard: Shard, frame: str, source: str) -> str:
    """Return the path of a source of a frame, relative to the dataset."""
    folder, ending = (part.format(**shard._asdict()) for part in SOURCES[source])
    return f"{folder}/{frame}_{ending}"

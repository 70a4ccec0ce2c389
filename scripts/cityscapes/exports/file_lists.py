"""Lists of files, one line per frame, in the forms that frameworks read."""

import string
from collections.abc import Mapping
from typing import Any

from cityscapes.errors import DataError
from cityscapes.exports.split import FrameRecord, Split
from cityscapes.ground_truth.kinds import KINDS, NAMES, derived_path
from cityscapes.layout import GROUND_TRUTH_TYPES, Shard

# Splits that a list may cover; trainval covers the frames of both.
PARTS = {
    "train": ("train",),
    "val": ("val",),
    "trainval": ("train", "val"),
    "test": ("test",),
    "train_extra": ("train_extra",),
}
# Lists that frameworks read: name of the folder -> files by split, and the line of a frame.
FLAVOURS = {
    "hrnet": {
        "files": {
            "train": "train.lst", "val": "val.lst", "trainval": "trainval.lst", "test": "test.lst",
        },
        "line": "{leftImg8bit}\t{labelIds}",
        "test_line": "{leftImg8bit}",
    },
    "mmsegmentation": {
        "files": {part: f"{part}.txt" for part in ("train", "val", "test", "train_extra")},
        "line": "{city}/{frame}",
    },
    "paddleseg": {
        "files": {part: f"{part}.txt" for part in ("train", "val", "test", "train_extra")},
        "line": "{leftImg8bit} {labelTrainIds}",
    },
    "danet": {
        "files": {"train": "train_fine.txt", "val": "val.txt"},
        "line": "{leftImg8bit}\t{labelTrainIds}",
    },
}  # fmt: skip
# Kinds of files that a line can name.
_LABEL_IMAGES = tuple(n for n in NAMES if set(KINDS[n].types) <= {*GROUND_TRUTH_TYPES})
PLACEHOLDERS = ("type", "split", "city", "frame", "leftImg8bit", *_LABEL_IMAGES)


def lists(split: Split) -> list[list[str]]:
    """Return the texts of a split's lists, one per template in `split.options["lines"]`."""
    return [
        [f"{line(template, split.type, frame)}\n" for frame in split.frames]
        for template in split.options["lines"]
    ]


def line(template: str, shard_type: str, frame: FrameRecord) -> str:
    """Fill in a template for a frame; paths are below the results."""
    shard = Shard(shard_type, frame.split, frame.city)
    names = {kind: derived_path(shard, frame.frame, kind) for kind in _LABEL_IMAGES}
    image = f"leftImg8bit/{frame.split}/{frame.image}"
    return template.format(**shard._asdict(), frame=frame.frame, leftImg8bit=image, **names)


def asked_kinds(template: str) -> list[str]:
    """Return the kinds of files that a template names; raise DataError if it is wrong."""
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(template)]
    except ValueError as error:
        raise DataError(f"{template!r}: {error}") from None
    unknown = [field for field in fields if field is not None and field not in PLACEHOLDERS]
    if unknown:
        raise DataError(
            f"{template!r}: {{{unknown[0]}}} is not one of "
            f"{', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}"
        )
    return [field for field in fields if field in _LABEL_IMAGES]


def templates(flavours: Mapping[str, Any], part: str, kinds: list[str]) -> dict[str, str]:
    """Map files below `exports/file_lists/<type>/` to templates, for the lists of one of `PARTS`.

    Flavours that name files of kinds that are not made are left out. Raises DataError for a
    template that cannot be filled in.
    """
    found = {}
    for flavour, settings in flavours.items():
        try:
            asked = [
                asked_kinds(settings[key]) for key in ("line", "test_line") if key in settings
            ]
        except DataError as error:
            raise DataError(f"file_lists: {flavour}: {error}") from None
        if part in settings["files"] and {kind for one in asked for kind in one} <= {*kinds}:
            template = settings["line"]
            if part == "test":
                template = settings.get("test_line", template)
            found[f"{flavour}/{settings['files'][part]}"] = template
    return found

"""The exports: one entry an export, and the function behind it.

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


@dataclass(frozen=True)
class Export:
    """Files of a split (and of its frames) that other programs read."""

    name: str
    function: str  # module:function, from a split to the texts of `files`
    files: tuple[str, ...] = ()  # below the results, with {type} and {split}
    kinds: tuple[str, ...] = ()  # what it is made of, a frame at a time
    needs: tuple[str, ...] = ()  # kinds of the config whose files it names
    types: tuple[str, ...] = GROUND_TRUTH_TYPES
    default: bool = True  # made where the config names no exports

    @property
    def frame_kinds(self) -> tuple[str, ...]:
        """What is made of each frame for exports alone."""
        return tuple(name for name in self.kinds if KINDS[name].export)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of the tables that it is made of."""
        return tuple(dict.fromkeys(KINDS[name].group for name in self.kinds or ("labelIds",)))


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
    )
}


@cache
def export_code(name: str) -> str:
    """Digest of the code that decides what is in the files of an export."""
    module = EXPORTS[name].function.partition(":")[0]
    return digest(str(code_digests(SCRIPTS / f"{module.replace('.', '/')}.py")))

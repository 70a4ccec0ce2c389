"""The settings and code that a kind of file depends on, as short digests.

Pure standard library: the Snakefile imports it each time it is read.
"""

import json
from functools import cache

from cityscapes.files.whole import digest
from cityscapes.ground_truth.kinds import KINDS, Kind
from cityscapes.incremental.code import code_of
from cityscapes.labels import LabelTable

# The columns of the label table that results other than kinds depend on.
_SHOWN = {
    "checks": lambda label: (label.id, label.category, label.has_instances),
    "panoptic.json": lambda label: label._replace(train_id=None),
    "panoptic_trainId.json": lambda label: label,
}


def settings_digest(what: str, table: LabelTable, fill: str, skip_degenerate: bool = False) -> str:
    """Return the digest of all settings that a kind, or another result, depends on."""
    shows = KINDS[what].shows if what in KINDS else _SHOWN[what]
    if shows is None:
        return digest("")
    shown = [json.dumps([label.name, shows(label)]) for label in table]
    if not what.endswith(".json"):  # which lists the classes in the order of the table
        shown.sort()
    return digest(fill, *["degenerate: skip"] * skip_degenerate, *shown)


@cache
def kind_code(kind: Kind) -> str:
    """Return the digest of the code that decides the content and format of a kind of file."""
    return code_of(*(kind.code or (kind.function,)), "cityscapes.png.write")

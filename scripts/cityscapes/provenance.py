"""What a derived file depends on besides its raw file: settings and code, as short digests.

Pure standard library: the Snakefile imports it each time it is read.
"""

import json
from modulefinder import ModuleFinder
from pathlib import Path

from cityscapes.files import digest
from cityscapes.labels import LabelTable

SCRIPTS = Path(__file__).resolve().parent.parent

# What of each class in the label table a kind of file shows.
_SHOWN = {
    "labelIds": lambda label: (label.id,),
    "instanceIds": lambda label: (label.id, label.has_instances),
    "color": lambda label: (label.id >= 0, label.color),
    "labelTrainIds": lambda label: (label.id >= 0, label.train_id),
    "instanceTrainIds": lambda label: (label.train_id, label.has_instances),
    "panoptic": lambda label: (label.id, label.has_instances, label.ignore_in_eval),
    "panoptic_trainId": lambda label: (label.id, label.has_instances, label.ignore_in_eval),
    "checks": lambda label: (label.id, label.category, label.has_instances),
    "panoptic.json": lambda label: label._replace(train_id=None),
    "panoptic_trainId.json": lambda label: label,
}


def settings_digest(kind: str, table: LabelTable, fill: str) -> str:
    """Digest of all settings that files of this kind depend on; other settings leave it alone."""
    shown = [json.dumps([label.name, _SHOWN[kind](label)]) for label in table]
    if not kind.endswith(".json"):  # which lists the classes in the order of the table
        shown.sort()
    return digest(fill, *shown)


def code_digests(source: Path) -> dict[str, str]:
    """Digest of a source file and of every module of ours that it imports, by path."""
    finder = ModuleFinder(path=[str(SCRIPTS)])
    finder.run_script(str(source))
    files = {Path(module.__file__) for module in finder.modules.values() if module.__file__}
    return {
        str(file.relative_to(SCRIPTS)): digest(file.read_bytes())
        for file in sorted(files)
        if file.is_relative_to(SCRIPTS)
    }


def pixel_code() -> str:
    """Digest of the code that decides what is in an image and how it is stored."""
    package = SCRIPTS / "cityscapes"
    return digest(*(str(code_digests(package / name)) for name in ("images.py", "png.py")))

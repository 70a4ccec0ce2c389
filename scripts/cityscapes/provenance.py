"""What a derived file depends on besides its raw file: settings and code, as short digests.

Pure standard library: the Snakefile imports it each time it is read.
"""

import ast
import json
from functools import cache
from pathlib import Path

from cityscapes.files import digest
from cityscapes.kinds import KINDS
from cityscapes.labels import LabelTable

SCRIPTS = Path(__file__).resolve().parent.parent

# What of each class in the label table other results than the kinds of files depend on.
_SHOWN = {
    "checks": lambda label: (label.id, label.category, label.has_instances),
    "panoptic.json": lambda label: label._replace(train_id=None),
    "panoptic_trainId.json": lambda label: label,
}


def settings_digest(what: str, table: LabelTable, fill: str) -> str:
    """Digest of all settings that a kind of file, or a result of this name, depends on."""
    shows = KINDS[what].shows if what in KINDS else _SHOWN[what]
    if shows is None:
        return digest("")
    shown = [json.dumps([label.name, shows(label)]) for label in table]
    if not what.endswith(".json"):  # which lists the classes in the order of the table
        shown.sort()
    return digest(fill, *shown)


def code_digests(source: Path) -> dict[str, str]:
    """Digest of a source file and of every module of ours that it imports, by path."""
    found, waiting = set(), [source.resolve()]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += _imported(file)
    return {str(file.relative_to(SCRIPTS)): _digest_of(file) for file in sorted(found)}


@cache
def _imported(source: Path) -> list[Path]:
    """The files of ours that a source file imports directly, those of packages included."""
    # Half the time of the standard library's modulefinder, which reads each file for each script.
    names = set()
    for node in ast.walk(ast.parse(source.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    paths = {parent for name in names for parent in _upwards(Path(*name.split(".")))}
    files = [SCRIPTS / path.with_suffix(".py") for path in paths]
    files += [SCRIPTS / path / "__init__.py" for path in paths]
    return [file for file in files if file.is_file()]


def _upwards(module: Path) -> list[Path]:
    """A module's path and those of the packages that it is in."""
    return [module, *module.parents[:-1]]


@cache
def _digest_of(file: Path) -> str:
    return digest(file.read_bytes())


@cache
def kind_code(kind: str) -> str:
    """Digest of the code that decides what is in a file of this kind and how it is stored."""
    module = KINDS[kind].code or KINDS[kind].function.partition(":")[0]
    files = (SCRIPTS / f"{module.replace('.', '/')}.py", SCRIPTS / "cityscapes/png.py")
    return digest(*(str(code_digests(file)) for file in files))

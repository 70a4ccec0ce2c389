"""Short digests of the code that results depend on: what an edit of code has to make again.

Pure standard library: the Snakefile imports it each time it is read.
"""

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from cityscapes.files.whole import digest

SCRIPTS = Path(__file__).resolve().parents[2]
# An import statement: module and names, in brackets or not; or modules alone.
IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^(\n]+)|import[ \t]+([^\n]+))",
    re.MULTILINE,
)


def function_of(name: str) -> Callable[..., Any]:
    """Return the function that a registry names as `module:function`."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def code_of(*names: str) -> str:
    """Digest of the code behind modules of ours, or behind functions `module:function`."""
    modules = [name.partition(":")[0].replace(".", "/") for name in names]
    return digest(*(str(code_digests(SCRIPTS / f"{module}.py")) for module in modules))


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
    """Return our files that a source file imports directly, with those of their packages."""
    names = imported_names(source.read_text())
    paths = {parent for name in names for parent in _upwards(Path(*name.split(".")))}
    return [file for path in paths for file in _files_of(path)]


def imported_names(text: str) -> set[str]:
    """Return the modules, and names in them, that a source text imports: `a.b`, `a.b.name`.

    A line of a docstring that reads as an import counts, too, and so does the new name behind
    `as`: one module too many does no harm.
    """
    # Parsing the text takes eight times as long, which every run of Snakemake would wait for.
    names: set[str] = set()
    for module, imported, plain in IMPORT.findall(text):
        names.update(f"{module}.{name}" for name in re.findall(r"\w+", imported))
        names.update(re.findall(r"[\w.]+", plain))
    return names


@cache
def _files_of(module: Path) -> list[Path]:
    """Return the source files of a module of ours, or of the package with this name."""
    files = (SCRIPTS / module.with_suffix(".py"), SCRIPTS / module / "__init__.py")
    return [file for file in files if file.is_file()]


@cache
def _upwards(module: Path) -> list[Path]:
    """Return a module's path and the paths of the packages that contain it."""
    return [module, *module.parents[:-1]]


@cache
def _digest_of(file: Path) -> str:
    return digest(file.read_bytes())

"""The code that results depend on, as short digests: an edit re-makes what it made.

Pure standard library: the Snakefile imports it each time it is read.
"""

import ast
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from cityscapes.files.whole import digest

SCRIPTS = Path(__file__).resolve().parents[2]


def function_of(name: str) -> Callable[..., Any]:
    """The function that a registry names as `module:function`."""
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
    """The files of ours that a source file imports directly, those of packages included."""
    # Half the time of the standard library's modulefinder, which reads each file for each script.
    names: set[str] = set()
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

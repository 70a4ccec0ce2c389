"""docs/coming-from-cityscapesscripts.md names all that the reference offers, and what is here."""

import ast
import re
from importlib import import_module

import numpy as np

from reference_environment import reference_python
from tiny import CLONE, make_dataset

PAGE = (CLONE / "docs/coming-from-cityscapesscripts.md").read_text()
NAMED = set(re.findall(r"`(\w+)`", PAGE))
# Programs with a window: their functions are their buttons.
WINDOWS = ("annotation", "viewer")


def test_every_command_is_there():
    commands = {path.name for path in reference_python().parent.glob("cs*")}
    assert commands and commands <= NAMED


def test_every_public_function_is_there():
    (package,) = (reference_python().parents[1] / "lib").glob("*/site-packages/cityscapesscripts")
    public = {
        node.name
        for file in package.rglob("*.py")
        if file.parent.name not in WINDOWS
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
    }
    assert len(public) > 80
    assert public - {"main"} - NAMED == set()


def test_what_stands_for_them_is_there():
    """Each `module.name` in the right column, below cityscapes."""
    rooms = "labels|layout|ground_truth|evaluation|packages|checks"
    paths = re.findall(rf"`((?:{rooms})\.[\w.]+)`", PAGE)
    assert len(paths) > 15
    for path in paths:
        parts = path.split(".")
        for end in range(len(parts), 0, -1):  # the longest part that is a module
            try:
                found = import_module(".".join(["cityscapes", *parts[:end]]))
            except ModuleNotFoundError:
                continue
            for name in parts[end:]:
                found = getattr(found, name)
            break
        else:
            raise AssertionError(path)


def test_the_example_runs(tmp_path, monkeypatch):
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    make_dataset(tmp_path / "data")
    monkeypatch.chdir(CLONE)
    names: dict = {}
    exec(example.replace("/data/cityscapes", str(tmp_path / "data")), names)
    assert names["train_ids"].dtype == np.uint8

"""The examples in docstrings are right; they run in the folder of the clone."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

CLONE = Path(__file__).parents[2]
SCRIPTS = CLONE / "scripts"
MODULES = [
    ".".join(path.relative_to(SCRIPTS).with_suffix("").parts)
    for path in sorted((SCRIPTS / "cityscapes").rglob("*.py"))
    if ">>> " in path.read_text()
]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_are_right(module, monkeypatch):
    monkeypatch.chdir(CLONE)
    failed, tried = doctest.testmod(import_module(module))
    assert tried
    assert not failed


def test_core_functions_have_examples():
    assert len(MODULES) >= 20

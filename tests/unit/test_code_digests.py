"""Which modules a script depends on: found by reading lines, compared with Python's own parser."""

import ast

import pytest

from cityscapes.incremental.code import SCRIPTS, code_digests, imported_names

SOURCES = sorted([*SCRIPTS.glob("*.py"), *SCRIPTS.glob("cityscapes/**/*.py")])


def parsed_names(text: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(SCRIPTS)))
def test_every_import_that_python_sees_is_found(path):
    text = path.read_text()
    assert parsed_names(text) <= imported_names(text)


@pytest.mark.parametrize(
    "text",
    [
        "import a.b, c.d as e\n",
        "from a import b as c, d\n",
        "from a.b import (  # why\n    c,\n    d as e,\n)\n",
        "def f():\n    from a import b\n",
        "if True:\n\timport a  # why\n",
    ],
)
def test_forms_of_import(text):
    assert parsed_names(text) <= imported_names(text)


def test_a_script_depends_on_its_modules_and_their_packages():
    found = set(code_digests(SCRIPTS / "frame_image.py"))
    assert {"frame_image.py", "cityscapes/__init__.py", "cityscapes/layout.py"} <= found
    assert "clean.py" not in found

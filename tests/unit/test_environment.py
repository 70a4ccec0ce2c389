"""The environment is described twice, for pip and for conda: both say the same."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ENVS = Path(__file__).parents[2] / "envs"
SCRIPTS = Path(__file__).parents[2] / "scripts"


def pinned(lines):
    pairs = (line.split("==") for line in lines if "==" in line)
    return {name.strip().lower(): version.strip() for name, version in pairs}


def test_conda_and_pip_install_the_same_versions():
    locked = pinned((ENVS / "lock.txt").read_text().splitlines())
    conda = yaml.safe_load((ENVS / "environment.yaml").read_text())
    (pip,) = [entry["pip"] for entry in conda["dependencies"] if isinstance(entry, dict)]
    asked = pinned(pip)
    assert asked
    assert {name: locked[name] for name in asked} == asked


def test_the_conda_environment_holds_what_the_scripts_import():
    conda = (ENVS / "environment.yaml").read_text()
    packages = {
        "cv2": "opencv-python-headless",
        "PIL": "pillow",
        "zlib_ng": "zlib-ng",
        "yaml": "PyYAML",
    }
    statements = [
        node for path in SCRIPTS.rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))
    ]
    names = [
        alias.name for node in statements if isinstance(node, ast.Import) for alias in node.names
    ]
    names += [node.module for node in statements if isinstance(node, ast.ImportFrom)]
    imported = {name.split(".")[0] for name in names}
    assert {"numpy", "cv2", "joblib"} <= imported
    for module in imported - sys.stdlib_module_names - {"cityscapes"}:
        assert f"- {packages.get(module, module)}==" in conda


@pytest.mark.parametrize("script", ["viewer.py", "label_tool.py"])
def test_outside_of_the_environment_it_is_said_how_to_enter_it(script):
    command = [sys.executable, "-S", SCRIPTS / script]  # -S: without the packages
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("ERROR Python has no package cv2, joblib, numpy, starlette: ")
    assert "`source .venv/bin/activate`" in done.stderr and done.stderr.count("\n") == 1


def test_old_versions_of_python_can_read_that_they_are_too_old():
    for name in (
        "viewer.py",
        "label_tool.py",
        "cityscapes/__init__.py",
        "cityscapes/environment.py",
    ):
        ast.parse((SCRIPTS / name).read_text(), feature_version=(3, 7))

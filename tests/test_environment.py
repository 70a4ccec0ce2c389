"""The environment is described twice, for pip and for conda: both say the same."""

import sys
from pathlib import Path

import yaml

ENVS = Path(__file__).parent.parent / "envs"


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
    packages = {"cv2": "opencv-python-headless", "PIL": "pillow", "zlib_ng": "zlib-ng"}
    scripts = Path(__file__).parent.parent / "scripts"
    imported = {
        line.split()[1].split(".")[0]
        for path in scripts.rglob("*.py")
        for line in path.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    for module in imported - sys.stdlib_module_names - {"cityscapes"}:
        assert f"- {packages.get(module, module)}==" in conda

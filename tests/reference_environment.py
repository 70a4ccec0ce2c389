"""Where the reference package is: in an environment of its own, made by `make env-reference`."""

import os
from pathlib import Path

import pytest

CLONE = Path(__file__).parent.parent


def reference_python():
    """Its Python; the test that asks is skipped, with the reason, where there is none."""
    default = CLONE / ".venv-reference/bin/python"
    python = Path(os.environ.get("CITYSCAPES_REFERENCE_PYTHON", default))
    if not python.exists():
        pytest.skip(f"no reference package to compare with: {python} is missing")
    return python

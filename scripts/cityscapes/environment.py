"""Importing it ends a script outside of the environment, with what to do in place of a traceback.

Written for old versions of Python, too.
"""

import sys
from importlib.util import find_spec

ADVICE = "activate the environment: `source .venv/bin/activate`; `make env` makes it"
NEEDED = ("cv2", "joblib", "numpy", "starlette")

if sys.version_info < (3, 11):  # noqa: UP036  an old Python, too, runs this, to be refused
    sys.exit(
        "ERROR Python 3.11 or newer is needed, not {}.{}: ".format(*sys.version_info) + ADVICE
    )
missing = [name for name in NEEDED if find_spec(name) is None]
if missing:
    sys.exit("ERROR Python has no package {}: ".format(", ".join(missing)) + ADVICE)

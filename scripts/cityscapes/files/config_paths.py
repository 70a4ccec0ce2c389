"""Paths as a person writes them in the config or the environment.

Pure standard library: the Snakefile imports it each time it is read.
"""

import os
from pathlib import Path

from cityscapes.errors import DataError, quoted


def config_path(text: str) -> str:
    """Return a path of the config, with the home folder for `~`; relative paths stay relative.

    One that begins with `-` becomes absolute, as commands would take it for a flag. Raises
    DataError if no path can be so.
    """
    if "\0" in text:
        raise DataError(
            f"{quoted(text)} is in the config or environment, but no path can contain NUL"
        )
    path = str(Path(os.path.expanduser(text)))
    return os.path.join(os.getcwd(), path) if path.startswith("-") else path

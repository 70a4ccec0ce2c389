"""Temporary files that killed servers left in the folder of edits."""

import os
import re
import time
from pathlib import Path

from cityscapes.editing.lock import locked
from cityscapes.errors import OutputError

# As `durable.write` and `write_atomic` name them, of the files that lie in a folder of edits.
_NAME = re.compile(r"\..+\.(?:json|xml)\.[0-9a-f]{16}\.tmp", re.ASCII | re.DOTALL)
# Whoever writes without the lock, such as import_annotations.py, has done so by then.
OLD = 3600.0  # seconds


def remove_left_over(root: Path) -> list[Path]:
    """Remove the temporary files of writers that were killed; those that were removed.

    None where somebody else is writing, or where nothing can be written. Links are not followed.
    """
    if not root.is_dir():
        return []
    try:
        with locked(root, longest=0):
            return [path for path in _found(root) if _is_removed(path)]
    except (OSError, OutputError):
        return []


def _found(root: Path) -> list[Path]:
    limit = time.time() - OLD
    return [
        Path(entry.path)
        for folder, _, _ in os.walk(root)
        for entry in os.scandir(folder)
        if _NAME.fullmatch(entry.name)
        and entry.is_file(follow_symlinks=False)
        and entry.stat(follow_symlinks=False).st_mtime < limit
    ]


def _is_removed(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True

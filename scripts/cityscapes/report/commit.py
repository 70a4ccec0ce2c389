"""The commit of the workflow that a report is made with."""

import os
import subprocess
from pathlib import Path

_WAIT = 10  # seconds: a slow file system must not stop the report


def commit_of(clone: Path) -> str:
    """Return the commit checked out in a folder, and whether its files differ from it.

    "" if the folder is no clone, or git is not there or does not answer.
    """
    if not (clone / ".git").exists():
        return ""
    commit = _git(clone, "rev-parse", "HEAD")
    if not commit:
        return ""
    changed = _git(clone, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}, with changes" if changed else commit


def _git(clone: Path, *arguments: str) -> str:
    # Variables of a hook would name another repository.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "--no-optional-locks", "-C", str(clone), *arguments]
    try:
        done = subprocess.run(
            command, env=kept, capture_output=True, text=True, timeout=_WAIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""

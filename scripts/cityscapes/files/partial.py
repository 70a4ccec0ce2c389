"""Files that are written in pieces under a temporary name, which a killed run may leave behind.

Another user who may write to the folder can place a symbolic link, a hard link or a pipe there.
None of these is ever written to.
"""

import errno
import os
import stat
from io import BufferedRandom
from pathlib import Path

from cityscapes.errors import OutputError

_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def open_new(path: Path) -> BufferedRandom:
    """Open an empty file to write and read; replace one left by a killed run of ours.

    Raises OutputError for anything else under that name, OSError if it cannot be written.
    """
    try:
        return os.fdopen(_create(path), "w+b")
    except FileExistsError:
        open_left_behind(path).close()
        path.unlink()
    try:
        return os.fdopen(_create(path), "w+b")
    except FileExistsError:  # within the moment since: another process, or an attack
        raise OutputError(f"{path}: another process is writing it") from None


def open_to_continue(path: Path) -> BufferedRandom:
    """Open a file to append to and read: a new one, or one left by an earlier run of ours.

    Raises OutputError for anything else under that name, OSError if it cannot be written.
    """
    try:
        return os.fdopen(_create(path), "a+b")
    except FileExistsError:
        return open_left_behind(path)


def open_left_behind(path: Path) -> BufferedRandom:
    """Open the regular file of this user under a temporary name, to append to and read.

    Raises OutputError for a link, a file with another hard link, or a file of another user.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.EACCES):
            raise
        raise _in_the_way(path, _kind(path.lstat())) from None
    status = os.fstat(descriptor)
    if (kind := _kind(status)) != "a file":
        os.close(descriptor)
        raise _in_the_way(path, kind)
    return os.fdopen(descriptor, "a+b")


def _create(path: Path) -> int:
    return os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o666)


def _kind(status: os.stat_result) -> str:
    """Describe what is at a path; `a file` means one that only this user can have put there."""
    if stat.S_ISLNK(status.st_mode):
        return "a link"
    if not stat.S_ISREG(status.st_mode):
        return "not a file"
    if status.st_uid != os.geteuid():
        return "a file of another user"
    return "a file" if status.st_nlink == 1 else "a file with another hard link"


def _in_the_way(path: Path, kind: str) -> OutputError:
    what = "a file that cannot be written" if kind == "a file" else kind
    return OutputError(f"{path}: {what} has the name of a temporary file; remove it")

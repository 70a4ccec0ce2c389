"""Reading regular files that others made, up to a limit; never a pipe that would block."""

import errno
import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO

from cityscapes.errors import DataError
from cityscapes.files.whole import size_text

OTHER_TYPES = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_file(path: Path, most_bytes: int) -> bytes:
    """Read a regular file; raise DataError, which names it, if that fails.

    A pipe, socket, device or folder is refused before it is opened, and so is a file of more than
    `most_bytes`.
    """
    try:
        return read_regular(path, most_bytes)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None


def read_regular(path: Path, most_bytes: int) -> bytes:
    """As `read_file`, for callers with messages of their own: OSError, `strerror` says why."""
    with open_regular(path, most_bytes) as file:
        return file.read()


def read_start(path: Path, length: int) -> bytes:
    """Read the first bytes of a regular file of any size, up to `length`; OSError as above."""
    with open_regular(path) as file:
        return file.read(length)


def open_regular(path: Path, most_bytes: int = sys.maxsize) -> BinaryIO:
    """Open a regular file for reading; OSError as above."""
    _stop_unless_regular(os.stat(path), most_bytes)
    # The path may lead elsewhere by now: a pipe opened in this way does not wait.
    file = open(path, "rb", opener=_open_at_once)
    try:
        _stop_unless_regular(os.fstat(file.fileno()), most_bytes)
    except OSError:
        file.close()
        raise
    return file


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _stop_unless_regular(status: os.stat_result, most_bytes: int) -> None:
    mode = status.st_mode
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        what = next((text for holds, text in OTHER_TYPES if holds(mode)), "something else")
        raise OSError(errno.EINVAL, f"it is {what}, not a file")
    if status.st_size > most_bytes:
        limit, size = size_text(most_bytes), size_text(status.st_size)
        raise OSError(errno.EFBIG, f"it has {size}, more than the limit of {limit}")

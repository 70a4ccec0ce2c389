"""A lock on a folder of edits: one writer at a time, among all servers and machines."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cityscapes.editing.durable import make_folder
from cityscapes.errors import OutputError

NAME = ".lock"
# A save takes some milliseconds.
LONGEST_WAIT = 20.0
PAUSE = 0.005


class Held(OutputError):
    """Another writer has held the lock for too long."""


@contextmanager
def locked(root: Path, longest: float | None = None) -> Iterator[None]:
    """Hold the lock of a folder of edits; it ends with its process in any case.

    Raises Held if another one holds it for too long, OSError if it cannot be locked.
    """
    longest = LONGEST_WAIT if longest is None else longest
    make_folder(root)
    # Each call opens the file again, so that threads of one process wait for each other, too.
    number = os.open(root / NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    try:
        end = time.monotonic() + longest
        while not _try(number):
            if time.monotonic() > end:
                raise Held(
                    f"{root / NAME}: another label tool holds the lock for {longest:g} s. "
                    "Nothing was changed; try again, or end the other one"
                )
            time.sleep(PAUSE)
        yield
    finally:
        os.close(number)


def _try(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
            raise
        return False
    return True

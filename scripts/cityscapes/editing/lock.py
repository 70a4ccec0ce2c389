"""One writer of a folder of edits at a time, among all servers and machines that share it."""

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
    """Another writer holds the lock for long."""


@contextmanager
def locked(root: Path, longest: float | None = None) -> Iterator[None]:
    """Hold the lock of a folder of edits; it ends with the process that holds it, however.

    Raises Held where another one holds it for long, OSError if it cannot be had.
    """
    longest = LONGEST_WAIT if longest is None else longest
    make_folder(root)
    # Each call opens the file anew: so threads of one process wait for each other, too.
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

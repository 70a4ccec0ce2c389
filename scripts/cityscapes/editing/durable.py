"""Files that survive a kill and a power cut: either the old or the new one, complete."""

import errno
import os
from pathlib import Path

from cityscapes.errors import OutputError
from cityscapes.files.whole import create, temporary_files

FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class NotWritten(OutputError):
    """A file of the edits cannot be written; `number` is the errno that says why."""

    def __init__(self, error: OSError, path: Path):
        self.number = error.errno
        why = error.strerror
        if self.number in FORBIDDEN:
            why = f"{why}; whoever runs the label tool needs the right to write there"
        if self.number in FULL:
            why = f"{why}; make room, then save again"
        super().__init__(
            f"{error.filename or path}: cannot be written: {why}. Nothing was changed"
        )


def write(path: Path, data: bytes) -> None:
    """Replace a file in one step, after its bytes are on the disk; on OSError it is unchanged."""
    names = {path.name}
    for left in temporary_files(path.parent, names):  # by a writer that was killed
        left.unlink(missing_ok=True)
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}.tmp")
    try:
        with create(temporary) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file durably, also against a power cut; OSError."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it durably; OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, if the file system can."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(number)

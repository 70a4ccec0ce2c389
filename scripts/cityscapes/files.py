"""Files on disk: whole or absent, never half written."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cityscapes.errors import OutputError


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` under a temporary name beside `path`, then rename.

    No fsync: after a power cut a file may be short, but then it differs from what its manifest
    says and is made again. Raises OSError (disk full, no permission); leaves no temporary file.
    """
    with atomic_file(path) as file:
        file.write(data)


@contextmanager
def atomic_file(path: Path, writer: str = "") -> Iterator[BinaryIO]:
    """A file to write in pieces, which gets its name when the block ends well, else is removed.

    After a kill a temporary file stays. Where it may be large, name the `writer`, one at a time:
    its next try then uses the same name again.
    """
    temporary = path.with_name(f".{path.name}.{writer}.tmp") if writer else _temporary(path)
    try:
        with open(temporary, "wb") as file:
            yield file
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def link_target(source: Path, folder: Path) -> str:
    """What a link in `folder` to `source` holds: relative where `source` is given relative.

    A dataset in the working directory can then be moved together with the results. `folder` may
    itself be reached by a link: what counts is where it really lies.
    """
    if source.is_absolute():
        return str(source)
    return os.path.relpath(source.absolute(), os.path.realpath(folder))


def link_atomic(path: Path, target: str) -> None:
    """Make `path` a symbolic link to `target`, replacing what was there in one step."""
    temporary = _temporary(path)
    temporary.unlink(missing_ok=True)
    os.symlink(target, temporary)
    os.replace(temporary, path)


def content(path: Path) -> bytes | str:
    """What is in a file, or where a link leads."""
    return os.readlink(path) if path.is_symlink() else path.read_bytes()


def temporary_files(pattern: Path) -> list[Path]:
    """What writers of files of this name pattern left behind when they were killed."""
    return sorted(pattern.parent.glob(f".{pattern.name}.*.tmp"))


def size_text(size: float) -> str:
    """A number of bytes for people, in the units that disks are sold in."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.4g} {unit}"
    return f"{size:.0f} bytes"


def stop_if_too_small(folder: Path, needed: int, what: str) -> None:
    """Raise OutputError where the disk of an existing folder lacks room for `needed` bytes."""
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise OutputError(
            f"{folder}: the disk is too small: {what} needs {size_text(needed)} more, "
            f"{size_text(free)} are free"
        )


def digest(*parts: bytes | str) -> str:
    """Sixteen hexadecimal digits that change when any of the parts does (SHA-256, cut)."""
    hashed = hashlib.sha256()
    for part in parts:
        # File names need not be UTF-8.
        data = part.encode(errors="surrogateescape") if isinstance(part, str) else part
        hashed.update(b"%d:" % len(data))
        hashed.update(data)
    return hashed.hexdigest()[:16]


def _temporary(path: Path) -> Path:
    # With host and process id no two writers share one, even where a killed run left a job behind.
    return path.with_name(f".{path.name}.{os.uname().nodename}.{os.getpid()}.tmp")

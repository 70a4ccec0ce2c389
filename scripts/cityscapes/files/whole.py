"""Files that are written completely or not at all."""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cityscapes.errors import OutputError


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` under a temporary name in the same folder, then rename.

    No fsync: after a power cut a file may be short, but then it differs from what its manifest
    says and is made again. Raises OSError (disk full, no permission); leaves no temporary file.
    """
    with atomic_file(path) as file:
        file.write(data)


@contextmanager
def atomic_file(path: Path, writer: str = "") -> Iterator[BinaryIO]:
    """Yield a file to write in pieces; it gets its name at the end of the block, else is removed.

    After a kill a temporary file stays. If it may be large, name the `writer`, one at a time:
    its next try then uses the same name again.
    """
    temporary = path.with_name(f".{path.name}.{writer}.tmp") if writer else _temporary(path)
    if writer:
        temporary.unlink(missing_ok=True)
    try:
        with create(temporary) as file:
            yield file
        for listener in _listeners:
            listener(path, temporary)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def create(path: Path) -> BinaryIO:
    """Open a new file to write; FileExistsError if anything, even a link, has the name."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    return os.fdopen(os.open(path, flags, 0o666), "wb")


_listeners: list[Callable[[Path, Path], None]] = []


def call_before_naming(function: Callable[[Path, Path], None]) -> None:
    """Register `function(path, temporary)` to be called before a written file gets its name.

    It holds for the whole process, so that a script records all that the library writes.
    """
    _listeners.append(function)


def link_target(source: Path, folder: Path) -> str:
    """Return the target of a link in `folder` to `source`: relative if `source` is relative.

    A dataset in the working directory can then be moved together with the results. `folder` may
    itself be reached by a link: what counts is where it really lies.
    """
    if source.is_absolute():
        return str(source)
    return os.path.relpath(source.absolute(), os.path.realpath(folder))


def link_atomic(path: Path, target: str) -> None:
    """Make `path` a symbolic link to `target`, replacing what was there in one step."""
    name_files({path: link_temporary(path, target)})


def write_temporary(path: Path, data: bytes) -> Path:
    """Write a file under a temporary name in the folder of `path`; return the temporary file."""
    temporary = _temporary(path)
    try:
        with create(temporary) as file:
            file.write(data)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def link_temporary(path: Path, target: str) -> Path:
    """Make a link under a temporary name in the folder of `path`; return the temporary link."""
    temporary = _temporary(path)
    os.symlink(target, temporary)
    return temporary


def name_files(temporary: dict[Path, Path]) -> None:
    """Give files (name -> temporary file) their names, replacing what was there."""
    try:
        for path, file in temporary.items():
            os.replace(file, path)
    finally:
        for file in temporary.values():
            file.unlink(missing_ok=True)


def content(path: Path) -> bytes | str:
    """Return the content of a file, or the target of a link."""
    return os.readlink(path) if path.is_symlink() else path.read_bytes()


def temporary_files(folder: Path, names: set[str]) -> list[Path]:
    """Return temporary files of these names in a folder, left by killed writers."""
    pattern = re.compile(r"\.(.+)\.[0-9a-f]{16}\.tmp")
    found = [(pattern.fullmatch(path.name), path) for path in folder.glob(".*.tmp")]
    return sorted(path for match, path in found if match and match[1] in names)


def size_text(size: float) -> str:
    """Format a number of bytes in the decimal units used for disks.

    >>> size_text(241_000_000), size_text(512)
    ('241 MB', '512 bytes')
    """
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.4g} {unit}"
    return f"{size:.0f} bytes"


def stop_if_too_small(folder: Path, needed: int, what: str) -> None:
    """Raise OutputError if the disk of an existing folder lacks room for `needed` bytes."""
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise OutputError(
            f"{folder}: the disk is too small: {what} needs {size_text(needed)} more, "
            f"{size_text(free)} are free"
        )


def digest(*parts: bytes | str) -> str:
    """Return sixteen hexadecimal digits that depend on all parts (SHA-256, cut)."""
    hashed = hashlib.sha256()
    for part in parts:
        # File names need not be UTF-8.
        data = part.encode(errors="surrogateescape") if isinstance(part, str) else part
        hashed.update(b"%d:" % len(data))
        hashed.update(data)
    return hashed.hexdigest()[:16]


def _temporary(path: Path) -> Path:
    # A name that cannot be guessed, and that no two writers share.
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")

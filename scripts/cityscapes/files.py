"""Files on disk: whole or absent, never half written."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacement(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`, that is renamed to it when the block ends well.

    No fsync: after a power cut a file may be short, but then it differs from what its manifest
    says and is made again. Leaves no temporary file where the block fails.
    """
    temporary = _temporary(path)
    try:
        yield temporary
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` in one step; raises OSError (disk full, no permission)."""
    with replacement(path) as temporary, open(temporary, "wb") as file:
        file.write(data)


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
    # With the process id two runs never share one, even where a killed run left a worker behind.
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")

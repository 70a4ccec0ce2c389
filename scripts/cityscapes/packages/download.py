"""Downloading a package: resumed after a cut, verified before it gets its name."""

import fcntl
import glob
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path

from cityscapes.errors import DataError, OutputError
from cityscapes.files.partial import open_to_continue
from cityscapes.files.whole import size_text, stop_if_too_small
from cityscapes.packages.retries import Retries, TransientError
from cityscapes.packages.site import Answer, Site

# A try that gets this far is a success: a long download may be cut more often than tries allow.
PROGRESS = 1 << 20


def download(
    site: Site, name: str, folder: Path, watch: Callable, others: Sequence[str] = ()
) -> str:
    """Fetch a package into a folder; return its md5 sum as the site gives it.

    `others` are the other packages of the same run: if the disk is too small for what is still
    missing of all, none is begun.

    Until size and md5 are verified, the bytes are in a hidden file in the same folder, which the
    next run continues. The md5 sum is in its name: bytes of another version are never continued.
    `watch(name, total, done)` makes a context manager whose `add` gets the number of new bytes.

    Raises DataError when the site does not give the package, OutputError if the disk is too
    small or another file is in the way.
    """
    if os.path.lexists(folder / name):
        what = "a file" if (folder / name).exists() else "a broken link"
        raise OutputError(f"{folder / name}: {what} has this name")
    listed = site.package(name)
    _stop_if_too_small_for_all(site, [name, *others], folder)
    md5 = site.md5(listed)
    partial = folder / f".{name}.{md5}.part"
    for other in _partials(folder, name):
        if other != partial:
            other.unlink()
    with _opened_alone(partial, name) as file:
        retries = Retries(site.retry_policy, name)
        while True:
            start = file.seek(0, 2)
            try:
                with site.file(listed, start) as answer:
                    _take(answer, file, name, folder, watch)
                break
            except TransientError as trouble:
                if file.tell() - start >= PROGRESS:
                    retries.progress()
                retries.pause(trouble)
        found = _md5_of(file)
        if found != md5:
            partial.unlink()
            raise DataError(
                f"{name}: the md5 sum of the file is {found}, the site says {md5}. It was "
                "removed; run again to download it again"
            )
        partial.rename(folder / name)
    return md5


def _stop_if_too_small_for_all(site: Site, names: list[str], folder: Path) -> None:
    offered = [listed for listed in site.packages() if listed.name in names]
    missing = [listed for listed in offered if not (folder / listed.name).exists()]
    partials = [path for listed in missing for path in _partials(folder, listed.name)]
    needed = sum(int(listed.bytes or 0) for listed in missing)
    needed -= sum(path.lstat().st_size for path in partials)
    if len(missing) > 1:
        sizes = ", ".join(f"{listed.name} {size_text(listed.bytes or 0)}" for listed in missing)
        stop_if_too_small(
            folder,
            needed,
            f"what is still to download ({sizes}; unpacked, about as much again)",
        )


def _partials(folder: Path, name: str) -> list[Path]:
    """Return the partial files of a package, of any version."""
    return list(folder.glob(f".{glob.escape(name)}.{'[0-9a-f]' * 32}.part"))


@contextmanager
def _opened_alone(partial: Path, name: str) -> Iterator[BufferedRandom]:
    with open_to_continue(partial) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataError(f"{name}: another process downloads it to {partial.parent}") from None
        yield file


def _take(answer: Answer, file: BufferedRandom, name: str, folder: Path, watch: Callable) -> None:
    """Append the missing bytes; raise TransientError if the file is still incomplete."""
    have = file.tell()
    if answer.total is not None:
        stop_if_too_small(folder, answer.total - have, name)
    skip = have - answer.first  # if the server ignores the requested range
    with watch(name, answer.total, have) as watched:
        for piece in answer.pieces:
            new = piece[skip:]
            skip -= len(piece) - len(new)
            if new:
                file.write(new)
                file.flush()  # a killed process loses no more than this piece
                watched.add(len(new))
        if answer.total is not None and file.tell() < answer.total:
            raise TransientError("the connection was cut")
    if answer.total is not None and file.tell() > answer.total:
        file.truncate(0)
        raise TransientError(f"more bytes than the {answer.total} of the file were received")


def _md5_of(file: BufferedRandom) -> str:
    file.seek(0)
    return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()

"""A package from the site to its place: resumed after a cut, verified before it gets its name."""

import fcntl
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cityscapes.errors import DataError
from cityscapes.files import size_text, stop_if_too_small
from cityscapes.retries import Retries, Trouble
from cityscapes.site import Answer, Site

# So much makes a try a success: a long download may be cut more often than tries are allowed.
PROGRESS = 1 << 20


def download(
    site: Site, name: str, folder: Path, watch: Callable, beside: Sequence[str] = ()
) -> str:
    """Fetch a package into a folder; its md5 sum as the site gives it.

    `beside` are the other packages of the same run: where the disk is too small for what is still
    missing of all, none is begun.

    Until size and md5 are verified, the bytes lie in a hidden file beside its place, which the
    next run continues. The md5 sum is in its name: bytes of another version are never continued.
    `watch(name, total, done)` makes a context manager whose `add` is told of new bytes.

    Raises DataError when the site does not give the package, OutputError for a disk too small.
    """
    listed = site.package(name)
    _stop_if_too_small_for_all(site, [name, *beside], folder)
    md5 = site.md5(listed)
    partial = folder / f".{name}.{md5}.part"
    for other in folder.glob(f".{name}.*.part"):
        if other != partial:
            other.unlink()
    with _opened_alone(partial, name) as file:
        retries = Retries(site.patience, name)
        while True:
            start = file.seek(0, 2)
            try:
                with site.file(listed, start) as answer:
                    _take(answer, file, name, folder, watch)
                break
            except Trouble as trouble:
                if file.tell() - start >= PROGRESS:
                    retries.progress()
                retries.pause(trouble)
        found = _md5_of(file)
        if found != md5:
            partial.unlink()
            raise DataError(
                f"{name}: the md5 sum of what came is {found}, the site says {md5}. It was "
                "removed; run again to download it anew"
            )
        partial.rename(folder / name)
    return md5


def _stop_if_too_small_for_all(site: Site, names: list[str], folder: Path) -> None:
    offered = [of for of in site.packages() if of.name in names]
    missing = [of for of in offered if not (folder / of.name).exists()]
    partials = [path for of in missing for path in folder.glob(f".{of.name}.*.part")]
    needed = sum(of.bytes or 0 for of in missing) - sum(path.stat().st_size for path in partials)
    if len(missing) > 1:
        sizes = ", ".join(f"{of.name} {size_text(of.bytes or 0)}" for of in missing)
        stop_if_too_small(
            folder,
            needed,
            f"what is still to download ({sizes}; unpacked, about as much again)",
        )


@contextmanager
def _opened_alone(partial: Path, name: str) -> Iterator[BinaryIO]:
    with open(partial, "a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataError(f"{name}: another process downloads it to {partial.parent}") from None
        yield file


def _take(answer: Answer, file: BinaryIO, name: str, folder: Path, watch: Callable) -> None:
    """Append what is still missing; Trouble when it is not whole then."""
    have = file.tell()
    if answer.total is not None:
        stop_if_too_small(folder, answer.total - have, name)
    skip = have - answer.first  # where the server ignores from where on we asked
    with watch(name, answer.total, have) as watched:
        for piece in answer.pieces:
            new = piece[skip:]
            skip -= len(piece) - len(new)
            if new:
                file.write(new)
                file.flush()  # a killed process loses no more than this piece
                watched.add(len(new))
        if answer.total is not None and file.tell() < answer.total:
            raise Trouble("the connection was cut")
    if answer.total is not None and file.tell() > answer.total:
        file.truncate(0)
        raise Trouble(f"more bytes than the {answer.total} of the file were here")


def _md5_of(file: BinaryIO) -> str:
    file.seek(0)
    return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()

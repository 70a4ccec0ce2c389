"""Zip files as the packages are: checked, and extracted below a dataset root.

A package is material from elsewhere. It is refused as a whole, before anything is written, when
the names or sizes of its members are dangerous; damage in some members costs only these. Only
what lies in a folder is of the dataset: a README or license next to the folders stays in the
package.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cityscapes.errors import DataError, OutputError
from cityscapes.files.partial import open_new
from cityscapes.files.whole import digest, stop_if_too_small
from cityscapes.packages.zip_members import Member, Named, prefixes_of, refusals

PIECE = 1 << 20


def directory_digest(package: Path) -> str:
    """Return a digest of the directory of a zip file (names, sizes, checksums), without unpacking.

    Raises DataError when it is no whole zip file.
    """
    with _opened(package) as archive:
        return digest(*(f"{i.filename}\t{i.file_size}\t{i.CRC}" for i in archive.infolist()))


def unpack(
    package: Path, dataset: Path, watch: Callable, may_be_empty: bool = False
) -> list[Member]:
    """Extract a package below a dataset root; return its files, in the package's order.

    A package without any is refused, unless it `may_be_empty`.
    A file that is there with the right content is left alone. A new one is written in pieces
    under a temporary name, and gets its name when its checksum is right. `watch(name, total)`
    makes a context manager whose `add` gets the number of bytes done.

    Raises DataError with a line for every bad member, OutputError when a file cannot be written.
    """
    with _opened(package) as archive:
        named = [Named.read(info) for info in archive.infolist()]
        prefixes = prefixes_of(named)
        prefix = prefixes[0]
        wanted = [found for each in named if (found := each.below(prefix)).is_wanted]
        problems = refusals(package, named, wanted, dataset)
        if len(prefixes) > 1:
            listed = ", ".join(sorted(map(str, prefixes)))
            problems.append(f"folders of the dataset are in several places: {listed}")
        if not (problems or wanted or may_be_empty):
            problems.append("it holds no file of the dataset, such as gtFine/val/...")
        if problems:
            raise DataError(_listing(package, "cannot be unpacked", problems))
        dataset.mkdir(parents=True, exist_ok=True)
        members = [each.member for each in wanted]
        stop_if_too_small(dataset, _space_needed(members, dataset), package.name)
        with watch(package.name, sum(member.size for member in members)) as watched:
            for each in wanted:
                try:
                    _extract(archive, each, package, dataset)
                except _DAMAGE as error:
                    problems.append(f"{each.path}: damaged: {error or 'it ends too early'}")
                watched.add(each.info.file_size)
        if problems:
            what = f"{len(problems)} of {len(members)} files are damaged, the others unpacked"
            raise DataError(_listing(package, what, problems))
    return members


def differences(members: list[Member], dataset: Path, watch: Callable) -> list[str]:
    """Return the files of a package that are missing below a dataset root, or differ."""
    found = []
    with watch(str(dataset), sum(member.size for member in members)) as watched:
        for member in members:
            path = dataset / member.file
            if not _is_there(path, member):
                found.append(f"{path}: {'differs' if os.path.lexists(path) else 'missing'}")
            watched.add(member.size)
    return found


# Raised by zipfile for damaged or malformed files.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError),
    *(ValueError, NotImplementedError, RuntimeError),
)


@contextmanager
def _opened(package: Path) -> Iterator[zipfile.ZipFile]:
    try:
        # Opening a pipe blocks until somebody writes into it.
        if not stat.S_ISREG(package.stat().st_mode):
            raise DataError(f"{package}: not a file")
        archive = zipfile.ZipFile(package)
    except FileNotFoundError:
        raise DataError(f"{package}: no such file") from None
    except OSError as error:
        raise DataError(f"{package}: cannot be read: {error.strerror}") from None
    # For a damaged directory at the end of the file, zipfile has several messages.
    except _DAMAGE as error:
        raise DataError(f"{package}: not a whole zip file: {error}") from None
    with archive:
        yield archive


def _space_needed(members: list[Member], dataset: Path) -> int:
    """Return the bytes still needed; a file is replaced only when the new one is complete."""
    needed = 0
    for member in members:
        try:
            there = (dataset / member.file).stat().st_size == member.size
        except FileNotFoundError:
            there = False
        needed += 0 if there else member.size
    return needed


def _extract(archive: zipfile.ZipFile, named: Named, package: Path, dataset: Path) -> None:
    path = dataset / named.path
    if _is_there(path, named.member):
        return
    temporary = path.with_name(f".{digest(package.stem, path.name)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_new(temporary) as file:
            try:
                for piece in _pieces(archive, named.info):
                    file.write(piece)
                if file.tell() != named.info.file_size:
                    raise EOFError
                file.flush()
                os.replace(temporary, path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the content of a member; zipfile limits the size and compares the checksum."""
    try:
        with archive.open(info) as source:
            while piece := source.read(PIECE):
                yield piece
    except OSError as error:  # a place beyond the file, or a bad disk
        raise zipfile.BadZipFile(f"cannot be read: {error.strerror}") from None


def _is_there(path: Path, member: Member) -> bool:
    crc = 0
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size != member.size:
            return False
        with open(path, "rb") as file:
            while piece := file.read(PIECE):
                crc = zlib.crc32(piece, crc)
    except FileNotFoundError:
        return False
    return f"{crc:08x}" == member.crc


def _listing(package: Path, what: str, problems: list[str]) -> str:
    return f"{package}: {what}:" + "".join(f"\n  {problem}" for problem in problems)

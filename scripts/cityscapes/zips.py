"""Zip files as the packages are: checked, and extracted below a dataset root.

A package is material from elsewhere. It is refused as a whole, before anything is written, when
the names or sizes of its members are not harmless; damage in some members costs only these. Only
what lies in a folder is of the dataset: a README or license beside the folders stays in the
package.
"""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cityscapes.errors import DataError, OutputError
from cityscapes.files import atomic_file, digest, size_text, stop_if_too_small

PIECE = 1 << 20
# Images do not shrink in a zip file, and polygon files to a fifth.
LARGEST_RATIO = 100
# What is smaller than this when it is unpacked fills no disk, however well it was packed.
HARMLESS_SIZE = 100_000_000
STORED_OR_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1


class Member(NamedTuple):
    """A file of a package: its path below the dataset root, its size in bytes and its CRC-32."""

    file: str
    size: int
    crc: str


def directory_digest(package: Path) -> str:
    """A digest of what a zip file says that it holds: names, sizes, checksums; quick to read.

    Raises DataError when it is no whole zip file.
    """
    with _opened(package) as archive:
        return digest(*(f"{i.filename}\t{i.file_size}\t{i.CRC}" for i in archive.infolist()))


def unpack(
    package: Path, dataset: Path, watch: Callable, may_be_empty: bool = False
) -> list[Member]:
    """Extract a package below a dataset root; its files, in the package's order.

    A package without any is refused, unless it `may_be_empty`.
    A file that is there with the right content is left alone. A new one is written beside its
    place, in pieces, and gets its name when its checksum is right. `watch(name, total)` makes a
    context manager whose `add` is told of bytes that are done.

    Raises DataError with a line for every bad member, OutputError when a file cannot be written.
    """
    with _opened(package) as archive:
        members = [info for info in archive.infolist() if _is_wanted(info)]
        problems = _refusals(package, archive.infolist(), dataset)
        if not (problems or members or may_be_empty):
            problems.append("it holds no file of the dataset, such as gtFine/val/...")
        if problems:
            raise DataError(_listing(package, "cannot be unpacked", problems))
        dataset.mkdir(parents=True, exist_ok=True)
        stop_if_too_small(dataset, _space_needed(members, dataset), package.name)
        with watch(package.name, sum(info.file_size for info in members)) as watched:
            for info in members:
                try:
                    _bring(archive, info, package, dataset)
                except _DAMAGE as error:
                    problems.append(f"{info.filename}: damaged: {error or 'it ends too early'}")
                watched.add(info.file_size)
        if problems:
            what = f"{len(problems)} of {len(members)} files are damaged, the others unpacked"
            raise DataError(_listing(package, what, problems))
    return [_member(info) for info in members]


def differences(members: list[Member], dataset: Path, watch: Callable) -> list[str]:
    """The files of a package that are missing below a dataset root, or hold something else."""
    found = []
    with watch(str(dataset), sum(member.size for member in members)) as watched:
        for member in members:
            path = dataset / member.file
            if not _is_there(path, member):
                found.append(f"{path}: {'differs' if os.path.lexists(path) else 'missing'}")
            watched.add(member.size)
    return found


# What zipfile raises for files that are not as they should be.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError),
    *(ValueError, NotImplementedError, RuntimeError),
)


@contextmanager
def _opened(package: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(package)
    except FileNotFoundError:
        raise DataError(f"{package}: no such file") from None
    # Where the directory at the end of the file is damaged, zipfile finds several words for it.
    except _DAMAGE as error:
        raise DataError(f"{package}: not a whole zip file: {error}") from None
    with archive:
        yield archive


def _is_wanted(info: zipfile.ZipInfo) -> bool:
    # Archives packed on macOS carry `._*` files and a folder of them: they are no frames. Nor are
    # other hidden files, whose names might be those of our own temporary files. Each package has
    # a README and license of its own: they would replace one another.
    parts = PurePosixPath(info.filename).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return len(parts) > 1 and not info.is_dir() and not hidden


def _member(info: zipfile.ZipInfo) -> Member:
    return Member(info.filename, info.file_size, f"{info.CRC:08x}")


def _refusals(package: Path, infos: list[zipfile.ZipInfo], dataset: Path) -> list[str]:
    """What speaks against unpacking: a line for each bad member."""
    problems = []
    names = set()
    folders = {str(up) for info in infos for up in PurePosixPath(info.filename).parents}
    folders |= {info.filename.rstrip("/") for info in infos if info.is_dir()}
    for info in infos:
        reason = _bad_name(info.orig_filename.removesuffix("/"))
        if not reason and _is_wanted(info):
            reason = _bad_kind(info)
            if info.filename in names:
                reason = "the name stands there twice"
            elif info.filename in folders:
                reason = "another member takes it for a folder"
            names.add(info.filename)
            reason = reason or _in_the_way(dataset, info.filename)
        if reason:
            problems.append(f"{info.orig_filename!r}: {reason}")
    declared, size = sum(info.file_size for info in infos), package.stat().st_size
    if declared > max(HARMLESS_SIZE, LARGEST_RATIO * size):
        problems.append(
            f"{size_text(size)} would become {size_text(declared)}; "
            f"more than {LARGEST_RATIO} times is taken for an attack"
        )
    return problems


def _bad_name(name: str) -> str:
    """`name` as it stands in the file: what follows a NUL is already cut in `filename`."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or re.match("[A-Za-z]:", name):
        return "would lie outside of the dataset"
    if not name.isprintable():
        return "the name holds control characters"
    if str(path) != name:
        return f"the name is not plain, such as {str(path)!r}"
    return ""


def _bad_kind(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "a link" if kind == stat.S_IFLNK else "neither a file nor a folder"
    if info.flag_bits & ENCRYPTED:
        return "encrypted"
    if info.compress_type not in STORED_OR_DEFLATED:
        return "neither stored nor deflated, as packages are"
    return ""


def _in_the_way(dataset: Path, name: str) -> str:
    path = dataset / name
    if path.is_dir():
        return f"{path} is a folder"
    # The dataset root itself, the last one, may be a link to a larger disk.
    for up in list(PurePosixPath(name).parents)[:-1]:
        if (dataset / up).is_symlink():
            return f"{dataset / up} is a link: what it leads to would be overwritten"
        if os.path.lexists(dataset / up) and not (dataset / up).is_dir():
            return f"{dataset / up} is not a folder"
    return ""


def _space_needed(members: list[zipfile.ZipInfo], dataset: Path) -> int:
    """Bytes that are not there yet; a file is replaced only when the new one is whole."""
    needed = 0
    for info in members:
        try:
            there = (dataset / info.filename).stat().st_size == info.file_size
        except FileNotFoundError:
            there = False
        needed += 0 if there else info.file_size
    return needed


def _bring(archive: zipfile.ZipFile, info: zipfile.ZipInfo, package: Path, dataset: Path) -> None:
    path = dataset / info.filename
    if _is_there(path, _member(info)):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path, package.stem) as file:
            for piece in _pieces(archive, info):
                file.write(piece)
            if file.tell() != info.file_size:
                raise EOFError
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member holds; zipfile stops at the declared size, and compares the checksum."""
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

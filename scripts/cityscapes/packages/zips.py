"""Zip files as the packages are: checked, and extracted below a dataset root.

A package is material from elsewhere. It is refused as a whole, before anything is written, when
the names or sizes of its members are dangerous; damage in some members costs only these. Only
what lies in a folder is of the dataset: a README or license next to the folders stays in the
package.

Who packs a dataset again may do so on Windows, where some programs separate folders by a
backslash, or pack the folder that the types lie in. Both are unpacked as the official packages.
"""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cityscapes.checks.formats import SPLITS, TYPES
from cityscapes.errors import DataError, OutputError
from cityscapes.files.partial import open_new
from cityscapes.files.whole import digest, size_text, stop_if_too_small

PIECE = 1 << 20
# Images do not shrink in a zip file, and polygon files to a fifth.
LARGEST_RATIO = 100
# Packages that are smaller than this when unpacked are accepted at any ratio.
HARMLESS_SIZE = 100_000_000
STORED_OR_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
# Of one part of a path, and of a whole path with the NUL that ends it (limits.h of Linux).
LONGEST_NAME = 255
LONGEST_PATH = 4096


class Member(NamedTuple):
    """A file of a package: its path below the dataset root, its size in bytes and its CRC-32."""

    file: str
    size: int
    crc: str


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
        named = [_Named.read(info) for info in archive.infolist()]
        prefixes = _prefixes(named)
        prefix = prefixes[0]
        wanted = [found for each in named if (found := each.below(prefix)).is_wanted]
        problems = _refusals(package, named, wanted, dataset)
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


@dataclass(frozen=True)
class _Named:
    """A member, and its path with slashes, as in the zip file or below the dataset root."""

    info: zipfile.ZipInfo
    path: PurePosixPath
    is_folder: bool

    @classmethod
    def read(cls, info: zipfile.ZipInfo) -> "_Named":
        name = info.filename.replace("\\", "/")
        is_folder = name.endswith("/") or stat.S_ISDIR(info.external_attr >> 16)
        return cls(info, PurePosixPath(name), is_folder)

    def below(self, prefix: PurePosixPath) -> "_Named":
        """Return the member below the root; one outside of the prefix has no path there."""
        inside = self.path.is_relative_to(prefix)
        path = self.path.relative_to(prefix) if inside else PurePosixPath()
        return _Named(self.info, path, self.is_folder)

    @property
    def is_hidden(self) -> bool:
        # Archives packed on macOS carry `._*` files and a folder of them: they are no frames. Nor
        # are other hidden files, whose names might be those of our own temporary files.
        return any(part.startswith(".") or part == "__MACOSX" for part in self.path.parts)

    @property
    def is_wanted(self) -> bool:
        # Each package has a README and license of its own: they would replace one another.
        return len(self.path.parts) > 1 and not self.is_folder and not self.is_hidden

    @property
    def member(self) -> Member:
        return Member(str(self.path), self.info.file_size, f"{self.info.CRC:08x}")


def _prefixes(named: list[_Named]) -> list[PurePosixPath]:
    """Return the folders of a package that hold types, such as `gtFine_trainvaltest`.

    Where a type lies at the top, as in the official packages, or nowhere, it is the top alone.
    """
    top = PurePosixPath()
    found = {}  # in the order of the package
    for parts in (each.path.parts for each in named if each.is_wanted):
        for place, (kind, split) in enumerate(pairwise(parts)):
            if kind in TYPES and split in SPLITS:
                found[PurePosixPath(*parts[:place])] = True
                break
    return [top] if top in found or not found else list(found)


def _refusals(
    package: Path, named: list[_Named], wanted: list[_Named], dataset: Path
) -> list[str]:
    """Return why the package cannot be unpacked: a line for each bad member."""
    bad = {id(each.info): _bad_name(each.info) for each in named}
    seen = set()
    folders = {up for each in wanted for up in each.path.parents}
    for each in wanted:
        reason = bad[id(each.info)] or _bad_kind(each.info)
        if each.path in seen:
            reason = "a duplicate member"
        elif each.path in folders:
            reason = "another member has it as a folder"
        seen.add(each.path)
        bad[id(each.info)] = reason or _in_the_way(dataset, each.path)
    problems = [
        f"{_shown(each.info.orig_filename)}: {reason}"
        for each in named
        if (reason := bad[id(each.info)])
    ]
    declared, size = sum(each.info.file_size for each in named), package.stat().st_size
    if declared > max(HARMLESS_SIZE, LARGEST_RATIO * size):
        problems.append(
            f"{size_text(size)} would become {size_text(declared)}; "
            f"more than {LARGEST_RATIO} times is treated as an attack"
        )
    return problems


def _bad_name(info: zipfile.ZipInfo) -> str:
    # What follows a NUL is cut in `filename`, and an extra field may replace it altogether.
    names = (info.orig_filename, info.filename)
    return next(filter(None, map(_not_harmless, names)), "")


def _not_harmless(name: str) -> str:
    name = name.replace("\\", "/")
    path = PurePosixPath(name)
    if not name.strip("/"):
        return "it has no name"
    if path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", name):
        return "would be outside of the dataset"
    if not name.isprintable():
        return "the name holds control characters"
    if str(path) != name.removesuffix("/"):
        return f"the name is not plain, such as {str(path)!r}"
    if any(len(os.fsencode(part)) > LONGEST_NAME for part in path.parts):
        return f"the name is too long: no folder or file may have more than {LONGEST_NAME} bytes"
    return ""


def _shown(name: str) -> str:
    text = repr(name)
    return text if len(text) <= 300 else f"{text[:200]}...{text[-90:]}"


def _bad_kind(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "a link" if kind == stat.S_IFLNK else "neither a file nor a folder"
    if info.flag_bits & ENCRYPTED:
        return "encrypted"
    if info.compress_type not in STORED_OR_DEFLATED:
        return "neither stored nor deflated, as packages are"
    return ""


def _in_the_way(dataset: Path, path: PurePosixPath) -> str:
    place = dataset / path
    if len(os.fsencode(place.absolute())) >= LONGEST_PATH:
        return f"its path would be too long: {LONGEST_PATH} bytes or more"
    if place.is_dir():
        return f"{place} is a folder"
    # The dataset root itself, the last one, may be a link to a larger disk.
    for up in list(path.parents)[:-1]:
        if (dataset / up).is_symlink():
            return f"{dataset / up} is a link: its target would be overwritten"
        if os.path.lexists(dataset / up) and not (dataset / up).is_dir():
            return f"{dataset / up} is not a folder"
    return ""


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


def _extract(archive: zipfile.ZipFile, named: _Named, package: Path, dataset: Path) -> None:
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

"""Raw packages: the zip files that the dataset comes in."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from cityscapes.errors import DataError, OutputError
from cityscapes.files import write_atomic


def unpack(package: Path, dataset: Path) -> list[str]:
    """Extract a package below a dataset root; the names of its members, in the package's order.

    A file that is there with the right content is left alone. Each member's checksum is verified
    before it gets its name. Raises DataError when the package is damaged or a member would lie
    outside of the root, OutputError when a file cannot be written.
    """
    try:
        with zipfile.ZipFile(package) as archive:
            members = [info for info in archive.infolist() if _is_wanted(info)]
            for info in members:
                path = dataset / _inside(info.filename, package)
                if not _is_there(path, info):
                    _extract(archive.read(info), path)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DataError(f"{package}: cannot be unpacked: {error}") from None
    return [info.filename for info in members]


def _is_wanted(info: zipfile.ZipInfo) -> bool:
    # Archives packed on macOS carry `._*` files and a folder of them: they are no frames.
    parts = PurePosixPath(info.filename).parts
    return not info.is_dir() and parts[0] != "__MACOSX" and not parts[-1].startswith("._")


def _inside(name: str, package: Path) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise DataError(f"{package}: member {name!r} would lie outside of the dataset")
    return name


def _is_there(path: Path, info: zipfile.ZipInfo) -> bool:
    try:
        return path.stat().st_size == info.file_size and zlib.crc32(path.read_bytes()) == info.CRC
    except FileNotFoundError:
        return False


def _extract(data: bytes, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None

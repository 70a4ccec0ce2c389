"""The zip file of a submission: the same bytes for the same members."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from cityscapes.submission.frame import Member

# With more, a zip file needs the ZIP64 format.
MOST_MEMBERS = 65_535
# The earliest time that a zip file can hold, so that no run differs from another.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


class Archive:
    """A zip file to which members are added in their order."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self.members = 0

    def add(self, member: Member) -> None:
        """Add a member: pictures are stored uncompressed, texts are deflated."""
        entry = zipfile.ZipInfo(member.name, _TIME)
        entry.external_attr = _MODE
        entry.create_system = 3  # Unix, on every system
        is_picture = member.name.endswith(".png")
        entry.compress_type = zipfile.ZIP_STORED if is_picture else zipfile.ZIP_DEFLATED
        self._archive.writestr(entry, member.content)
        self.members += 1


@contextmanager
def writing(file: BinaryIO) -> Iterator[Archive]:
    """Yield an `Archive` in a file that is open for writing."""
    with zipfile.ZipFile(file, "w") as archive:
        yield Archive(archive)

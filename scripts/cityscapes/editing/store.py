"""Reading and replacing edits safely: versions are compared, and the old one is kept."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from cityscapes.editing import durable
from cityscapes.editing.apart import Apart
from cityscapes.editing.durable import NotWritten
from cityscapes.editing.history import NONE, Past, keep, version_of, versions
from cityscapes.editing.lock import locked
from cityscapes.edits.folder import HISTORY, Edits
from cityscapes.errors import DataError
from cityscapes.files.json_document import MOST_OF_A_FRAME
from cityscapes.files.regular import open_regular
from cityscapes.layout import Shard


class Version(NamedTuple):
    """The polygon file of a frame as it is now."""

    source: str  # "edit", "raw", or "none" where there is neither
    version: str  # SHA-256 of its bytes, or "none"
    data: bytes
    written: float  # the time of the file, in seconds


class Changed(Exception):
    """The file differs from the version that the page has: somebody else saved it."""


class Store:
    """The folder of edits of a project, for its readers and writers."""

    def __init__(
        self, edits: Edits, datasets: Iterable[Path], most_bytes: int = MOST_OF_A_FRAME
    ) -> None:
        """Check the folder of edits; raise DataError if it is missing or leads into a dataset."""
        if edits.root is None:
            raise DataError(
                "`edits` is empty in the config: there is no folder to save edits in. Name one, "
                "such as `edits: edits`"
            )
        self.edits = edits
        self.root: Path = edits.root
        self.most_bytes = most_bytes
        self._apart = Apart(self.root, datasets)
        self._apart.check_root()

    def current(self, shard: Shard, frame: str, raw: Path | None) -> Version:
        """Return the edit of a frame, else the file of the dataset, else none; DataError.

        `raw` is that file, or None if the dataset has none.
        """
        path = self.path(shard, frame)
        for source, one in (("edit", path), ("raw", raw)):
            if one is None:
                continue
            found = self.read(one)
            if found is not None:
                data, written = found
                return Version(source, version_of(data), data, written)
        return Version(NONE, NONE, b"", 0)

    def path(self, shard: Shard, frame: str) -> Path:
        """Return the path of a frame's edit; raise DataError if a link leads elsewhere."""
        path = self.edits.path(shard, frame)
        assert path is not None
        return self.checked(path)

    def checked(self, path: Path) -> Path:
        """Return a path below the folder of edits; raise DataError if a link leads elsewhere."""
        self._apart.check(path)
        return path

    def read(self, path: Path) -> tuple[bytes, float] | None:
        """Read bytes and time of a file; None if it is missing, DataError if it cannot be read."""
        try:
            with open_regular(path, self.most_bytes) as file:
                return file.read(), os.fstat(file.fileno()).st_mtime
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise DataError(f"{path}: cannot be read: {error.strerror}") from None

    def replace(
        self,
        shard: Shard,
        frame: str,
        raw: Path | None,
        expected: str,
        make: Callable[[Version], bytes | None],
    ) -> Version:
        """Replace a version by the bytes that `make` returns for it; None removes the edit.

        Returns the resulting version, even if somebody else saves right afterwards.

        At any moment the edit is the old one or the new one, and the old one is in the history
        before it is replaced. Raises Changed where the version is not the expected one, NotWritten
        where nothing could be changed, and what `make` raises.
        """
        path = self.path(shard, frame)
        try:
            with locked(self.root):
                before = self.current(shard, frame, raw)
                if before.version != expected:
                    raise Changed
                data = make(before)
                if data == before.data or (data is None and before.source != "edit"):
                    return before
                if before.source == "edit":
                    keep(self._history(shard, frame), before.data, before.written)
                if data is None:
                    durable.remove(path)
                    return self.current(shard, frame, raw)
                durable.make_folder(path.parent)
                durable.write(path, data)
                return Version("edit", version_of(data), data, path.stat().st_mtime)
        except OSError as error:
            raise NotWritten(error, path) from None

    def history(self, shard: Shard, frame: str) -> list[Past]:
        """Return the versions of a frame that were replaced or removed, oldest first."""
        return versions(self._history(shard, frame))

    def past(self, shard: Shard, frame: str, name: str) -> bytes | None:
        """Return the bytes of a version in the history; None if it has no such name."""
        if name not in {past.name for past in self.history(shard, frame)}:
            return None
        found = self.read(self.checked(self._history(shard, frame) / name))
        return found[0] if found else None

    def _history(self, shard: Shard, frame: str) -> Path:
        folder = self.edits.history(shard, frame)
        assert folder is not None
        return self.checked(folder)

    def write(self, path: Path, expected: str, data: bytes | None) -> None:
        """Replace another file below the folder of edits; None removes it.

        The version before is kept as those of edits are. Raises Changed where its version is not
        the expected one; NotWritten.
        """
        self.checked(path)
        try:
            with locked(self.root):
                found = self.read(path)
                version = version_of(found[0]) if found else NONE
                if version != expected:
                    raise Changed
                if found and found[0] != data:
                    folder = self.root / HISTORY / path.relative_to(self.root).with_suffix("")
                    keep(self.checked(folder), *found, path.suffix)
                if data is None:
                    durable.remove(path)
                else:
                    durable.make_folder(path.parent)
                    durable.write(path, data)
        except OSError as error:
            raise NotWritten(error, path) from None

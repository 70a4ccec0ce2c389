"""The frames that are edited, and their documents."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from starlette.requests import Request

from cityscapes.editing.document import Document, empty, parse
from cityscapes.editing.history import NONE, version_of
from cityscapes.editing.store import Store, Version
from cityscapes.errors import DataError
from cityscapes.ground_truth.kinds import IN_PLACE_OF
from cityscapes.ground_truth.shard_files import first_source
from cityscapes.label_tool.painting import Shape, shape_of
from cityscapes.layout import GROUND_TRUTH_TYPES, Shard
from cityscapes.viewer.answers import Unknown, one_of
from cityscapes.viewer.catalogue import Place
from cityscapes.viewer.viewer import Viewer

# Parsed documents to keep: that of the current frame, and some before it.
MOST_KEPT = 6


class Frame(NamedTuple):
    """A frame with a type of annotations."""

    shard: Shard
    place: Place

    @property
    def name(self) -> str:
        """Return the name for messages."""
        return f"{self.shard.folder}/{self.place.frame}"


class Read(NamedTuple):
    """A document, and the painted shape of each of its objects."""

    document: Document
    shapes: list[Shape]


class Frames:
    """Access to files for the routes of the label tool."""

    def __init__(self, viewer: Viewer, store: Store):
        self.viewer, self.store = viewer, store
        self.project = viewer.project
        self._kept: OrderedDict[str, Read] = OrderedDict()
        self._lock = Lock()

    def asked(self, request: Request) -> Frame:
        """Return the frame of a request; raise Unknown if it has no such annotations."""
        kind = one_of(request, GROUND_TRUTH_TYPES)
        place = self.viewer.place(request)
        return Frame(Shard(kind, place.split, place.city), place)

    def raw(self, frame: Frame) -> Path | None:
        """Return the polygon file of the dataset; None if it has none."""
        path = frame.place.path(self.project.dataset, frame.shard.type)
        return self.project.checked(path) if path.exists() else None

    def current(self, frame: Frame) -> Version:
        """Return the file of a frame as it is now."""
        return self.store.current(frame.shard, frame.place.frame, self.raw(frame))

    def stop_at_images(self, frame: Frame) -> None:
        """Raise DataError where the workflow could take no edit of a frame.

        This is so where its city has label images in place of polygons.
        """
        if self.raw(frame):
            return
        first = first_source(frame.shard, self.project.dataset)
        if first in IN_PLACE_OF["polygons"]:
            raise DataError(
                f"{frame.shard.folder} has label images in place of polygons, and the workflow "
                "takes no edits there. To draw, put polygon files of all its frames into the "
                "dataset, or name a dataset without these label images"
            )

    def raw_version(self, frame: Frame) -> Version:
        """Return the file of the dataset as a version."""
        raw = self.raw(frame)
        found = self.store.read(raw) if raw else None
        if found is None:
            return Version(NONE, NONE, b"", 0)
        return Version("raw", version_of(found[0]), *found)

    def read(self, frame: Frame, version: Version) -> Read:
        """Read and parse a version; raise DataError with the frame's name if that fails."""
        if version.source == NONE:
            height, width = self.viewer.shape(frame.place)
            return Read(empty(width, height), [])
        with self._lock:
            known = self._kept.get(version.version)
            if known:
                self._kept.move_to_end(version.version)
                return known
        document = self.parsed(frame, version.source, version.data)
        table, rules = self.project.table, self.project.rules
        read = Read(document, [shape_of(value, table, rules) for value in document.objects])
        with self._lock:
            self._kept[version.version] = read
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return read

    def parsed(self, frame: Frame, source: str, data: bytes) -> Document:
        """Parse the bytes of a file of a frame; raise DataError, which names the frame."""
        try:
            return parse(data, self.project.rules)
        except DataError as error:
            raise DataError(f"{frame.name} ({source}): {error}") from None

    def past(self, frame: Frame, name: Any) -> bytes:
        """Return a version of the history by its name; raise Unknown if there is none."""
        found = None
        if isinstance(name, str):
            found = self.store.past(frame.shard, frame.place.frame, name)
        if found is None:
            raise Unknown(f"the history of {frame.name} has no such version")
        return found

    def document(self, frame: Frame, version: Version) -> Document:
        """Return the document of `read`."""
        return self.read(frame, version).document

    def found(self, frame: Frame, version: str) -> Version | None:
        """Return a version of a frame: the present one, the raw one or one of the history."""
        for one in (self.current(frame), self.raw_version(frame)):
            if one.version == version:
                return one
        for past in reversed(self.store.history(frame.shard, frame.place.frame)):
            if past.start == version[:8]:
                data = self.store.past(frame.shard, frame.place.frame, past.name)
                if data is not None and version_of(data) == version:
                    return Version("edit", version, data, 0)
        return None

    def size(self, frame: Frame) -> tuple[int, int]:
        """Return width and height of a frame, from its annotation, else from its image."""
        document = self.document(frame, self.current(frame))
        return document.width, document.height

"""One frame and all kinds of files made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cityscapes.errors import DataError
from cityscapes.files.whole import link_target
from cityscapes.ground_truth.given_images import GivenImages, given_instance_ids
from cityscapes.ground_truth.images import FrameImages, LabelImages
from cityscapes.ground_truth.kinds import IN_PLACE_OF, KINDS
from cityscapes.ground_truth.polygons import (
    DEFAULT_RULES,
    Annotation,
    PolygonRules,
    parse_annotation,
)
from cityscapes.incremental.code import function_of
from cityscapes.incremental.items import NOTICES, Frame, Link
from cityscapes.labels import LabelTable


@dataclass(frozen=True)
class KindMaker:
    """Makes kinds of files of a frame, given what all frames share."""

    table: LabelTable
    fill: str
    folders: dict[str, Path]  # kind -> the folder that its file goes to
    rules: PolygonRules = DEFAULT_RULES

    def __call__(
        self, frame: Frame, wanted: list[str], read: Callable[[str], bytes]
    ) -> dict[str, Any]:
        """Return kind -> bytes, Link or value; raise DataError, which names the wrong file.

        The key `NOTICES` has messages on a frame that is made all the same.
        """
        files = FrameFiles(frame, self, read)
        made = {name: function_of(KINDS[name].function)(name, files) for name in wanted}
        return {**made, NOTICES: files.notices()}


class FrameFiles:
    """The raw files of a frame, each read and parsed at most once."""

    def __init__(self, frame: Frame, maker: KindMaker, read: Callable[[str], bytes]):
        self.frame = frame
        self.maker = maker
        self.read = read
        self._made: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """Return the result of `make`, computed once and kept by its name, for several kinds."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def has(self, source: str) -> bool:
        """Return True if the dataset has this source of the frame."""
        return self.frame.sources[source].entry is not None

    def path(self, source: str) -> Path:
        """Return the path of a source, for messages."""
        return self.frame.sources[source].path

    def parse(self, source: str, parser: Callable[..., Any], *arguments: Any) -> Any:
        """Return the result of `parser(bytes, ...)` for a source; its DataError names the file."""
        data = self.read(source)
        try:
            return parser(data, *arguments)
        except DataError as error:
            raise DataError(f"{self.path(source)}: {error}") from None

    @property
    def has_polygons(self) -> bool:
        """Return True for a frame made from polygons, False for one made from label images."""
        return "polygons" in self.frame.sources

    @cached_property
    def annotation(self) -> Annotation:
        """Return the polygons of the frame."""
        return self.parse("polygons", parse_annotation, self.maker.table, self.maker.rules)

    def notices(self) -> list[str]:
        """Return a line for each file of which something was left out."""
        if "annotation" not in vars(self) or not self.annotation.left_out:
            return []
        return [f"{self.path('polygons')}: left out: {'; '.join(self.annotation.left_out)}"]

    @cached_property
    def images(self) -> LabelImages:
        """Return the label images, which share one painting or come from given images."""
        if not self.has_polygons:
            return self._given_images()
        return FrameImages(self.annotation, self.maker.table, self.maker.fill)

    def _given_images(self) -> GivenImages:
        labels, instances = IN_PLACE_OF["polygons"]
        instance_ids = given_instance_ids(
            self.maker.table,
            (self.path(labels), self.read(labels)),
            (self.path(instances), self.read(instances)) if self.has(instances) else None,
        )
        return GivenImages(instance_ids, self.maker.table)

    def images_of(self, make: Callable[[LabelImages], Any]) -> Any:
        """Return the result of `make` for the label images; a DataError names the polygon file."""
        images = self.images
        try:
            return make(images)
        except DataError as error:
            raise DataError(f"{self.path(next(iter(self.frame.sources)))}: {error}") from None


def link_to_polygons(kind: str, files: FrameFiles) -> Link:
    """Return a link to the raw polygon file, after checking that file."""
    files.images_of(lambda images: images)  # nothing is linked that cannot be painted
    return Link(link_target(files.path("polygons"), files.maker.folders[kind]))

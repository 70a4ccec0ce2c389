"""The files of a shard on disk: the sources of its frames, and the files made from them.

Pure standard library: the Snakefile imports it each time it is read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cityscapes.edits.folder import NO_EDITS, Edits
from cityscapes.edits.overlay import overlay
from cityscapes.errors import DataError
from cityscapes.ground_truth.kinds import (
    FIRST_SOURCE,
    IN_PLACE_OF,
    KINDS,
    SOURCES,
    Kind,
    endings_of,
    kinds_of,
    of_given_images,
)
from cityscapes.ground_truth.shard_records import manifest_path
from cityscapes.layout import (
    Entry,
    Shard,
    frame_name,
    image_name,
    list_files,
    list_paths,
)

# Additional keys in the listings of a shard with edits: the edits, and the files of the
# dataset that are not read because of them.
EDITS, REPLACED = "edits", "replaced"


@dataclass(frozen=True)
class ShardFiles:
    """A shard, the kinds to be made of it, and the paths of its files."""

    shard: Shard
    dataset: Path
    results: Path
    kinds: tuple[Kind, ...]
    first: str = ""  # the source that every frame has; by default that of the type
    edits: Edits = NO_EDITS  # take the place of polygons
    unedited: bool = False  # only the dataset's files of frames with edits

    @classmethod
    def of_config(
        cls, shard: Shard, dataset: Path, results: Path, asked: list[str],
        listed: list[Entry] | None = None, edits: Edits = NO_EDITS, unedited: bool = False,
    ) -> "ShardFiles":  # fmt: skip
        """Return the files of a shard for a config that asks for these kinds.

        `listed` are the files of the dataset that define the frames.
        """
        first = first_source(shard, dataset, listed)
        kinds = kinds_of(shard.type, asked, of_images=first != FIRST_SOURCE[shard.type])
        return cls(shard, dataset, results, tuple(kinds), first, edits, unedited)

    @classmethod
    def of_kind(
        cls, shard: Shard, dataset: Path, results: Path, kind: str, edits: Edits = NO_EDITS,
        unedited: bool = False,
    ) -> "ShardFiles":  # fmt: skip
        """Return the files of a shard for one kind alone."""
        first = first_source(shard, dataset)
        kinds = [KINDS[kind]]
        if first != FIRST_SOURCE[shard.type]:
            kinds = of_given_images(kinds)
        return cls(shard, dataset, results, tuple(kinds), first, edits, unedited)

    @property
    def is_of_images(self) -> bool:
        """Return True if label images take the place of polygons."""
        return self.first in IN_PLACE_OF["polygons"]

    @property
    def manifest(self) -> Path:
        """Return the path of the manifest of the shard."""
        return manifest_path(self.results, self.shard)

    def source_names(self) -> list[str]:
        """Return the sources of the frames; first the one that every frame has."""
        first = self.first or FIRST_SOURCE[self.shard.type]
        asked = {name for kind in self.kinds for name in kind.sources if name in SOURCES}
        return [first, *sorted(asked - {first})]

    def list_sources(self, first: list[Entry] | None = None) -> dict[str, list[Entry]]:
        """Map names of sources to their files in the dataset.

        Those of the first source may be known already. Edits are in the place of the files that
        they replace; where there are any, they are also listed as `EDITS`, and what the dataset
        has of these frames as `REPLACED`.
        """
        found: dict[str, list[Entry]] = {}
        for source in self.source_names():
            if first is not None and not found:
                found[source] = first
                continue
            folder, ending = self._source(source)
            found[source] = list_files(self.dataset / folder, f"_{ending}")
        return self._with_edits(found)

    def _with_edits(self, found: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
        edits = list(self._edited.values())
        if self.unedited:
            first = self.source_names()[0]
            return {**found, first: [one for one in found[first] if one.name in self._edited]}
        if not edits:
            return found
        laid = overlay(found.get("polygons", []), edits)
        if "polygons" in found:
            found = {**found, "polygons": laid.polygons}
        return {**found, EDITS: edits, REPLACED: laid.replaced}

    @cached_property
    def _edited(self) -> dict[str, Entry]:
        """Map file names to edits; listed once, so that all answers about the shard agree."""
        return {entry.name: entry for entry in self.edits.list(self.shard)}

    def source_path(self, source: str, entry: Entry) -> Path:
        """Return the path of a listed source."""
        return self._path(source, entry.name)

    def path_of(self, frame: str, source: str) -> Path:
        """Return the path of a source of a frame, whether it exists or not."""
        return self._path(source, f"{frame}_{self._source(source)[1]}")

    def _path(self, source: str, name: str) -> Path:
        if source == "polygons" and name in self._edited and not self.unedited:
            assert self.edits.root
            return self.edits.root / self.shard.folder / name
        return self.dataset / self._source(source)[0] / name

    def replaced(self, listed: dict[str, list[Entry]]) -> dict[str, Entry | None]:
        """Map edited frames to the file that the edit replaces; None if there is none."""
        if self.is_of_images or EDITS not in listed:
            return {}
        raw = {entry.name: entry for entry in listed[REPLACED]}
        ending = f"_{self._source('polygons')[1]}"
        return {e.name.removesuffix(ending): raw.get(e.name) for e in listed[EDITS]}

    def frames(
        self, listed: dict[str, list[Entry]]
    ) -> tuple[dict[str, dict[str, Entry | None]], list[str]]:
        """Map frames to sources to files; also return a line for each badly named file."""
        first, *others = self.source_names()
        found: dict[str, dict[str, Entry | None]] = {}
        problems = []
        for entry in listed[first]:
            try:
                name = frame_name(self.shard, entry.name, self._source(first)[1])
            except DataError as error:
                problems.append(f"{self.source_path(first, entry)}: {error}")
            else:
                found[name] = {first: entry, **dict.fromkeys(others)}
        for source in others:
            ending = f"_{self._source(source)[1]}"
            for entry in listed[source]:
                if (frame := entry.name.removesuffix(ending)) in found:
                    found[frame][source] = entry
        return found, problems + self._edits_of_images(listed)

    def _edits_of_images(self, listed: dict[str, list[Entry]]) -> list[str]:
        """Return a line for each edit in a city of label images: it cannot replace polygons."""
        if not self.is_of_images:
            return []
        return [
            f"{self.edits.root}/{self.shard.folder}/{entry.name}: cannot take the place of label "
            f"images, which are all that {self.dataset / self.shard.folder} has of its frames: "
            "move the edit away, or put polygon files of all frames into the dataset"
            for entry in listed.get(EDITS, [])
        ]

    def list_made(self, frames: Iterable[str]) -> dict[str, Entry]:
        """Return the existing files of these frames' kinds: path below the results -> Entry.

        Links are not followed.
        """
        names, paths = list(frames), []
        for kind in self.kinds:
            if kind.ending:
                folder, ending = kind.folder_of(self.shard), kind.ending_of(self.shard)
                city = kind.city_of(self.shard)
                shown = [image_name(city, frame) for frame in names] if city else names
                paths += [f"{folder}/{name}_{ending}" for name in shown]
        return list_paths(self.results, paths)

    def _source(self, source: str) -> tuple[str, str]:
        shard = self.shard
        folder, ending = SOURCES["polygons" if source == REPLACED else source]
        return (
            folder.format(type=shard.type, split=shard.split, city=shard.city),
            ending.format(type=shard.type),
        )


def first_source(shard: Shard, dataset: Path, listed: list[Entry] | None = None) -> str:
    """Return the source that defines the frames of a shard: that of its type, or its substitute.

    Label images do so only if no frame has polygons. `listed` are the files of the shard that
    `cityscapes.layout.find_shards` found.
    """
    first = FIRST_SOURCE[shard.type]
    endings = endings_of(shard.type)
    if len(endings) == 1:
        return first
    for source, ending in zip((first, *IN_PLACE_OF[first]), endings, strict=False):
        found = list_files(dataset / shard.folder, ending) if listed is None else listed
        if any(entry.name.endswith(ending) for entry in found):
            return source
    return first

"""The folder of edits with their history, reviews and corrections, next to the results.

`{root}/{type}/{split}/{city}/{frame}_{type}_polygons.json` is the edit of a frame, named as the
file of the dataset whose place it takes. Pure standard library: the Snakefile imports it each time
it is read.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.incremental.ownership import identity
from cityscapes.layout import (
    GROUND_TRUTH_TYPES,
    POLYGONS,
    Entry,
    Shard,
    is_city,
    list_files,
    list_folders,
)

Entries = list[Entry]  # the class has a method with the builtin's name

HISTORY, REVIEW = "history", "review"
# Below the results: files made from the dataset's own files of edited frames.
UNEDITED = "unedited"


@dataclass(frozen=True)
class Edits:
    """The folder of edits; without a root there are none, and none can be made."""

    root: Path | None

    def path(self, shard: Shard, frame: str) -> Path | None:
        """Return the path of a frame's edit, even if there is no file; None if edits are off."""
        if self.root is None or shard.type not in GROUND_TRUTH_TYPES:
            return None
        return self.root / shard.folder / f"{frame}_{shard.type}{POLYGONS}"

    def list(self, shard: Shard) -> Entries:
        """Return the edits of a shard, by name."""
        if self.root is None or shard.type not in GROUND_TRUTH_TYPES:
            return []
        return list_files(self.root / shard.folder, f"_{shard.type}{POLYGONS}")

    def find(self, types: Iterable[str], splits: Iterable[str]) -> dict[Shard, Entries]:
        """Map shards to their edits, for all shards that have any, in the order given.

        Without a folder of edits, this costs one system call. Raises DataError if a
        folder cannot be listed.
        """
        if self.root is None or not self.root.is_dir():
            return {}
        shards = (
            Shard(kind, split, city)
            for kind in types
            if kind in GROUND_TRUTH_TYPES
            for split in splits
            for city in filter(is_city, list_folders(self.root / kind / split))
        )
        return {shard: found for shard in shards if (found := self.list(shard))}

    def check_apart(self, datasets: Iterable[Path], results: Path) -> None:
        """Raise DataError if the folder is, contains or is inside the results or a dataset.

        Folders are compared as the file system knows them, whatever links lead there.
        """
        if self.root is None:
            return
        real = Path(os.path.realpath(self.root))
        above = {identity(folder): folder for folder in [*real.parents, real]}
        roles = [("folder of the results", results), *(("dataset", root) for root in datasets)]
        for role, other in roles:
            known = identity(other)
            if known and (folder := above.get(known)):
                where = "is" if folder == real else "lies in"
                raise DataError(
                    f"the folder of edits {self.root} ({real}) {where} the {role} {other} "
                    f"({os.path.realpath(other)}): name another folder as `edits` in the config, "
                    'or none (edits: "")'
                )

    def history(self, shard: Shard, frame: str) -> Path | None:
        """Return the folder of the versions of an edit that were replaced or removed."""
        return self.root / HISTORY / shard.folder / frame if self.root else None

    def review(self, shard: Shard, frame: str) -> Path | None:
        """Return the path of the review of a frame, whether it exists or not."""
        return self.root / REVIEW / shard.folder / f"{frame}.json" if self.root else None

    def corrections(self, shard: Shard, frame: str) -> Path | None:
        """Return the path of a frame's correction boxes, XML like the reference's."""
        if self.root is None:
            return None
        folder = self.root / f"{shard.type}_corrections" / shard.split / shard.city
        return folder / f"{frame}.xml"


NO_EDITS = Edits(None)

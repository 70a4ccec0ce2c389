"""Where edits lie, with their history, reviews and corrections: a folder beside the results.

`{root}/{type}/{split}/{city}/{frame}_{type}_polygons.json` is the edit of a frame, named as the
file of the dataset whose place it takes. Pure standard library: the Snakefile imports it each time
it is read.
"""

from dataclasses import dataclass
from pathlib import Path

from cityscapes.layout import GROUND_TRUTH_TYPES, POLYGONS, Entry, Shard, list_files

HISTORY, REVIEW = "history", "review"


@dataclass(frozen=True)
class Edits:
    """The folder of edits; without a root there are none, and none can be made."""

    root: Path | None

    def path(self, shard: Shard, frame: str) -> Path | None:
        """Where the edit of a frame lies, or would; None where there can be none."""
        if self.root is None or shard.type not in GROUND_TRUTH_TYPES:
            return None
        return self.root / shard.folder / f"{frame}_{shard.type}{POLYGONS}"

    def list(self, shard: Shard) -> list[Entry]:
        """The edits of a shard, by name."""
        if self.root is None or shard.type not in GROUND_TRUTH_TYPES:
            return []
        return list_files(self.root / shard.folder, f"_{shard.type}{POLYGONS}")

    def history(self, shard: Shard, frame: str) -> Path | None:
        """The folder of the versions of an edit that were replaced or removed."""
        return self.root / HISTORY / shard.folder / frame if self.root else None

    def review(self, shard: Shard, frame: str) -> Path | None:
        """Where the review of a frame lies, or would."""
        return self.root / REVIEW / shard.folder / f"{frame}.json" if self.root else None

    def corrections(self, shard: Shard, frame: str) -> Path | None:
        """Where the correction boxes of a frame lie, or would, as XML like the reference's."""
        if self.root is None:
            return None
        folder = self.root / f"{shard.type}_corrections" / shard.split / shard.city
        return folder / f"{frame}.xml"

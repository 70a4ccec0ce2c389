"""The frames that the overview picture shows."""

from cityscapes import layout as dataset
from cityscapes.layout import GROUND_TRUTH_TYPES, Shard
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards


class Overview:
    """A frame of each annotation type and split, and the tables behind the picture."""

    def __init__(self, settings: Settings, shards: Shards):
        self._settings = settings
        self._shards = shards

    def tables(self) -> list[str]:
        """Return the tables of the label images that the overview shows, and of links."""
        first = [self._shards.table(shard, "labels") for shard in self._first_of_splits()]
        return [*first, f"{self._settings.results}/tables/raw_links.tsv"]

    def frames(self) -> list[str]:
        """Return the path of the label images of a frame of each split, without ending."""
        return [
            f"{shard.folder}/{_without_ending(self._shards.raw[shard][0].name)}"
            for shard in self._first_of_splits()
        ]

    def _first_of_splits(self) -> list[Shard]:
        """Return the first shard of each annotation type and split."""
        first: dict[tuple[str, str], Shard] = {}
        for shard in self._shards.raw:
            if shard.type in GROUND_TRUTH_TYPES:
                first.setdefault((shard.type, shard.split), shard)
        return list(first.values())


def _without_ending(name: str) -> str:
    """Return the name of a file that defines a frame, up to its type."""
    return name.removesuffix(dataset.POLYGONS).removesuffix(dataset.LABEL_IDS)

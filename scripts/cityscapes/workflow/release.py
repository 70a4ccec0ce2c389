"""The comparison of label images with those of the packages."""

from pathlib import Path

from cityscapes import layout as dataset
from cityscapes.ground_truth.kinds import KINDS
from cityscapes.layout import GROUND_TRUTH_TYPES, Shard
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards


class Release:
    """The released label images, and the files and params of the rules that compare with them."""

    def __init__(self, settings: Settings, shards: Shards):
        self._settings = settings
        self._shards = shards

    def files(self) -> list[str]:
        """Return all files that verify_release asks for."""
        return [f"{self._settings.results}/checks/verify_release.txt", *self.compared()]

    def compared(self) -> list[str]:
        """Return the comparison with released images, and those of all shards behind it."""
        return [f"{self._settings.results}/checks/release_differences.csv", *self.tables()]

    def tables(self) -> list[str]:
        """Return the comparisons of all shards that have frames."""
        return [
            f"{self._settings.results}/checks/release_differences/{shard.folder}.csv"
            for shard in self._annotated()
        ]

    def labels_tables(self) -> list[str]:
        """Return the tables of the label images of all shards that have frames."""
        return [self._shards.table(shard, "labels") for shard in self._annotated()]

    def kinds(self) -> list[str]:
        """Return the kinds to be made that the official packages hold, too."""
        return [name for name in self._settings.kinds if KINDS[name].released]

    def fingerprint(self, shard: Shard) -> str:
        """Return a param that changes when a released label image of a shard does."""
        endings = tuple(f"_{KINDS[name].ending_of(shard)}" for name in self.kinds())
        folder = Path(self._settings.dataset) / shard.folder
        return dataset.fingerprint(dataset.list_files(folder, endings))

    def _annotated(self) -> list[Shard]:
        return [shard for shard in self._shards.raw if shard.type in GROUND_TRUTH_TYPES]

"""Results made from the dataset's own files of edited frames, next to the results.

Predictions are compared with them, and so are the edits.
"""

from functools import cached_property
from pathlib import Path

from cityscapes.edits.folder import UNEDITED
from cityscapes.ground_truth.shard_files import ShardFiles
from cityscapes.ground_truth.shard_records import manifest_path, table_path
from cityscapes.ground_truth.shard_state import state_of
from cityscapes.incremental import outputs
from cityscapes.layout import Shard
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards

# The kinds that something is compared with, and the groups of their tables.
UNEDITED_KINDS = ("labelIds", "instanceIds", "panoptic", "panoptic_trainId", "instances")
UNEDITED_GROUPS = ("labels", "panoptic", "exports")


class Unedited:
    """The shards with edits, and the results of the files that the edits replace."""

    def __init__(self, settings: Settings, shards: Shards):
        self._settings = settings
        self._shards = shards

    @property
    def results(self) -> Path:
        """Return the root of these results."""
        return self._settings.results / UNEDITED

    @property
    def kinds(self) -> list[str]:
        """Return their kinds: those of the config that are needed for comparisons."""
        return [name for name in self._settings.polygon_kinds if name in UNEDITED_KINDS]

    def has_edits(self, shard: Shard) -> bool:
        """Return True if an edit replaces a file of the dataset."""
        edits = self._shards.edited.get(shard, [])
        raw = self._shards.unedited.get(shard, []) if edits else []
        return bool({entry.name for entry in raw} & {entry.name for entry in edits})

    def had_edits(self, shard: Shard) -> bool:
        """Return True if one did, and none does now: its results are to be removed."""
        left = self._may_be_there and manifest_path(self.results, shard).exists()
        return left and shard in self._shards.unedited and not self.has_edits(shard)

    @cached_property
    def _may_be_there(self) -> bool:
        return self.results.is_dir()

    def with_edits(self, shard_type: str, split: str) -> list[Shard]:
        """Return the shards of a type and split in which edits replace files of the dataset."""
        if not self._shards.edited:
            return []
        return [one for one in self._shards.of_split(shard_type, split) if self.has_edits(one)]

    def all_with_edits(self, shard_type: str, split: str) -> list[Shard]:
        """Return the shards with any edits, also of frames without annotations in the dataset."""
        shards = self._shards.of_split(shard_type, split)
        return [shard for shard in shards if shard in self._shards.edited]

    def state(self, shard: Shard) -> str:
        """Return a param that changes when the dataset's files of edited frames do."""
        listed = self._shards.unedited.get(shard, [])
        files = ShardFiles.of_config(
            shard, Path(self._settings.dataset), self.results, self.kinds, listed,
            self._settings.edits, unedited=True,
        )  # fmt: skip
        return state_of(files, files.list_sources(listed))

    def table(self, shard: Shard, group: str) -> str:
        """Return the table of a group of kinds, made of the dataset's files of edited frames."""
        return str(table_path(self.results, shard, group))

    def labels_tables(self, shard_type: str, split: str) -> list[str]:
        """Return the tables of the label images of edited frames of a type and split."""
        return [self.table(shard, "labels") for shard in self.with_edits(shard_type, split)]

    def panoptic_tables(self, split: str) -> list[str]:
        """Return the tables of the panoptic segments of edited frames of a split."""
        return [self.table(shard, "panoptic") for shard in self.with_edits("gtFine", split)]

    def instance_tables(self, split: str) -> list[str]:
        """Return the tables of the instances of edited frames of a split."""
        return [self.table(shard, "exports") for shard in self.with_edits("gtFine", split)]

    def edited_tables(self, shard_type: str, split: str) -> list[str]:
        """Return the tables of the label images of all frames of the cities with edits."""
        shards = self.all_with_edits(shard_type, split)
        return [self._shards.table(shard, "labels") for shard in shards]

    def panoptic_state(self, split: str, variant: str) -> str:
        """Return a param that changes when the panoptic JSON file of edited frames was damaged."""
        path = self.results / f"gtFine/cityscapes_panoptic_{split}{variant}.json"
        return outputs.state(path, self.results)

"""The panoptic JSON files of splits, and their inputs."""

from cityscapes.ground_truth.kinds import panoptic_name
from cityscapes.incremental import outputs
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards


class Panoptic:
    """The panoptic JSON files of a run."""

    def __init__(self, settings: Settings, shards: Shards):
        self._settings = settings
        self._shards = shards

    def files(self) -> list[str]:
        """Return the files of all splits of gtFine that have frames."""
        splits = sorted({shard.split for shard in self._shards.raw if shard.type == "gtFine"})
        return [
            f"{self._settings.results}/{panoptic_name(split, kind)}.json"
            for kind in self._settings.kinds_of_group("panoptic")
            for split in splits
        ]

    def tables(self, split: str) -> list[str]:
        """Return the tables of panoptic segments of all gtFine shards of a split with frames."""
        shards = self._shards.of_split("gtFine", split)
        return [self._shards.table(shard, "panoptic") for shard in shards]

    def state(self, split: str, variant: str) -> str:
        """Return a param that changes when the panoptic JSON file of a split was damaged."""
        results = self._settings.results
        path = results / f"gtFine/cityscapes_panoptic_{split}{variant}.json"
        return outputs.state(path, results)

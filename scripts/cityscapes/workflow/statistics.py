"""The statistics of splits, and their inputs."""

import json
import os
from pathlib import Path

from cityscapes import layout as dataset
from cityscapes.ground_truth.kinds import KINDS, SOURCES, kinds_of
from cityscapes.layout import Entry, Shard
from cityscapes.statistics.names import EXTRA, IMAGES, STATISTICS
from cityscapes.workflow.raw_sources import has_source
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards
from cityscapes.workflow.unedited import Unedited

VEHICLE = "vehicle/{split}/{city}"


class Statistics:
    """The statistics of a run: those of all splits, of edits, and those that settings ask for."""

    def __init__(self, settings: Settings, shards: Shards, unedited: Unedited):
        self._settings = settings
        self._shards = shards
        self._unedited = unedited
        self._root = Path(settings.dataset)
        self._results = settings.results

    def files(self) -> list[str]:
        """Return the statistics of all splits with annotations; none if no images are made."""
        return [
            f"{self._results}/statistics/{shard_type}_{split}/{name}.csv"
            for shard_type, split in self._shards.annotated_splits()
            if KINDS["statistics"] in kinds_of(shard_type, self._settings.kinds)
            for name in STATISTICS
        ]

    def tables(self, shard_type: str, split: str) -> list[str]:
        """Return the tables of counts in the frames of a type and split."""
        shards = self._shards.of_split(shard_type, split)
        return [self._shards.table(shard, "statistics") for shard in shards]

    def changes(self) -> list[str]:
        """Return the tables of changes by edits, of splits that have or had edits.

        None if no statistics or no labelIds are made.
        """
        if "labelIds" not in self._settings.kinds or not self.files():
            return []
        tables = {
            of_split: f"{self._results}/statistics/{'_'.join(of_split)}/edits.csv"
            for of_split in self._shards.annotated_splits()
        }
        return [
            path
            for of_split, path in tables.items()
            if self._unedited.all_with_edits(*of_split) or os.path.exists(path)
        ]

    def extra(self) -> list[str]:
        """Return the statistics that settings ask for, of all splits."""
        return [
            f"{self._results}/statistics/gtFine_{split}/{name}.csv"
            for what, names in EXTRA.items()
            for split in self.extra_splits(what)
            for name in names
        ]

    def extra_splits(self, what: str) -> list[str]:
        """Return the splits of gtFine with the files for a setting of `statistics`, if on."""
        asked = self._settings.config["statistics"][what]
        if not asked or IMAGES[what] not in self._settings.kinds:
            return []
        splits = [split for kind, split in self._shards.annotated_splits() if kind == "gtFine"]
        return [split for split in splits if self._extra_cities(what, split)]

    def average_sizes(self) -> str:
        """Return the configured mean sizes of instances, as JSON."""
        return json.dumps(self._settings.config["evaluation"]["average_sizes"], sort_keys=True)

    def extra_tables(self, what: str, split: str) -> list[str]:
        """Return the tables of a split's cities that they are made from."""
        cities = self._extra_cities(what, split)
        return [f"{self._results}/tables/{what}/{split}/{city}.tsv" for city in cities]

    def _extra_cities(self, what: str, split: str) -> list[str]:
        cities = [shard.city for shard in self._shards.of_split("gtFine", split)]
        if what == "coarse":
            return [city for city in cities if Shard("gtCoarse", split, city) in self._shards.raw]
        if what == "positions":
            return [city for city in cities if self._vehicle_files(split, city)]
        has_depth = all(has_source(self._root, split, one) for one in KINDS["depth"].sources)
        return cities if has_depth else []

    def depth_token(self, split: str, city: str) -> list[str]:
        """Return a param that changes when a disparity or camera file of a city does."""
        shard = Shard("gtFine", split, city)
        folders = [
            SOURCES[source][0].format(**shard._asdict()) for source in KINDS["depth"].sources
        ]
        return [dataset.fingerprint(dataset.list_files(self._root / f, "")) for f in folders]

    def vehicle_token(self, split: str, city: str) -> str:
        """Return a param that changes when a vehicle file of a city does."""
        return dataset.fingerprint(self._vehicle_files(split, city))

    def vehicle_folder(self, split: str, city: str) -> str:
        """Return the folder of the vehicle files of a city."""
        return str(self._root / VEHICLE.format(split=split, city=city))

    def _vehicle_files(self, split: str, city: str) -> list[Entry]:
        return dataset.list_files(Path(self.vehicle_folder(split, city)), "_vehicle.json")

"""The submissions of a run, and their dependencies."""

from functools import cached_property
from pathlib import Path

from cityscapes import layout as dataset
from cityscapes.errors import DataError
from cityscapes.evaluation.sets import (
    PredictionSet,
    check_set_name,
    check_settings,
    list_predictions,
    listed_json,
)
from cityscapes.files.config_paths import config_path
from cityscapes.files.tables import read_table
from cityscapes.incremental import outputs
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards

# Name -> task, path below the sample's predictions for test.
SAMPLE_SUBMISSIONS = {
    "pixel_test": ("pixel", "pixel_good"),
    "instance_test": ("instance", "instance_good"),
    "panoptic_test": ("panoptic", "panoptic_good/cityscapes_panoptic_test.json"),
    "boxes3d_test": ("boxes3d", "boxes3d_good"),
}


class Submissions:
    """The prediction sets that are packed for the server, and the params of the rule."""

    def __init__(self, settings: Settings, shards: Shards):
        self._settings = settings
        self._shards = shards

    @cached_property
    def sets(self) -> dict[str, PredictionSet]:
        """Map names to sets: of the config, else of the sample, if its test frames are made."""
        described = self._settings.config["submissions"]
        for name in described:
            check_set_name(name)
        if described or not self._settings.is_sample:
            sets = {
                name: PredictionSet(
                    name, one["task"], Path(config_path(one["path"])), one["split"],
                    one["encoding"], one["allow_missing"], resize=one["resize"],
                    images=Path(config_path(one["images"])) if one["images"] else None,
                )
                for name, one in described.items()
            }  # fmt: skip
            for one in sets.values():
                _check_settings(one)
            return sets
        config = self._settings.config
        if "test" not in config["splits"] or "gtFine" not in config["types"]:
            return {}
        return {
            name: PredictionSet(name, task, self._of_sample / path, "test", "ids")
            for name, (task, path) in SAMPLE_SUBMISSIONS.items()
        }

    @property
    def _of_sample(self) -> Path:
        return self._settings.resources / "sample/test_predictions"

    @property
    def _of_sample_val(self) -> Path:
        return self._settings.resources / "sample/predictions"

    def files(self) -> list[str]:
        """Return the zip files; DataError if the config names no submission."""
        if not self.sets:
            raise DataError("no submissions: name some under `submissions` in the config")
        return [f"{self._settings.results}/submissions/{name}.zip" for name in self.sets]

    def made_here(self, name: str) -> list[str]:
        """Return the table of the sample's predictions, if they have to be made first."""
        tables = {self._of_sample: "test_predictions", self._of_sample_val: "predictions"}
        return [
            f"{self._settings.resources}/sample/{table}.tsv"
            for folder, table in tables.items()
            if self.sets[name].path.is_relative_to(folder)
        ]

    def frame_tables(self, name: str) -> list[str]:
        """Return the tables that name the frames of a set's split; DataError if it has none."""
        split = self.sets[name].split
        shards = self._shards.of_split("gtFine", split)
        if not shards:
            raise DataError(
                f"submission {name}: no frames of gtFine/{split}: are {split} and gtFine at hand, "
                "and among `splits` and `types` of the config?"
            )
        return [self._shards.table(shard, "labels") for shard in shards]

    def expected(self, name: str, published: list[str]) -> int:
        """Return the number of frames that the benchmark wants; 0 if any number will do.

        `published` are the splits that are to have the published number of frames.
        """
        split = self.sets[name].split
        if split not in published:
            return 0
        rows = read_table(self._settings.clone / "config/frames.tsv")
        return sum(int(row["frames"]) for row in rows if row["split"] == split)

    def token(self, name: str) -> str:
        """Return a param that changes when a file of a set does."""
        one = self.sets[name]
        images = listed_json(one.images) if one.images else []
        return dataset.fingerprint([*list_predictions(one.path, one.task), *images])

    def state(self, name: str) -> str:
        """Return a param that changes when the zip file of a set, or its table, was changed."""
        folder = self._settings.results / "submissions"
        paths = [folder / f"{name}{ending}" for ending in (".zip", ".csv")]
        return outputs.state_of_all(paths, self._settings.results)

    def reading_flags(self, name: str) -> list[str]:
        """Return a param: the flags for reading the predictions of a set."""
        one = self.sets[name]
        flags = [f"--encoding={one.encoding}"]
        flags += [f"--resize={one.resize}"] if one.resize else []
        flags += ["--allow-missing"] if one.allow_missing else []
        return flags + ([f"--images={one.images}"] if one.images else [])


def _check_settings(one: PredictionSet) -> None:
    """Raise DataError, which lists settings of a submission that its task does not have."""
    check_settings(one)
    if one.allow_missing and one.task != "boxes3d":
        raise DataError(
            f"submission {one.name}: the task {one.task} has no setting allow_missing: the server "
            "wants a prediction for each frame"
        )

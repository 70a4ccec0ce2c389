"""The prediction sets of a run, and what their scores depend on."""

import os
from functools import cached_property
from pathlib import Path

from cityscapes import layout as dataset
from cityscapes.errors import DataError
from cityscapes.evaluation.sets import (
    PredictionSet,
    check_set_name,
    list_predictions,
    sets_of_results_folder,
)
from cityscapes.files.config_paths import config_path
from cityscapes.files.whole import digest
from cityscapes.layout import Entry, Shard
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards

# Name of a set -> task, path below the sample's predictions.
SAMPLE_SETS = {
    "pixel_good": ("pixel", "pixel_good"),
    "pixel_poor": ("pixel", "pixel_poor"),
    "instance_good": ("instance", "instance_good"),
    "instance_coco": ("instance", "instance_coco/results.json"),
    "panoptic_good": ("panoptic", "panoptic_good/cityscapes_panoptic_val.json"),
}


class Evaluation:
    """The prediction sets, and the files and params of the rules that score them."""

    def __init__(self, settings: Settings, shards: Shards):
        self._settings = settings
        self._shards = shards
        self._listings: dict[str, list[Entry]] = {}

    @cached_property
    def sets(self) -> dict[str, PredictionSet]:
        """Name -> set: of the config, else of CITYSCAPES_RESULTS, else of the sample."""
        if described := self._settings.config["predictions"]:
            for name in described:
                check_set_name(name)
            return {
                name: PredictionSet(
                    name, one["task"], Path(config_path(one["path"])),
                    one["split"], one["encoding"], one["allow_missing"],
                )
                for name, one in described.items()
            }  # fmt: skip
        if root := self._results_folder:
            found = sets_of_results_folder(Path(config_path(root)))
            return {one.name: one for one in found}
        if not self._settings.is_sample:
            return {}
        return {
            name: PredictionSet(name, task, self._sample_predictions / path)
            for name, (task, path) in SAMPLE_SETS.items()
        }

    @property
    def _sample_predictions(self) -> Path:
        return self._settings.resources / "sample/predictions"

    @property
    def _results(self) -> Path:
        return self._settings.results

    @property
    def _results_folder(self) -> str:
        return self._settings.environment.get("CITYSCAPES_RESULTS", "")

    def check_any(self) -> None:
        """Raise DataError where there is no prediction set."""
        if not self.sets:
            root = self._results_folder
            found = f"CITYSCAPES_RESULTS is {root}, where none were found"
            advice = "name some under `predictions` in the config, or set CITYSCAPES_RESULTS"
            raise DataError(f"no predictions to score: {found if root else advice}")

    @property
    def wait_for_sample(self) -> bool:
        """Whether predictions of the sample are to be scored, which have to be made first."""
        return any(one.path.is_relative_to(self._sample_predictions) for one in self.sets.values())

    def names_of_task(self, task: str) -> list[str]:
        """The names of the prediction sets of a task."""
        return [one.name for one in self.sets.values() if one.task == task]

    def listing(self, name: str) -> list[Entry]:
        """All files of a prediction set; the tree is walked once."""
        if name not in self._listings:
            one = self.sets[name]
            self._listings[name] = list_predictions(one.path, one.task)
        return self._listings[name]

    def names_token(self, name: str) -> str:
        """A param that changes when a set's files come or go, or a JSON file is edited."""
        return digest(
            *(
                repr(entry) if entry.name.endswith(".json") else entry.name
                for entry in self.listing(name)
            )
        )

    def city_token(self, name: str, city: str) -> list[str]:
        """A param that changes when what is counted in a city of a set does.

        Masks may have any name, and a JSON file is for all cities: then it is any change of the
        set. With it the depth of instances, and released label images where these are the truth.
        """
        one = self.sets[name]
        entries = self.listing(name)
        if one.task == "pixel":
            entries = [
                entry for entry in entries if os.path.basename(entry.name).startswith(f"{city}_")
            ]
        token = [dataset.fingerprint(entries)]
        root = Path(self._settings.dataset)
        if one.task == "instance":
            folders = [root / kind / one.split / city for kind in ("disparity", "camera")]
            token += [dataset.fingerprint(dataset.list_files(folder, "")) for folder in folders]
        if self.truth_is_released:
            endings = ("_labelIds.png", "_instanceIds.png")
            folder = root / "gtFine" / one.split / city
            token.append(dataset.fingerprint(dataset.list_files(folder, endings)))
        return token

    @property
    def truth_is_released(self) -> bool:
        """Whether predictions are compared with the label images that came with the packages."""
        return self._settings.config["evaluation"]["truth"] == "released"

    def shards_of(self, name: str) -> list[Shard]:
        """The shards whose frames a set predicts."""
        return self._shards.of_split("gtFine", self.sets[name].split)

    def frame_tables(self, name: str) -> list[str]:
        """The tables that name the frames of a set's split."""
        return [self._shards.table(shard, "labels") for shard in self.shards_of(name)]

    def checked_split(self, name: str) -> list[str]:
        """The file that is there where no frame of a set's split is wrong."""
        split = self.sets[name].split
        return [f"{self._results}/tables/gtFine/{split}.labels.checked.tsv"] * bool(
            self.shards_of(name)
        )

    def panoptic_truth(self, name: str) -> str:
        """The COCO panoptic JSON that a set is compared with."""
        one = self.sets[name]
        variant = "_trainId" if one.encoding == "trainIds" else ""
        return f"{self._results}/gtFine/cityscapes_panoptic_{one.split}{variant}.json"

    def truth(self, name: str, city: str) -> list[str]:
        """What must have been made before predictions for a city can be compared with it."""
        shard = Shard("gtFine", self.sets[name].split, city)
        if self.sets[name].task == "panoptic":
            return [self.panoptic_truth(name), self._shards.table(shard, "panoptic")]
        return [self._shards.table(shard, "labels")]

    def truth_table(self, name: str, city: str) -> str:
        """The table that the ground truth has to agree with; "" where it was not made here."""
        if self.sets[name].task != "panoptic" and self.truth_is_released:
            return ""
        return self.truth(name, city)[-1]

    def counts(self, name: str) -> list[str]:
        """The counts of all cities of a set's split."""
        return [
            f"{self._results}/tables/evaluation/{name}/{s.city}.tsv" for s in self.shards_of(name)
        ]

    def summaries(self) -> list[str]:
        """The headline scores of all prediction sets."""
        return [f"{self._results}/evaluation/{name}/summary.csv" for name in self.sets]

    def truth_root(self) -> str:
        """The dataset root whose label images are the ground truth."""
        return self._settings.dataset if self.truth_is_released else str(self._results)

    def truth_flag(self, name: str, city: str) -> list[str]:
        """The flag that names the table which the ground truth is verified against, if any."""
        table = self.truth_table(name, city)
        return ["--truth-table", table] if table else []

    def frames_in(self, name: str, city: str) -> int:
        """Number of frames of a city in a set's split."""
        return len(self._shards.raw[Shard("gtFine", self.sets[name].split, city)])

    def all_frames(self, name: str) -> int:
        """Number of frames of a set's split."""
        return sum(len(self._shards.raw[shard]) for shard in self.shards_of(name))

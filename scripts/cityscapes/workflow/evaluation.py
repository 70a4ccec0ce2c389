"""The prediction sets of a run, and what their scores depend on."""

import json
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
from cityscapes.evaluation.tasks import SAMPLE_SETS, TASKS, Task
from cityscapes.files.config_paths import config_path
from cityscapes.files.whole import digest
from cityscapes.ground_truth.kinds import KINDS, SOURCES, panoptic_name
from cityscapes.incremental.code import code_of
from cityscapes.layout import Entry, Shard
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards


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

    def task(self, name: str) -> Task:
        """The task that a set is for."""
        return TASKS[self.sets[name].task]

    def code(self, name: str) -> str:
        """A param: digest of the code that finds and counts the predictions of a set."""
        return code_of(self.task(name).find, self.task(name).work)

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

        Where files do not name their city, as masks and a JSON file for all, it is any change of
        the set. With it the raw files that are true, and released label images where these are.
        """
        one, task = self.sets[name], self.task(name)
        entries = self.listing(name)
        if task.by_city and one.path.suffix != ".json":
            entries = [
                entry for entry in entries if os.path.basename(entry.name).startswith(f"{city}_")
            ]
        token = [dataset.fingerprint(entries)]
        shard, root = Shard("gtFine", one.split, city), Path(self._settings.dataset)
        for source in task.raw_truth:
            folder = root / SOURCES[source][0].format(**shard._asdict())
            token.append(dataset.fingerprint(dataset.list_files(folder, "")))
        if self._is_released(task):
            endings = tuple(f"_{KINDS[kind].ending_of(shard)}" for kind in task.truth)
            token.append(dataset.fingerprint(dataset.list_files(root / shard.folder, endings)))
        return token

    @property
    def truth_is_released(self) -> bool:
        """Whether predictions are compared with the label images that came with the packages."""
        return self._settings.config["evaluation"]["truth"] == "released"

    def _is_released(self, task: Task) -> bool:
        """Whether the truth of a task came with the packages, and is to be compared with."""
        return self.truth_is_released and all(KINDS[kind].released for kind in task.truth)

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

    def split_truth(self, name: str) -> list[str]:
        """The JSON file for the whole split that a set is compared with, if its task has one."""
        one = self.sets[name]
        kind = self.task(name).split_truth.get(one.encoding)
        return [f"{self._results}/{panoptic_name(one.split, kind)}.json"] if kind else []

    def truth(self, name: str, city: str) -> list[str]:
        """What must have been made before predictions for a city can be compared with it."""
        shard = Shard("gtFine", self.sets[name].split, city)
        groups = dict.fromkeys(KINDS[kind].group for kind in self.task(name).truth)
        return self.split_truth(name) + [self._shards.table(shard, group) for group in groups]

    def truth_flags(self, name: str, city: str) -> list[str]:
        """The flags of the JSON file of the split, and of the table that the truth agrees with.

        Released images are in no table.
        """
        flags = [f"--panoptic-truth={path}" for path in self.split_truth(name)]
        tables = self.truth(name, city)[len(flags) :]
        if self._is_released(self.task(name)):
            return flags
        return flags + [f"--truth-table={table}" for table in tables]

    def score_options(self, name: str) -> list[str]:
        """The flags of the script of the scores that are its task's own."""
        return [f"--{flag}={value}" for flag, (value, _) in self._options(name).items()]

    def score_settings(self, name: str) -> list[str]:
        """A param: what the scores depend on besides the counts."""
        return [f"{flag}={token}" for flag, (_, token) in self._options(name).items()]

    def _options(self, name: str) -> dict[str, tuple[str, str]]:
        """Flag -> value, and what of it the scores depend on; of the truth that is its content."""
        encoding = self.sets[name].encoding
        sizes = json.dumps(self._settings.config["evaluation"]["average_sizes"], sort_keys=True)
        known = {
            "labels": (self._settings.labels, self._settings.digest_of("panoptic_trainId.json")),
            "encoding": (encoding, encoding),
            "average-sizes": (sizes, sizes),
            "truth": ("".join(self.split_truth(name)), ""),
        }
        return {flag: known[flag] for flag in self.task(name).options}

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

    def frames_in(self, name: str, city: str) -> int:
        """Number of frames of a city in a set's split."""
        return len(self._shards.raw[Shard("gtFine", self.sets[name].split, city)])

    def all_frames(self, name: str) -> int:
        """Number of frames of a set's split."""
        return sum(len(self._shards.raw[shard]) for shard in self.shards_of(name))

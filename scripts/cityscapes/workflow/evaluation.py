"""The prediction sets of a run, the frames that they predict, and the files of their scores."""

from functools import cached_property
from pathlib import Path
from typing import Any

from cityscapes.errors import DataError
from cityscapes.evaluation.sets import PredictionSet, raw_shards
from cityscapes.evaluation.tasks import TASKS, Task
from cityscapes.layout import Shard
from cityscapes.workflow.prediction_sets import (
    prediction_sets,
    results_folder,
    sample_predictions,
)
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards

# The folder of the tables of boundaries, below that of a set.
BOUNDARIES = "boundaries/"


class Evaluation:
    """The prediction sets, and the files of the rules that score them."""

    def __init__(self, settings: Settings, shards: Shards):
        self._settings = settings
        self._shards = shards
        self._results = settings.results
        self._frames: dict[tuple[str, str], dict[Shard, list[str]]] = {}

    @cached_property
    def sets(self) -> dict[str, PredictionSet]:
        """Name -> set; DataError if one is described wrongly."""
        return prediction_sets(self._settings)

    def check_any(self) -> None:
        """Raise DataError if there is no prediction set."""
        if not self.sets:
            root = results_folder(self._settings)
            found = f"CITYSCAPES_RESULTS is {root}, where none were found"
            advice = "name some under `predictions` in the config, or set CITYSCAPES_RESULTS"
            raise DataError(f"no predictions to score: {found if root else advice}")

    @property
    def wait_for_sample(self) -> bool:
        """Whether predictions of the sample are to be scored, which have to be made first."""
        of_sample = sample_predictions(self._settings)
        return any(one.path.is_relative_to(of_sample) for one in self.sets.values())

    def names_of_task(self, task: str) -> list[str]:
        """The names of the prediction sets of a task."""
        return [one.name for one in self.sets.values() if one.task == task]

    def task(self, name: str) -> Task:
        """The task that a set is for."""
        return TASKS[self.sets[name].task]

    def settings_of_task(self, name: str) -> dict[str, Any]:
        """The settings of a set's task in the config; the sample has images of its own size."""
        task = self.sets[name].task
        own = dict(self._settings.config["evaluation"].get(task, {}))
        if task == "boxes3d" and self._settings.is_sample:
            sample = self._settings.config["sample"]
            own["image_size"] = [sample["width"], sample["height"]]
        return own

    def with_boundaries(self) -> list[str]:
        """The names of the prediction sets whose boundaries are scored, too."""
        return [name for name, one in self.sets.items() if one.metrics]

    def shards_of(self, name: str) -> list[Shard]:
        """The shards whose frames a set predicts."""
        if self.task(name).frames_of:
            return list(self.raw_frames(name))
        shards = self._shards.of_split("gtFine", self.sets[name].split)
        if self._settings.scores_edits:
            return shards
        return [shard for shard in shards if shard in self._shards.unedited]

    def raw_frames(self, name: str) -> dict[Shard, list[str]]:
        """Shard -> frames of a set's split, where a raw type tells them; else none."""
        split, kind = self.sets[name].split, self.task(name).frames_of
        if (kind, split) not in self._frames:
            found = raw_shards(Path(self._settings.dataset), kind, split) if kind else {}
            self._frames[kind, split] = found
        return self._frames[kind, split]

    def frames_in(self, name: str, city: str) -> int:
        """Number of frames of a city in a set's split."""
        split, kind = self.sets[name].split, self.task(name).frames_of
        if kind:
            return len(self.raw_frames(name)[Shard(kind, split, city)])
        return len(self._shards.raw[Shard("gtFine", split, city)])

    def all_frames(self, name: str) -> int:
        """Number of frames of a set's split."""
        return sum(self.frames_in(name, shard.city) for shard in self.shards_of(name))

    def frame_tables(self, name: str) -> list[str]:
        """The tables that name the frames of a set's split, where a raw type does not."""
        if self.task(name).frames_of:
            return []
        return [self._shards.table(shard, "labels") for shard in self.shards_of(name)]

    def checked_split(self, name: str) -> list[str]:
        """The file that is there where no frame of a set's split is wrong."""
        split = self.sets[name].split
        needed = self.shards_of(name) and not self.task(name).frames_of
        return [f"{self._results}/tables/gtFine/{split}.labels.checked.tsv"] * bool(needed)

    def counts(self, name: str, boundaries: str = "") -> list[str]:
        """The counts of all cities of a set's split; with `boundaries/` those of boundaries."""
        folder = f"{self._results}/tables/evaluation/{name}"
        return [f"{folder}/{boundaries}{shard.city}.tsv" for shard in self.shards_of(name)]

    def boundary_counts(self, name: str) -> list[str]:
        """The counts of boundaries of all cities."""
        return self.counts(name, BOUNDARIES)

    def comparisons(self) -> dict[str, list[str]]:
        """`<task>_<split>` -> the sets of it, where there are several to compare."""
        found: dict[str, list[str]] = {}
        for name, one in self.sets.items():
            found.setdefault(f"{one.task}_{one.split}", []).append(name)
        return {name: sets for name, sets in found.items() if len(sets) > 1}

    def score_tables(self, name: str, *tables: str) -> list[str]:
        """Tables of the scores of a set; of all of them, without any names."""
        reports = ("classes.csv", *self.task(name).reports)
        wanted = tables or [table for table in reports if table.endswith(".csv")]
        return [f"{self._results}/evaluation/{name}/{table}" for table in wanted]

    def summaries(self) -> list[str]:
        """The headline scores of all prediction sets."""
        return [f"{self._results}/evaluation/{name}/summary.csv" for name in self.sets]

    def reports_of_task(self, task: str, report: str) -> list[str]:
        """The reports of this name of all prediction sets of a task."""
        return [f"{self._results}/evaluation/{name}/{report}" for name in self.names_of_task(task)]

    def splits_of_people(self) -> list[str]:
        """The splits in which pedestrians are scored, and there are any."""
        sets = [one for one in self.sets.values() if one.task == "pedestrians"]
        there = [one.split for one in sets if self.raw_frames(one.name)]
        return list(dict.fromkeys(there))

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
        """Map names to sets; raise DataError if one is described wrongly."""
        return prediction_sets(self._settings)

    def check_any(self) -> None:
        """Raise DataError if there is no prediction set."""
        if not self.sets:
            root = results_folder(self._settings)
            found = (
                f"CITYSCAPES_RESULTS is {root}, where none were found: for the reference, names "
                "begin with the frame's; others can be named under `predictions` in the config"
            )
            advice = "name some under `predictions` in the config, or set CITYSCAPES_RESULTS"
            raise DataError(f"no predictions to score: {found if root else advice}")

    @property
    def wait_for_sample(self) -> bool:
        """Return True if predictions of the sample, which have to be made first, are scored."""
        of_sample = sample_predictions(self._settings)
        return any(one.path.is_relative_to(of_sample) for one in self.sets.values())

    def names_of_task(self, task: str) -> list[str]:
        """Return the names of the prediction sets of a task."""
        return [one.name for one in self.sets.values() if one.task == task]

    def task(self, name: str) -> Task:
        """Return the task of a set."""
        return TASKS[self.sets[name].task]

    def settings_of_task(self, name: str) -> dict[str, Any]:
        """Return the settings of a set's task in the config; the sample has its own image size."""
        task = self.sets[name].task
        own = dict(self._settings.config["evaluation"].get(task, {}))
        if task == "boxes3d" and self._settings.is_sample:
            sample = self._settings.config["sample"]
            own["image_size"] = [sample["width"], sample["height"]]
        return own

    def with_boundaries(self) -> list[str]:
        """Return the names of the prediction sets whose boundaries are scored, too."""
        return [name for name, one in self.sets.items() if one.metrics]

    def shards_of(self, name: str) -> list[Shard]:
        """Return the shards whose frames a set predicts."""
        if self.task(name).frames_of:
            return list(self.raw_frames(name))
        shards = self._shards.of_split("gtFine", self.sets[name].split)
        if self._settings.scores_edits:
            return shards
        return [shard for shard in shards if shard in self._shards.unedited]

    def raw_frames(self, name: str) -> dict[Shard, list[str]]:
        """Map shards to frames of a set's split, if a raw type defines them; else none."""
        split, kind = self.sets[name].split, self.task(name).frames_of
        if (kind, split) not in self._frames:
            found = raw_shards(Path(self._settings.dataset), kind, split) if kind else {}
            self._frames[kind, split] = found
        return self._frames[kind, split]

    def frames_in(self, name: str, city: str) -> int:
        """Return the number of frames of a city in a set's split."""
        split, kind = self.sets[name].split, self.task(name).frames_of
        if kind:
            return len(self.raw_frames(name)[Shard(kind, split, city)])
        return len(self._shards.raw[Shard("gtFine", split, city)])

    def all_frames(self, name: str) -> int:
        """Return the number of all frames of a set's split."""
        return sum(self.frames_in(name, shard.city) for shard in self.shards_of(name))

    def frame_tables(self, name: str) -> list[str]:
        """Return the tables that name the frames of a set's split, if a raw type does not."""
        if self.task(name).frames_of:
            return []
        return [self._shards.table(shard, "labels") for shard in self.shards_of(name)]

    def checked_split(self, name: str) -> list[str]:
        """Return the file that exists if no frame of a set's split is wrong."""
        split = self.sets[name].split
        needed = self.shards_of(name) and not self.task(name).frames_of
        return [f"{self._results}/tables/gtFine/{split}.labels.checked.tsv"] * bool(needed)

    def counts(self, name: str, boundaries: str = "") -> list[str]:
        """Return the counts of all cities of a set's split; in `boundaries/`, of boundaries."""
        folder = f"{self._results}/tables/evaluation/{name}"
        return [f"{folder}/{boundaries}{shard.city}.tsv" for shard in self.shards_of(name)]

    def boundary_counts(self, name: str) -> list[str]:
        """Return the counts of boundaries of all cities."""
        return self.counts(name, BOUNDARIES)

    def comparisons(self) -> dict[str, list[str]]:
        """Map `<task>_<split>` to its sets, if there are several to compare."""
        found: dict[str, list[str]] = {}
        for name, one in self.sets.items():
            found.setdefault(f"{one.task}_{one.split}", []).append(name)
        return {name: sets for name, sets in found.items() if len(sets) > 1}

    def reports(self, name: str) -> list[str]:
        """Return all files of the scores of a set."""
        return self._reports(name, ("classes.csv", *self.task(name).reports))

    def score_tables(self, name: str, *tables: str) -> list[str]:
        """Return tables of the scores of a set; of all of them, without any names."""
        if tables:
            return self._reports(name, tables)
        return [path for path in self.reports(name) if path.endswith(".csv")]

    def _reports(self, name: str, reports: tuple[str, ...]) -> list[str]:
        return [f"{self._results}/evaluation/{name}/{report}" for report in reports]

    def summaries(self) -> list[str]:
        """Return the headline scores of all prediction sets."""
        return [f"{self._results}/evaluation/{name}/summary.csv" for name in self.sets]

    def reports_of_task(self, task: str, report: str) -> list[str]:
        """Return the reports of this name of all prediction sets of a task."""
        return [f"{self._results}/evaluation/{name}/{report}" for name in self.names_of_task(task)]

    def compared(self) -> list[str]:
        """Return the comparison of all prediction sets, and the figures of all sets of a task."""
        if not self.sets:
            return []
        figures = [
            name
            for task in TASKS.values()
            if self.names_of_task(task.name)
            for name in task.figures
        ]
        return [f"{self._results}/evaluation/{name}" for name in ("comparison.csv", *figures)]

    def files(self) -> list[str]:
        """Return everything that evaluate_all asks for, each table that another is made from, too.

        Snakemake makes a missing table again only if it is requested, not if a file that was made
        from it still exists. Raises DataError where there is no prediction set.
        """
        self.check_any()
        wanted = self.compared()
        for name, one in self.sets.items():
            folder = f"{self._results}/tables/evaluation/{name}"
            wanted += [f"{folder}.files.tsv", f"{folder}.checked.tsv", *self.counts(name)]
            wanted += [*self.frame_tables(name), *self.reports(name)]
            if one.metrics:
                wanted.append(f"{self._results}/evaluation/{name}.boundaries.csv")
                wanted += self.boundary_counts(name)
        people = [f"{self._results}/citypersons/{one}_gt.json" for one in self.splits_of_people()]
        return wanted + people

    def coco_files(self) -> list[str]:
        """Return the scores of all instance-level sets by COCO's protocol."""
        return self.reports_of_task("instance", "coco.csv")

    def splits_of_people(self) -> list[str]:
        """Return the splits in which pedestrians are scored, and there are any."""
        sets = [one for one in self.sets.values() if one.task == "pedestrians"]
        there = [one.split for one in sets if self.raw_frames(one.name)]
        return list(dict.fromkeys(there))

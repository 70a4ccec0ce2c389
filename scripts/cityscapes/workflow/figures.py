"""The figures of a run, and what those of several prediction sets are made from."""

from cityscapes.figures.names import EXTRA, OF_TASK, STATISTICS, files
from cityscapes.workflow.evaluation import Evaluation
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards
from cityscapes.workflow.statistics import Statistics

# Tables that comparisons of sets are made from: of all tasks, and of some.
COMPARED = ("summary.csv", "classes.csv", "images.csv", "images_classes.csv")
COMPARED_OF_TASK = {"instance": ("predictions.csv",)}


class Figures:
    """The figures of statistics, of the scores of each set, and of comparisons of sets."""

    def __init__(
        self, settings: Settings, shards: Shards, statistics: Statistics, evaluation: Evaluation
    ):
        self._results = settings.results
        self._shards = shards
        self._statistics = statistics
        self._evaluation = evaluation

    def files(self) -> list[str]:
        """Return all figures of the existing statistics and scores, in each format."""
        wanted = [*self._of_statistics(), *self._of_sets(), *self._of_comparisons()]
        return [f"{self._results}/report/{path}" for path in wanted]

    def comparisons(self) -> list[str]:
        """`<task>_<split>` of all comparisons of sets that are drawn."""
        found = self._evaluation.comparisons()
        return [name for name in found if name.partition("_")[0] in OF_TASK]

    def compared_folders(self, task: str, split: str) -> list[str]:
        """Return the folders of the scores of all sets of a task and split."""
        sets = self._evaluation.comparisons()[f"{task}_{split}"]
        return [f"{self._results}/evaluation/{name}" for name in sets]

    def compared_tables(self, task: str, split: str) -> list[str]:
        """Return the tables of all sets of a task and split that a comparison is made from."""
        tables = (*COMPARED, *COMPARED_OF_TASK.get(task, ()))
        sets = self._evaluation.comparisons()[f"{task}_{split}"]
        return [path for name in sets for path in self._evaluation.score_tables(name, *tables)]

    def _of_statistics(self) -> list[str]:
        splits = self._shards.annotated_splits() if self._statistics.files() else []
        wanted = [
            f"statistics/{shard_type}_{split}/{name}"
            for shard_type, split in splits
            for name in files(STATISTICS)
        ]
        return wanted + [
            f"statistics/gtFine_{split}/{name}"
            for what in EXTRA
            for split in self._statistics.extra_splits(what)
            for name in files([what])
        ]

    def _of_sets(self) -> list[str]:
        return [
            f"sets/{name}/{file}"
            for name, one in self._evaluation.sets.items()
            for file in files(OF_TASK.get(one.task, {}))
        ]

    def _of_comparisons(self) -> list[str]:
        return [f"comparisons/{file}" for file in files(self.comparisons())]

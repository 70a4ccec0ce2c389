"""The page of the report: what it shows, and the settings and names that it is made with."""

import json
import re
from pathlib import Path

from cityscapes.figures.names import EXTRA, OF_TASK
from cityscapes.workflow.evaluation import Evaluation
from cityscapes.workflow.figures import Figures
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards
from cityscapes.workflow.statistics import Statistics

# The settings that the page shows: those that numbers depend on, without paths.
NAMED = ("types", "splits", "kinds", "fill", "statistics", "evaluation")
FRAME_PICTURES = ("worst.jpg", "median.jpg", "best.jpg", "frames.csv")


class Report:
    """The files and the params of the rules that draw single frames and write the page."""

    def __init__(
        self, settings: Settings, shards: Shards, statistics: Statistics, evaluation: Evaluation,
        figures: Figures,
    ):  # fmt: skip
        self._config = settings.config
        self._results = settings.results
        self._shards = shards
        self._statistics = statistics
        self._evaluation = evaluation
        self._figures = figures

    def files(self) -> list[str]:
        """Return the page, and the pictures in it."""
        return [*self.pictures(), f"{self._results}/report/index.html"]

    def sets_with_pictures(self) -> list[str]:
        """Return the names of the prediction sets whose single frames can be shown."""
        return [name for name, one in self._evaluation.sets.items() if one.task in OF_TASK]

    def pictures(self) -> list[str]:
        """Return the pictures of single frames of all sets; none if the config disables them."""
        shown = self.sets_with_pictures() if self._config["report"]["pictures"] else []
        return [
            f"{self._results}/report/sets/{name}/frames/{file}"
            for name in shown
            for file in FRAME_PICTURES
        ]

    def inputs(self) -> list[str]:
        """Return all tables, figures and pictures that the page shows."""
        evaluation, statistics = self._evaluation, self._statistics
        tables = [path for name in evaluation.sets for path in evaluation.score_tables(name)]
        shown = [path for path in self._figures.files() if not path.endswith(".png")]
        return [
            *tables,
            *evaluation.compared(),
            f"{self._results}/checks/problems.csv",
            *statistics.files(),
            *statistics.changes(),
            *statistics.extra(),
            *shown,
            *self.pictures(),
        ]

    def settings(self) -> str:
        """Return the settings that the page shows, as JSON."""
        sets = {
            name: {key: value for key, value in one.items() if key != "path"}
            for name, one in self._config["predictions"].items()
        }
        named = {key: self._config[key] for key in NAMED} | ({"predictions": sets} if sets else {})
        return json.dumps(named, sort_keys=True)

    def sets(self) -> str:
        """Name and task of all prediction sets, as JSON, in the order of the config."""
        return json.dumps({name: one.task for name, one in self._evaluation.sets.items()})

    def splits(self) -> list[str]:
        """`<type>_<split>` of the splits with statistics."""
        there = self._shards.annotated_splits() if self._statistics.files() else []
        return [f"{shard_type}_{split}" for shard_type, split in there]

    def extra(self) -> str:
        """Split -> the additional statistics that it has, as JSON."""
        found: dict[str, list[str]] = {}
        for what in EXTRA:
            for split in self._statistics.extra_splits(what):
                found.setdefault(f"gtFine_{split}", []).append(what)
        return json.dumps(found)


def version_of(citation: Path) -> str:
    """Return the version of this workflow, of its CITATION.cff.

    Raises ValueError where the file names none.
    """
    found = re.search(r"^version: (\S+)$", citation.read_text(), re.MULTILINE)
    if not found:
        raise ValueError(f"{citation}: no version")
    return found[1]

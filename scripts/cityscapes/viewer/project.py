"""The working directory that the viewer shows: dataset, results and prediction sets."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cityscapes.edits.folder import Edits
from cityscapes.errors import DataError
from cityscapes.evaluation.sets import PredictionSet
from cityscapes.ground_truth.polygons import PolygonRules
from cityscapes.labels import LabelTable
from cityscapes.layout import RAW_TYPES, Shard, list_folders
from cityscapes.viewer.catalogue import Place
from cityscapes.viewer.tables import HEADLINES
from cityscapes.workflow.config import read_config
from cityscapes.workflow.evaluation import Evaluation
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards


@dataclass(frozen=True)
class Project:
    """The settings of the workflow in a working directory, as the viewer needs them."""

    settings: Settings
    linked: tuple[Path, ...] = ()  # folders outside of the dataset that its links may lead to

    @classmethod
    def here(
        cls, clone: Path, configfile: Path | None = None, linked: Iterable[Path] = ()
    ) -> "Project":
        """Return the project of the working directory; DataError if its settings are wrong."""
        project = cls(Settings(read_config(clone, configfile), os.environ, clone), tuple(linked))
        _ = project.table, project.settings.packages, project.evaluation.sets
        project.settings.check_one_dataset()
        project.edits.check_apart([project.dataset], project.results)
        return project

    @property
    def dataset(self) -> Path:
        """Return the dataset root."""
        return Path(self.settings.dataset)

    @property
    def results(self) -> Path:
        """Return the root of the results."""
        return self.settings.results

    @property
    def edits(self) -> Edits:
        """Return the folder of edits."""
        return self.settings.edits

    def path(self, place: Place, kind: str) -> Path:
        """Return the path of a type's file of a frame: its edit, if there is one now."""
        edit = self.edits.path(Shard(kind, place.split, place.city), place.frame)
        return edit if edit and edit.exists() else place.path(self.dataset, kind)

    @property
    def table(self) -> LabelTable:
        """Return the label table."""
        return self.settings.table

    @property
    def rules(self) -> PolygonRules:
        """Return the rules for reading polygon files."""
        config = self.settings.config
        return PolygonRules(config["degenerate"] == "skip", config["max_polygons_mb"])

    @property
    def shards(self) -> Shards:
        """Return the shards as they are now."""
        return Shards(self.settings)

    @property
    def evaluation(self) -> Evaluation:
        """Return the prediction sets as they are now."""
        return Evaluation(self.settings, self.shards)

    @property
    def sets(self) -> dict[str, PredictionSet]:
        """Return the sets of tasks that predict a value or mask for each pixel."""
        sets = self.evaluation.sets.items()
        return {name: one for name, one in sets if one.task in HEADLINES}

    @property
    def box_sets(self) -> dict[str, PredictionSet]:
        """Return the sets of tasks that predict boxes."""
        sets = self.evaluation.sets.items()
        return {name: one for name, one in sets if one.task not in HEADLINES}

    def check_dataset(self) -> None:
        """Raise DataError, which says what to do, if there is no dataset."""
        types = (*self.settings.config["types"], *RAW_TYPES)
        if any(list_folders(self.dataset / name) for name in types):
            return
        if self.settings.configured:
            there = ", ".join(list_folders(self.dataset)[:12]) or "no folder"
            raise DataError(
                f"dataset {self.dataset}: holds none of gtFine, leftImg8bit and so on; there is "
                f"{there}. Name its root: CITYSCAPES_DATASET, or `dataset` in the config"
            )
        what = "the packages" if self.settings.packages else "the sample"
        raise DataError(
            f"{self.dataset} is not there yet: `snakemake --cores all` makes {what} ready. Or "
            "name your own dataset: CITYSCAPES_DATASET, or `dataset` in the config"
        )

    @cached_property
    def roots(self) -> tuple[Path, ...]:
        """Return the real folders that files may be read from.

        Besides the roots, the folder of each type: people keep them on several disks, by links.
        """
        tops = [self.dataset, self.results, *self.settings.roots, *self.linked]
        tops += [self.dataset / name for name in list_folders(self.dataset)]
        tops += [self.edits.root] if self.edits.root else []
        for one in self.evaluation.sets.values():
            tops += [one.path, one.path.with_suffix("")]
        return tuple(dict.fromkeys(Path(os.path.realpath(top)) for top in tops))

    def checked(self, path: Path) -> Path:
        """Return the path itself; raise DataError if a link on the way leads out of all roots."""
        real = Path(os.path.realpath(path))
        if not any(real.is_relative_to(root) for root in self.roots):
            raise DataError(
                f"{path}: is {real}, outside of dataset, results and predictions. "
                f"Start with --links-to {real.parent} if the link is meant to lead there"
            )
        return path

"""The settings of a run: the config, the environment, and the paths derived from them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cityscapes.edits.folder import Edits
from cityscapes.errors import DataError
from cityscapes.exports.registry import EXPORTS
from cityscapes.files.config_paths import config_path
from cityscapes.files.tables import known_notes, read_table
from cityscapes.files.whole import digest
from cityscapes.ground_truth.kinds import KINDS, endings_of
from cityscapes.ground_truth.recipes import settings_digest
from cityscapes.labels import LabelTable, read_labels
from cityscapes.layout import GROUND_TRUTH_TYPES
from cityscapes.packages import registry as packages
from cityscapes.person_labels import read_person_labels
from cityscapes.roots import unpacked_packages


@dataclass(frozen=True)
class Settings:
    """A validated config with its defaults, the environment, and the clone.

    `results` and `resources` are elsewhere if a module statement has a prefix.
    """

    config: Mapping[str, Any]
    environment: Mapping[str, str]
    clone: Path
    results: Path = Path("results")
    resources: Path = Path("resources")

    @cached_property
    def roots(self) -> list[Path]:
        """Return the dataset roots of config or environment; none asks for packages or the sample.

        A root that holds unpacked packages, each in a folder of its name, stands for these.
        """
        named = self.config.get("dataset") or self.environment.get("CITYSCAPES_DATASET") or []
        texts = [named] if isinstance(named, str) else named
        roots = [Path(os.path.normpath(config_path(text))) for text in texts]
        names = [Path(row["name"]).stem for row in self.known_packages]
        return [part for root in roots for part in unpacked_packages(root, names) or [root]]

    @property
    def is_joined(self) -> bool:
        """Return True if the dataset is a folder of links to several roots."""
        return len(self.roots) > 1

    @property
    def joined_dataset(self) -> str:
        """Return the folder of links to several roots."""
        return f"{self.resources}/joined/dataset"

    @cached_property
    def configured(self) -> str:
        """Return the dataset root of config or environment; "" asks for packages or the sample."""
        return self.joined_dataset if self.is_joined else "".join(map(str, self.roots))

    @cached_property
    def packages(self) -> list[str]:
        """Return the packages of the config, without `.zip`; DataError lists unknown ones."""
        known = [row["name"] for row in self.known_packages]
        return packages.package_names(self.config["packages"], known)

    @cached_property
    def known_packages(self) -> list[dict[str, str]]:
        """Return the table of all packages."""
        return read_table(self.packages_table)

    @property
    def packages_table(self) -> Path:
        """Return the path of the table of all packages."""
        return self.clone / "config/packages.tsv"

    @property
    def packages_folder(self) -> str:
        """Return the folder of the zip files."""
        return os.path.normpath(config_path(self.config["packages_folder"]))

    @property
    def source(self) -> str:
        """Return the source of packages: the folder in resources/ that holds them."""
        return "cityscapes" if self.packages else "sample"

    @property
    def dataset(self) -> str:
        """Return the dataset root."""
        return self.configured or f"{self.resources}/{self.source}/dataset"

    @cached_property
    def edits(self) -> Edits:
        """Return the folder of edits, which replace polygon files of the dataset."""
        text = self.config["edits"]
        return Edits(Path(os.path.normpath(config_path(text))) if text else None)

    @property
    def edits_folder(self) -> str:
        """Return the same as a flag; "" if there are none."""
        return str(self.edits.root or "")

    @property
    def scores_edits(self) -> bool:
        """Return True if predictions of edited frames are compared with the edits."""
        return bool(self.config["evaluation"]["edits"])

    @property
    def truth_is_released(self) -> bool:
        """Return True if predictions are compared with the label images of the packages."""
        return bool(self.config["evaluation"]["truth"] == "released")

    @property
    def sample_dataset(self) -> str:
        """Return the dataset root of the sample."""
        return f"{self.resources}/sample/dataset"

    @property
    def packages_dataset(self) -> str:
        """Return the dataset root of the packages of the config."""
        return f"{self.resources}/cityscapes/dataset"

    @property
    def is_sample(self) -> bool:
        """Return True if the dataset is the sample."""
        return self.dataset == self.sample_dataset

    @cached_property
    def labels(self) -> str:
        """Return the label table: of the working directory, else of the clone."""
        path = config_path(self.config["labels"])
        return path if os.path.exists(path) else os.path.normpath(self.clone / path)

    @cached_property
    def table(self) -> LabelTable:
        """Return the classes of the label table; raise DataError if it is wrong."""
        return read_labels(Path(self.labels))

    @cached_property
    def person_labels(self) -> str:
        """Return the label table of CityPersons: of the working directory, else of the clone."""
        path = config_path(self.config["labels_cityPersons"])
        return path if os.path.exists(path) else os.path.normpath(self.clone / path)

    def digest_of_people(self) -> str:
        """Return a param: digest of the label table of CityPersons; DataError if it is wrong."""
        return digest(repr(read_person_labels(Path(self.person_labels)).labels))

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of files to make."""
        return list(self.config["kinds"])

    @property
    def exports(self) -> list[str]:
        """Return the exports to make: those of the config whose files' kinds are made."""
        return [
            name for name in self.config["exports"] if set(EXPORTS[name].needs) <= set(self.kinds)
        ]

    @property
    def frame_kinds(self) -> list[str]:
        """Return the kinds to make of each frame, with those for exports."""
        for_exports = (kind for name in self.exports for kind in EXPORTS[name].frame_kinds)
        return [*self.kinds, *dict.fromkeys(for_exports)]

    @property
    def polygon_kinds(self) -> list[str]:
        """Return the kinds among them that are made from polygons."""
        return [name for name in self.frame_kinds if KINDS[name].sources == ("polygons",)]

    def digest_of(self, what: str) -> str:
        """Return a param: digest of the parts of the label table that a result depends on."""
        return settings_digest(what, self.table, "")

    def kinds_of_group(self, group: str) -> list[str]:
        """Return the kinds of a group."""
        return [name for name in self.kinds if KINDS[name].group == group]

    @property
    def types(self) -> dict[str, tuple[str, ...]]:
        """Map the types of shards to be made to the endings of their frames' files, best first."""
        asked = {shard_type for name in self.kinds for shard_type in KINDS[name].types}
        types = [*self.config["types"], *sorted(asked - {*GROUND_TRUTH_TYPES})]
        return {kind: endings_of(kind) for kind in types}

    def check_one_dataset(self) -> None:
        """Raise DataError if results are of the sample and the dataset is not, or vice versa.

        The two are never mixed in one folder.
        """
        table = self.results / "manifests/raw_links.tsv"
        made_from = unquote(known_notes(table).get("dataset", self.dataset))
        if (made_from == self.sample_dataset) == self.is_sample:
            return
        name = {
            self.sample_dataset: "the sample",
            self.packages_dataset: "the packages of the config",
        }
        raise DataError(
            f"{self.results}/ was made from {name.get(made_from, made_from)}, and the dataset now "
            f"is {name.get(self.dataset, self.dataset)}. Name the dataset (CITYSCAPES_DATASET, or "
            "`dataset` or `packages` in the config), work in another folder (--directory), or "
            "remove the results first: snakemake --cores 1 clean"
        )

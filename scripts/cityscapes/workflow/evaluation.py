"""The prediction sets of a run, and what their scores depend on."""

import json
import os
from functools import cached_property
from pathlib import Path
from typing import Any

from cityscapes import layout as dataset
from cityscapes.errors import DataError
from cityscapes.evaluation.sets import (
    PredictionSet,
    check_set_name,
    check_settings,
    list_predictions,
    listed_json,
    raw_shards,
    sets_of_results_folder,
)
from cityscapes.evaluation.tasks import SAMPLE_SETS, TASKS, Task
from cityscapes.files.config_paths import config_path
from cityscapes.files.whole import digest
from cityscapes.ground_truth.kinds import KINDS, SOURCES, panoptic_name
from cityscapes.incremental.code import code_of
from cityscapes.layout import Entry, Shard, composed
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards

# The folder of the tables of boundaries, below that of a set.
BOUNDARIES = "boundaries/"


class Evaluation:
    """The prediction sets, and the files and params of the rules that score them."""

    def __init__(self, settings: Settings, shards: Shards):
        self._settings = settings
        self._shards = shards
        self._listings: dict[str, list[Entry]] = {}
        self._frames: dict[tuple[str, str], dict[Shard, list[str]]] = {}

    @cached_property
    def sets(self) -> dict[str, PredictionSet]:
        """Name -> set: of the config, else of CITYSCAPES_RESULTS, else of the sample."""
        self._check_truth()
        if described := self._settings.config["predictions"]:
            for name in described:
                check_set_name(name)
            sets = {
                name: PredictionSet(
                    name=name,
                    task=one["task"],
                    path=Path(config_path(one["path"])),
                    split=one["split"],
                    encoding=one["encoding"],
                    allow_missing=one["allow_missing"],
                    void=tuple(one["void"]),
                    classes=tuple(one["classes"]),
                    resize=one["resize"],
                    images=Path(config_path(one["images"])) if one["images"] else None,
                    metrics=tuple(one["metrics"]),
                )
                for name, one in described.items()
            }
            for one in sets.values():
                check_settings(one)
            return sets
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
    def with_edits(self) -> bool:
        """Whether edited frames are compared with their edits."""
        return bool(self._settings.config["evaluation"]["edits"])

    def edits_flag(self) -> str:
        """The flag that says so."""
        return "--with-edits" * self.with_edits

    def _check_truth(self) -> None:
        if self.with_edits and self.truth_is_released:
            raise DataError(
                "evaluation: released label images, which `truth: released` asks for, hold no "
                "edits: set `edits: false`, or `truth: prepared`"
            )

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

    def with_boundaries(self) -> list[str]:
        """The names of the prediction sets whose boundaries are scored, too."""
        return [name for name, one in self.sets.items() if one.metrics]

    def classes(self, name: str) -> list[str]:
        """A param: digests of what finding and counting depend on of the label table.

        No more than that: an edited trainId leaves the counts of predictions in ids alone.
        """
        one = self.sets[name]
        shown = ["labelIds"]
        if "segments" in self.task(name).truth:
            shown.append("segments")
        if one.encoding == "trainIds" or one.metrics:
            shown.append("panoptic_trainId.json")
        if one.encoding == "colors":
            shown.append("color")
        return [self._settings.digest_of(what) for what in shown]

    def code(self, name: str, boundaries: str = "") -> str:
        """A param: digest of the code that finds and counts the predictions of a set."""
        task = self.task(name)
        return code_of(task.find, task.boundaries if boundaries else task.work)

    def listing(self, name: str) -> list[Entry]:
        """All files of a prediction set, and what they refer to; the tree is walked once."""
        if name not in self._listings:
            one = self.sets[name]
            self._listings[name] = list_predictions(one.path, one.task)
            if one.images:
                self._listings[name] += listed_json(one.images)
        return self._listings[name]

    def names_token(self, name: str) -> str:
        """A param that changes when a set's files come or go, or a JSON file is edited.

        Or when frames come or go whose names no table tells.
        """
        of_frames = ".json" in self.task(name).ending
        return digest(
            *(
                repr(entry) if entry.name.endswith(".json") and not of_frames else entry.name
                for entry in self.listing(name)
            ),
            *(frame for frames in self._raw_shards(name).values() for frame in frames),
        )

    def content_token(self, name: str) -> str:
        """A param that changes when any file of a set does."""
        return dataset.fingerprint(self.listing(name))

    def city_token(self, name: str, city: str) -> list[str]:
        """A param that changes when what is counted in a city of a set does.

        Where files do not name their city, as masks and a JSON file for all, it is any change of
        the set. The raw files and released label images that it is compared with are included.
        """
        one, task = self.sets[name], self.task(name)
        entries = self.listing(name)
        if task.by_city and one.path.suffix != ".json":
            others = [shard.city for shard in self.shards_of(name) if shard.city != city]
            entries = [entry for entry in entries if _may_be_of(entry.name, city, others)]
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
        """Whether predictions of a task are compared with released label images."""
        return self.truth_is_released and all(KINDS[kind].released for kind in task.truth)

    def shards_of(self, name: str) -> list[Shard]:
        """The shards whose frames a set predicts."""
        if self.task(name).frames_of:
            return list(self._raw_shards(name))
        shards = self._shards.of_split("gtFine", self.sets[name].split)
        if self.with_edits:
            return shards
        return [shard for shard in shards if shard in self._shards.unedited]

    def _raw_shards(self, name: str) -> dict[Shard, list[str]]:
        """Shard -> frames of a set's split, where a raw type tells them; else none."""
        split, kind = self.sets[name].split, self.task(name).frames_of
        if (kind, split) not in self._frames:
            found = raw_shards(Path(self._settings.dataset), kind, split) if kind else {}
            self._frames[kind, split] = found
        return self._frames[kind, split]

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

    def unedited(self, name: str, city: str) -> list[str]:
        """What edited frames of a city are compared with: a table, and the JSON file of the split.

        None where edits count, where there are none, and where no prepared images are the truth.
        """
        one, task = self.sets[name], self.task(name)
        shard = Shard("gtFine", one.split, city)
        if self.with_edits or not task.truth or self._is_released(task):
            return []
        table = self._shards.unedited_table(shard, KINDS[task.truth[0]].group)
        if not self._shards.has_edits(shard):
            return [table] * self._shards.had_edits(shard)
        kind = task.split_truth.get(one.encoding)
        name_of_json = f"{panoptic_name(one.split, kind)}.json" if kind else ""
        in_json = [f"{self._shards.unedited_results}/{name_of_json}"] * bool(kind)
        return [table, *in_json]

    def unedited_flags(self, name: str, city: str) -> list[str]:
        """The flags that name them."""
        found = self.unedited(name, city)
        if not found or not self._shards.has_edits(Shard("gtFine", self.sets[name].split, city)):
            return []
        flags = [f"--unedited={self._shards.unedited_results}", f"--unedited-table={found[0]}"]
        return flags + [f"--unedited-panoptic={path}" for path in found[1:]]

    def unedited_of_split(self, name: str) -> list[str]:
        """The same of all cities of a set's split: the tables, and the JSON file once."""
        found = [
            path for shard in self.shards_of(name) for path in self.unedited(name, shard.city)
        ]
        return list(dict.fromkeys(found))

    def unedited_flags_of_split(self, name: str) -> list[str]:
        """The flags that name them."""
        found = self.unedited_of_split(name)
        flags = [f"--unedited={self._shards.unedited_results}"] * bool(found)
        flags += [f"--unedited-panoptic={path}" for path in found if path.endswith(".json")]
        tables = [path for path in found if not path.endswith(".json")]
        return [*flags, "--unedited-tables", *tables] if found else []

    def unedited_instances(self, name: str) -> list[str]:
        """The COCO instances of edited frames that a set is compared with, where there are any."""
        split = self.sets[name].split
        if self.with_edits or not self._shards.with_edits("gtFine", split):
            return []
        root = self._shards.unedited_results
        return [f"{root}/annotations/instancesonly_filtered_gtFine_{split}.json"]

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
        return self._flags(name, self.task(name).options)

    def only_classes(self, name: str) -> str:
        """The names of the classes to be scored, as JSON; none stands for all."""
        return json.dumps(self.sets[name].classes)

    def score_settings(self, name: str) -> list[str]:
        """A param: what the scores depend on besides the counts."""
        return self._tokens(name, self.task(name).options)

    def count_options(self, name: str, boundaries: str = "") -> list[str]:
        """The flags of the script of the counts that are the task's own, or of boundaries."""
        if boundaries:
            return ["--boundaries", f"--settings={self.boundary_settings(name)}"]
        return self._flags(name, self.task(name).count_options)

    def count_settings(self, name: str, boundaries: str = "") -> list[str]:
        """A param: what the counts depend on besides files and classes."""
        if boundaries:
            return [self.boundary_settings(name)]
        return self._tokens(name, self.task(name).count_options)

    def boundary_settings(self, name: str) -> str:
        """The settings of the metrics of boundaries, as JSON."""
        own = dict(self._settings.config["evaluation"]["boundaries"])
        one = self.sets[name]
        own |= {"encoding": one.encoding, "void": list(one.void)}
        return json.dumps(own, sort_keys=True)

    def boundary_truth(self, name: str) -> list[str]:
        """The flag of the JSON file of the split, which names the classes of panoptic sets."""
        return [f"--truth={path}" for path in self.split_truth(name)]

    def _flags(self, name: str, flags: tuple[str, ...]) -> list[str]:
        options = self._options(name)
        return [f"--{flag}={options[flag][0]}" for flag in flags]

    def _tokens(self, name: str, flags: tuple[str, ...]) -> list[str]:
        options = self._options(name)
        return [f"{flag}={options[flag][1]}" for flag in flags]

    def _options(self, name: str) -> dict[str, tuple[str, str]]:
        """Flag -> value, and what of it the scores depend on: the truth is an input anyway."""
        one = self.sets[name]
        void, classes = json.dumps(one.void), json.dumps(one.classes)
        sizes = json.dumps(self._settings.config["evaluation"]["average_sizes"], sort_keys=True)
        own = json.dumps(self.settings_of_task(name), sort_keys=True)
        known = {
            "labels": (self._settings.labels, self._settings.digest_of("panoptic_trainId.json")),
            "encoding": (one.encoding, one.encoding),
            "void": (void, void),
            "classes": (classes, classes),
            "average-sizes": (sizes, sizes),
            "truth": ("".join(self.split_truth(name)), ""),
            "settings": (own, own),
            "person-labels": (self._settings.person_labels, self._settings.digest_of_people()),
        }
        return known

    def settings_of_task(self, name: str) -> dict[str, Any]:
        """The settings of a set's task in the config; the sample has images of its own size."""
        task = self.sets[name].task
        own = dict(self._settings.config["evaluation"].get(task, {}))
        if task == "boxes3d" and self._settings.is_sample:
            sample = self._settings.config["sample"]
            own["image_size"] = [sample["width"], sample["height"]]
        return own

    def reading_options(self, name: str) -> list[str]:
        """The flags that say how the predictions of a set are read."""
        one = self.sets[name]
        flags = [f"--encoding={one.encoding}"]
        flags += [f"--resize={one.resize}"] if one.resize else []
        return flags + ([f"--images={one.images}"] if one.images else [])

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
        there = [one.split for one in sets if self._raw_shards(one.name)]
        return list(dict.fromkeys(there))

    def people_token(self, split: str) -> str:
        """A param that changes when a file of CityPersons does."""
        root, kind = Path(self._settings.dataset), "gtBboxCityPersons"
        return digest(
            *(
                dataset.fingerprint(dataset.list_files(root / shard.folder, ""))
                for shard in raw_shards(root, kind, split)
            )
        )

    def truth_root(self) -> str:
        """The dataset root whose label images are the ground truth."""
        return self._settings.dataset if self.truth_is_released else str(self._results)

    def frames_in(self, name: str, city: str) -> int:
        """Number of frames of a city in a set's split."""
        split, kind = self.sets[name].split, self.task(name).frames_of
        if kind:
            return len(self._raw_shards(name)[Shard(kind, split, city)])
        return len(self._shards.raw[Shard("gtFine", split, city)])

    def all_frames(self, name: str) -> int:
        """Number of frames of a set's split."""
        return sum(self.frames_in(name, shard.city) for shard in self.shards_of(name))


def _may_be_of(name: str, city: str, others: list[str]) -> bool:
    """Whether a file may predict a frame of a city: its name holds it, or none of the others."""
    base = composed(os.path.basename(name))
    return composed(city) in base or not any(composed(other) in base for other in others)

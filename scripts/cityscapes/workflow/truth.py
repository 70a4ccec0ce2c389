"""The ground truth of predictions: prepared files, released images, or unedited ones."""

from cityscapes.evaluation.tasks import Task
from cityscapes.ground_truth.kinds import KINDS, panoptic_name
from cityscapes.layout import Shard
from cityscapes.workflow.evaluation import Evaluation
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards
from cityscapes.workflow.unedited import Unedited


class Truth:
    """The ground truth of each prediction set, as files and as flags of the scripts."""

    def __init__(
        self, settings: Settings, shards: Shards, unedited: Unedited, evaluation: Evaluation
    ):
        self._settings = settings
        self._shards = shards
        self._unedited = unedited
        self._evaluation = evaluation

    def of_split(self, name: str) -> list[str]:
        """Return the JSON file for the whole split that a set is compared with, if any."""
        one = self._evaluation.sets[name]
        kind = self._evaluation.task(name).split_truth.get(one.encoding)
        return [f"{self._settings.results}/{panoptic_name(one.split, kind)}.json"] if kind else []

    def of_city(self, name: str, city: str) -> list[str]:
        """Return the files that must exist before predictions for a city can be compared."""
        shard = Shard("gtFine", self._evaluation.sets[name].split, city)
        groups = dict.fromkeys(KINDS[kind].group for kind in self._evaluation.task(name).truth)
        return self.of_split(name) + [self._shards.table(shard, group) for group in groups]

    def flags(self, name: str, city: str) -> list[str]:
        """Return the flags of the split's JSON file, and of the table of the truth's digests.

        Released images are in no table.
        """
        flags = self.flags_of_split(name)
        tables = self.of_city(name, city)[len(flags) :]
        if self.is_released(self._evaluation.task(name)):
            return flags
        return flags + [f"--truth-table={table}" for table in tables]

    def flags_of_split(self, name: str) -> list[str]:
        """Return the flag of the JSON file of the split, if a set is compared with one."""
        return [f"--panoptic-truth={path}" for path in self.of_split(name)]

    def root(self) -> str:
        """Return the dataset root whose label images are the ground truth."""
        released = self._settings.truth_is_released
        return self._settings.dataset if released else str(self._settings.results)

    def is_released(self, task: Task) -> bool:
        """Return True if predictions of a task are compared with released label images."""
        released = all(KINDS[kind].released for kind in task.truth)
        return released and self._settings.truth_is_released

    def unedited(self, name: str, city: str) -> list[str]:
        """Return the truth of edited frames of a city: a table, and the JSON file of the split.

        None if edits count, if there are none, and if no prepared images are the truth.
        """
        one, task = self._evaluation.sets[name], self._evaluation.task(name)
        shard = Shard("gtFine", one.split, city)
        if self._settings.scores_edits or not task.truth or self.is_released(task):
            return []
        table = self._unedited.table(shard, KINDS[task.truth[0]].group)
        if not self._unedited.has_edits(shard):
            return [table] * self._unedited.had_edits(shard)
        kind = task.split_truth.get(one.encoding)
        name_of_json = f"{panoptic_name(one.split, kind)}.json" if kind else ""
        in_json = [f"{self._unedited.results}/{name_of_json}"] * bool(kind)
        return [table, *in_json]

    def unedited_flags(self, name: str, city: str) -> list[str]:
        """Return the flags that name the truth of edited frames of a city."""
        found = self.unedited(name, city)
        shard = Shard("gtFine", self._evaluation.sets[name].split, city)
        if not found or not self._unedited.has_edits(shard):
            return []
        flags = [f"--unedited={self._unedited.results}", f"--unedited-table={found[0]}"]
        return flags + [f"--unedited-panoptic={path}" for path in found[1:]]

    def unedited_of_split(self, name: str) -> list[str]:
        """Return the files of all cities of a set's split: the tables, and the JSON file once."""
        found = [
            path
            for shard in self._evaluation.shards_of(name)
            for path in self.unedited(name, shard.city)
        ]
        return list(dict.fromkeys(found))

    def unedited_flags_of_split(self, name: str) -> list[str]:
        """Return the flags that name them."""
        found = self.unedited_of_split(name)
        flags = [f"--unedited={self._unedited.results}"] * bool(found)
        flags += [f"--unedited-panoptic={path}" for path in found if path.endswith(".json")]
        tables = [path for path in found if not path.endswith(".json")]
        return [*flags, "--unedited-tables", *tables] if found else []

    def unedited_instances(self, name: str) -> list[str]:
        """Return the COCO instances of edited frames that a set is compared with, if any."""
        split = self._evaluation.sets[name].split
        if self._settings.scores_edits or not self._unedited.with_edits("gtFine", split):
            return []
        root = self._unedited.results
        return [f"{root}/annotations/instancesonly_filtered_gtFine_{split}.json"]

"""The dependencies of counts of predictions: params that change with files, classes or code."""

import os
from pathlib import Path

from cityscapes import layout as dataset
from cityscapes.evaluation.sets import list_predictions, listed_json, raw_shards
from cityscapes.files.whole import digest
from cityscapes.ground_truth.kinds import KINDS, SOURCES
from cityscapes.incremental.code import code_of
from cityscapes.layout import Entry, Shard, composed
from cityscapes.workflow.evaluation import Evaluation
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.truth import Truth


class PredictionTokens:
    """Params of the rules that find and count the predictions of each set."""

    def __init__(self, settings: Settings, evaluation: Evaluation, truth: Truth):
        self._settings = settings
        self._evaluation = evaluation
        self._truth = truth
        self._listings: dict[str, list[Entry]] = {}

    def classes(self, name: str) -> list[str]:
        """Return a param: digests of the label table as far as finding and counting depend on it.

        An edited trainId does not affect the counts of predictions in ids.
        """
        one = self._evaluation.sets[name]
        shown = ["labelIds"]
        if "segments" in self._evaluation.task(name).truth:
            shown.append("segments")
        if one.encoding == "trainIds" or one.metrics:
            shown.append("panoptic_trainId.json")
        if one.encoding == "colors":
            shown.append("color")
        return [self._settings.digest_of(what) for what in shown]

    def code(self, name: str, boundaries: str = "") -> str:
        """Return a param: digest of the code that finds and counts the predictions of a set."""
        task = self._evaluation.task(name)
        return code_of(task.find, task.boundaries if boundaries else task.work)

    def listing(self, name: str) -> list[Entry]:
        """Return all files of a prediction set, and those it refers to, listed once."""
        if name not in self._listings:
            one = self._evaluation.sets[name]
            self._listings[name] = list_predictions(one.path, one.task)
            if one.images:
                self._listings[name] += listed_json(one.images)
        return self._listings[name]

    def names_token(self, name: str) -> str:
        """Return a param that changes when a set's files come or go, or a JSON file is edited.

        It also changes when frames come or go that no table names.
        """
        of_frames = ".json" in self._evaluation.task(name).ending
        return digest(
            *(
                repr(entry) if entry.name.endswith(".json") and not of_frames else entry.name
                for entry in self.listing(name)
            ),
            *(frame for frames in self._evaluation.raw_frames(name).values() for frame in frames),
        )

    def content_token(self, name: str) -> str:
        """Return a param that changes when any file of a set does."""
        return dataset.fingerprint(self.listing(name))

    def city_token(self, name: str, city: str) -> list[str]:
        """Return a param that changes when the files counted in a city of a set do.

        If files do not name their city, as masks and a JSON file for all, it is any change of
        the set. The raw files and released label images that it is compared with are included.
        """
        one, task = self._evaluation.sets[name], self._evaluation.task(name)
        entries = self.listing(name)
        if task.by_city and one.path.suffix != ".json":
            cities = [shard.city for shard in self._evaluation.shards_of(name)]
            others = [other for other in cities if other != city]
            entries = [entry for entry in entries if _may_be_of(entry.name, city, others)]
        token = [dataset.fingerprint(entries)]
        shard, root = Shard("gtFine", one.split, city), Path(self._settings.dataset)
        for source in task.raw_truth:
            folder = root / SOURCES[source][0].format(**shard._asdict())
            token.append(dataset.fingerprint(dataset.list_files(folder, "")))
        if self._truth.is_released(task):
            endings = tuple(f"_{KINDS[kind].ending_of(shard)}" for kind in task.truth)
            token.append(dataset.fingerprint(dataset.list_files(root / shard.folder, endings)))
        return token

    def people_token(self, split: str) -> str:
        """Return a param that changes when a file of CityPersons does."""
        root, kind = Path(self._settings.dataset), "gtBboxCityPersons"
        return digest(
            *(
                dataset.fingerprint(dataset.list_files(root / shard.folder, ""))
                for shard in raw_shards(root, kind, split)
            )
        )


def _may_be_of(name: str, city: str, others: list[str]) -> bool:
    """Return True if a file's name holds a frame of a city, or no other city's."""
    base = composed(os.path.basename(name))
    return composed(city) in base or not any(composed(other) in base for other in others)

"""The flags of the scripts that count and score predictions, from the settings."""

import json

from cityscapes.workflow.evaluation import Evaluation
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.truth import Truth


class Scoring:
    """How the predictions of each set are read, counted and scored."""

    def __init__(self, settings: Settings, evaluation: Evaluation, truth: Truth):
        self._settings = settings
        self._evaluation = evaluation
        self._truth = truth

    def edits_flag(self) -> str:
        """Return the flag that asks to compare edited frames with their edits, or ""."""
        return "--with-edits" * self._settings.scores_edits

    def allow_missing_flag(self, name: str) -> str:
        """Return the flag that lets predictions of a set be missing, or ""."""
        return "--allow-missing" * self._evaluation.sets[name].allow_missing

    def reading_options(self, name: str) -> list[str]:
        """Return the flags for reading the predictions of a set."""
        one = self._evaluation.sets[name]
        flags = [f"--encoding={one.encoding}"]
        flags += [f"--resize={one.resize}"] if one.resize else []
        return flags + ([f"--images={one.images}"] if one.images else [])

    def score_options(self, name: str) -> list[str]:
        """Return the flags of the task's own script of scores."""
        return self._flags(name, self._evaluation.task(name).options)

    def score_settings(self, name: str) -> list[str]:
        """Return a param: what the scores depend on besides the counts."""
        return self._tokens(name, self._evaluation.task(name).options)

    def only_classes(self, name: str) -> str:
        """Return the names of the classes to be scored, as JSON; none stands for all."""
        return json.dumps(self._evaluation.sets[name].classes)

    def count_options(self, name: str, boundaries: str = "") -> list[str]:
        """Return the flags of the script of counts for the task, or for boundaries."""
        if boundaries:
            return ["--boundaries", f"--settings={self.boundary_settings(name)}"]
        return self._flags(name, self._evaluation.task(name).count_options)

    def count_settings(self, name: str, boundaries: str = "") -> list[str]:
        """Return a param: what the counts depend on besides files and classes."""
        if boundaries:
            return [self.boundary_settings(name)]
        return self._tokens(name, self._evaluation.task(name).count_options)

    def boundary_settings(self, name: str) -> str:
        """Return the settings of the metrics of boundaries, as JSON."""
        own = dict(self._settings.config["evaluation"]["boundaries"])
        one = self._evaluation.sets[name]
        own |= {"encoding": one.encoding, "void": list(one.void)}
        return json.dumps(own, sort_keys=True)

    def boundary_truth(self, name: str) -> list[str]:
        """Return the flag of the split's JSON file, which names the classes of panoptic sets."""
        return [f"--truth={path}" for path in self._truth.of_split(name)]

    def _flags(self, name: str, flags: tuple[str, ...]) -> list[str]:
        options = self._options(name)
        return [f"--{flag}={options[flag][0]}" for flag in flags]

    def _tokens(self, name: str, flags: tuple[str, ...]) -> list[str]:
        options = self._options(name)
        return [f"{flag}={options[flag][1]}" for flag in flags]

    def _options(self, name: str) -> dict[str, tuple[str, str]]:
        """Return flag -> value; with the parts that scores depend on, as the truth is an input."""
        one = self._evaluation.sets[name]
        void, classes = json.dumps(one.void), json.dumps(one.classes)
        sizes = json.dumps(self._settings.config["evaluation"]["average_sizes"], sort_keys=True)
        own = json.dumps(self._evaluation.settings_of_task(name), sort_keys=True)
        known = {
            "labels": (self._settings.labels, self._settings.digest_of("panoptic_trainId.json")),
            "encoding": (one.encoding, one.encoding),
            "void": (void, void),
            "classes": (classes, classes),
            "average-sizes": (sizes, sizes),
            "truth": ("".join(self._truth.of_split(name)), ""),
            "settings": (own, own),
            "person-labels": (self._settings.person_labels, self._settings.digest_of_people()),
        }
        return known

"""The prediction sets that a run scores: of the config, of a folder of results, of the sample."""

from pathlib import Path

from cityscapes.errors import DataError
from cityscapes.evaluation.sets import (
    PredictionSet,
    check_set_name,
    check_settings,
    sets_of_results_folder,
)
from cityscapes.evaluation.tasks import SAMPLE_SETS
from cityscapes.files.config_paths import config_path
from cityscapes.workflow.settings import Settings


def prediction_sets(settings: Settings) -> dict[str, PredictionSet]:
    """Map names to sets: of the config, else of CITYSCAPES_RESULTS, else of the sample.

    Raises DataError if a setting of a set, or of its ground truth, is wrong.
    """
    _check_truth(settings)
    if described := settings.config["predictions"]:
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
    if root := results_folder(settings):
        found = sets_of_results_folder(Path(config_path(root)))
        return {one.name: one for one in found}
    if not settings.is_sample:
        return {}
    return {
        name: PredictionSet(name, task, sample_predictions(settings) / path)
        for name, (task, path) in SAMPLE_SETS.items()
    }


def results_folder(settings: Settings) -> str:
    """Return the folder in CITYSCAPES_RESULTS; "" if it is not set."""
    return settings.environment.get("CITYSCAPES_RESULTS", "")


def sample_predictions(settings: Settings) -> Path:
    """Return the folder of the sample's predictions."""
    return settings.resources / "sample/predictions"


def _check_truth(settings: Settings) -> None:
    if settings.scores_edits and settings.truth_is_released:
        raise DataError(
            "evaluation: released label images, which `truth: released` asks for, hold no "
            "edits: set `edits: false`, or `truth: prepared`"
        )

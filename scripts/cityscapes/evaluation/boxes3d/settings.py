"""The settings of the evaluation of 3-D vehicles; the defaults are those of the reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cityscapes.evaluation.boxes3d.matching import THRESHOLDS

LABELS = ("car", "truck", "bus", "train", "motorcycle", "bicycle")


@dataclass(frozen=True)
class Settings3d:
    """The settings of `evaluation: boxes3d` in the config."""

    labels: tuple[str, ...] = LABELS
    min_iou: float = 0.7  # above it, boxes overlap enough
    max_depth: int = 100  # metres; vehicles from there on are in no depth bin
    step_size: int = 5  # metres of a depth bin
    working_confidence: float = -1.0  # one of THRESHOLDS; -1 for the best of each class
    modal: bool = False  # compare boxes around the visible part, not around the whole vehicle
    skip_incomplete: bool = False  # leave predictions out that lack a key, as the reference does
    image_size: tuple[int, int] = (2048, 1024)  # width, height that boxes are clipped to

    @property
    def bins(self) -> range:
        """Return the start of each depth bin, in metres."""
        return range(0, self.max_depth + 1, self.step_size)

    @property
    def working_threshold(self) -> int | None:
        """Return the number of the threshold of `working_confidence`; None for the best.

        UPSTREAM: it is the next threshold that is not lower, 1 at most.
        """
        if self.working_confidence == -1:
            return None
        above = THRESHOLDS >= self.working_confidence
        return int(above.argmax()) if above.any() else len(THRESHOLDS) - 1

    @property
    def of_counts(self) -> tuple:
        """Return the settings that the counts of a frame depend on."""
        return self.labels, self.min_iou, self.modal, self.skip_incomplete, self.image_size


def settings_of(config: Mapping[str, Any]) -> Settings3d:
    """Return the settings in the config's section, with defaults for missing ones."""
    lists = {key: tuple(value) for key, value in config.items() if isinstance(value, list)}
    return Settings3d(**{**config, **lists})

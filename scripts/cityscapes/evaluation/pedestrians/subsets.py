"""The subsets of pedestrians that are scored separately."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Stands for "no upper limit" in the official subsets.
NO_LIMIT = 1e10


@dataclass(frozen=True)
class Subset:
    """Pedestrians by height in pixels and visible share of their box; all limits are included.

    Other pedestrians and people are to be ignored: finding them is neither right nor wrong.
    """

    name: str
    height: tuple[float, float] = (0, NO_LIMIT)
    visibility: tuple[float, float] = (0, NO_LIMIT)


# In the order of the reference, eval_MR_multisetup. Papers also call visibility 0 to 0.65 "heavy".
OFFICIAL = (
    Subset("Reasonable", (50, NO_LIMIT), (0.65, NO_LIMIT)),
    Subset("Reasonable_small", (50, 75), (0.65, NO_LIMIT)),
    Subset("Reasonable_occ=heavy", (50, NO_LIMIT), (0.2, 0.65)),
    Subset("All", (20, NO_LIMIT), (0.2, NO_LIMIT)),
)


def subsets_of(config: Mapping[str, Any]) -> tuple[Subset, ...]:
    """Return the official subsets, and those that the config's section adds.

    A range there is [from] or [from, to].
    """
    named = [
        Subset(name, *(_range(limits.get(key, [0])) for key in ("height", "visibility")))
        for name, limits in config.get("subsets", {}).items()
    ]
    return (*OFFICIAL, *named)


def _range(limits: list[float]) -> tuple[float, float]:
    return limits[0], limits[1] if len(limits) > 1 else NO_LIMIT

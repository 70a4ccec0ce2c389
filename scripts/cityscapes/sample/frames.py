"""The frames of the sample: splits, cities, frame numbers, and how N frames are spread."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class City:
    """A city of the sample: its split, its share of the frames and how its frames are numbered."""

    split: str
    name: str
    share: int
    # Frame k has sequence k and frame number start, or with a step sequence 0, start + k * step.
    start: int
    step: int = 0
    most: int | None = None


@dataclass(frozen=True, order=True)
class SampleFrame:
    """One frame of the sample; `index` counts the frames of its city."""

    split: str
    city: str
    sequence: int
    frame: int
    index: int

    @property
    def name(self) -> str:
        return f"{self.city}_{self.sequence:06d}_{self.frame:06d}"


# fmt: off
CITIES = [
    City("train",       "aachen",     4, start=19),
    City("train",       "bochum",     3, start=313, step=287),
    City("train",       "zurich",     3, start=19),
    City("val",         "frankfurt",  3, start=294, step=282),
    City("val",         "lindau",     2, start=19),
    City("val",         "munster",    2, start=19),
    City("test",        "berlin",     2, start=19),
    City("test",        "munich",     2, start=19),
    City("train_extra", "augsburg",   3, start=0, step=30),
    City("train_extra", "bad-honnef", 2, start=0, step=30),
    City("demoVideo",   "stuttgart",  2, start=1, step=1, most=2),
]
# fmt: on


def spread(count: int, splits: Iterable[str]) -> list[SampleFrame]:
    """Spread `count` frames over the cities of some splits, in the order of their paths.

    A city keeps its first frames whatever the count, so a larger sample contains a smaller one.
    """
    splits = set(splits)
    cities = [city for city in CITIES if city.split in splits]
    held = dict.fromkeys(cities, 0)
    for _ in range(count if cities else 0):
        held[_most_behind(held)] += 1
    return sorted(_frame(city, k) for city, number in held.items() for k in range(number))


def _most_behind(held: dict[City, int]) -> City:
    """Return the city with the fewest frames for its share; every city gets one first."""
    room = [city for city, number in held.items() if city.most is None or number < city.most]
    return min(room, key=lambda city: (held[city] > 0, held[city] / city.share))


def _frame(city: City, k: int) -> SampleFrame:
    if city.step:
        return SampleFrame(city.split, city.name, 0, city.start + k * city.step, k)
    return SampleFrame(city.split, city.name, k, city.start, k)

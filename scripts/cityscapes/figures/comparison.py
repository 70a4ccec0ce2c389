"""The figure that compares prediction sets of one task, with intervals from draws of frames."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cityscapes.evaluation.bootstrap import (
    FrameCounts,
    class_scores,
    drawn_scores,
    interval,
    means,
)
from cityscapes.figures import style
from cityscapes.figures.names import SCORE_OF
from cityscapes.figures.style import Drawn

MEAN = "all classes"
# ASSUME: draws of fewer frames say nothing: those of a class in a single frame never differ.
FEWEST_FRAMES = 5
# Sets whose differences from the first one fit the figure; the table has all pairs.
_MOST_SHOWN = 3


@dataclass(frozen=True)
class Difference:
    """The difference of a score of the second set from that of the first."""

    first: str
    second: str
    name: str  # of the class, or MEAN
    scores: tuple[float, float]
    value: float
    low: float
    high: float
    frames: int  # that the score of either set rests on

    @property
    def is_beyond_chance(self) -> bool:
        """Return True if the interval does not contain 0, and is based on enough frames."""
        return self.frames >= FEWEST_FRAMES and (self.low > 0 or self.high < 0)


def differences(sets: Mapping[str, FrameCounts]) -> list[Difference]:
    """Return differences of all pairs of sets, for all classes and each, on frames of all sets."""
    frames, classes = _shared(sets)
    every = np.ones((1, len(frames)), dtype=np.int64)
    scores, shown = {}, np.zeros((len(frames), 1 + len(classes)), dtype=bool)
    shown[:, 0] = True
    for name, counts in sets.items():
        shared = counts.of(frames, [one for one in classes if one in counts.classes])
        places = [1 + classes.index(one) for one in shared.classes]
        shown[:, places] |= shared.values.any(axis=2)
        scores[name] = tuple(
            _with_mean(shared, classes, by_class)
            for by_class in (class_scores(shared, every), drawn_scores(shared))
        )
    found = []
    names = list(sets)
    for n, first in enumerate(names):
        for second in names[n + 1 :]:
            (a, many_a), (b, many_b) = scores[first], scores[second]
            for column, name in enumerate([MEAN, *classes]):
                low, high = interval(many_b[:, column] - many_a[:, column])
                pair = float(a[0, column]), float(b[0, column])
                value, rests_on = pair[1] - pair[0], int(shown[:, column].sum())
                found.append(Difference(first, second, name, pair, value, low, high, rests_on))
    return found


def headline(sets: Mapping[str, FrameCounts]) -> dict[str, tuple[float, float, float]]:
    """Map sets to the score over all frames of their own, and the interval around it."""
    found = {}
    for name, counts in sets.items():
        every = np.ones((1, len(counts.frames)), dtype=np.int64)
        score = float(means(class_scores(counts, every))[0])
        found[name] = score, *interval(means(drawn_scores(counts)))
    return found


def compared(task: str, sets: Mapping[str, FrameCounts]) -> Drawn:
    """Return the scores of all sets, and their differences from the first one."""
    found, scores = differences(sets), headline(sets)
    first = next(iter(sets))
    others = list(sets)[1 : 1 + _MOST_SHOWN]
    names = list(dict.fromkeys(one.name for one in found))
    above, below = 0.4 + 0.15 * len(scores), 0.4 + 0.17 * max(len(names), 3)
    figure = style.new_figure(above + below + 0.2 + 0.15 * len(others))
    left, right = figure.subplots(2, 1, height_ratios=(above, below))
    for row, (_, (score, low, high)) in enumerate(scores.items()):
        left.plot([low, high], [row, row], color=style.EDGE, linewidth=1)
        left.plot(score, row, "o", color=style.SERIES[0], markersize=3.5)
    style.name_rows(left, scores)
    left.set_xlabel(f"{SCORE_OF[task]}, with its 95 % interval")
    left.grid(axis="x")
    for number, other in enumerate(others):
        shift = (number - (len(others) - 1) / 2) * 0.22
        color = style.SERIES[number + 1]
        # Filled in the legend, whether the first difference is beyond chance or not.
        label = f"{style.short_name(other)} \N{MINUS SIGN} {style.short_name(first)}"
        right.plot([], [], "o-", color=color, markersize=3.5, label=label)
        for one in found:
            if (one.first, one.second) != (first, other) or np.isnan(one.value):
                continue
            place = names.index(one.name) + shift
            right.plot([one.low, one.high], [place, place], color=color, linewidth=1)
            inside = color if one.is_beyond_chance else "white"
            right.plot(
                one.value, place, "o", color=color, markerfacecolor=inside, markersize=3.5
            )  # fmt: skip
    right.axvline(0, color=style.EDGE, linewidth=0.8)
    right.axhline(0.5, color=style.GREY, linewidth=0.6)
    style.name_rows(right, names)
    right.set_xlabel(f"difference of {SCORE_OF[task].removeprefix('m')}, with its 95 % interval")
    right.grid(axis="x")
    if others:
        figure.legend(loc="outside lower center")
    columns = [
        "first", "second", "name", "score of first", "score of second", "difference", "low",
        "high", "frames", "beyond chance",
    ]  # fmt: skip
    rows = [
        (
            one.first, one.second, one.name, *one.scores, one.value, one.low, one.high, one.frames,
            "yes" if one.is_beyond_chance else "no",
        )
        for one in found
    ]  # fmt: skip
    return Drawn(figure, columns, rows)


def _shared(sets: Mapping[str, FrameCounts]) -> tuple[list[str], list[str]]:
    """Return the frames that all sets have, and all classes, in the order of the sets."""
    frames = set.intersection(*(set(one.frames) for one in sets.values()))
    classes = list(dict.fromkeys(name for one in sets.values() for name in one.classes))
    return sorted(frames), classes


def _with_mean(counts: FrameCounts, classes: list[str], scores: np.ndarray) -> np.ndarray:
    """float64 (draws, 1 + classes): the mean, and each class; nan for those that a set lacks."""
    wide = np.full((len(scores), 1 + len(classes)), np.nan)
    wide[:, 0] = means(scores)
    wide[:, [1 + classes.index(name) for name in counts.classes]] = scores
    return wide

"""Sentences on which prediction set is the best of its task, where, and whether that is chance."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cityscapes.figures.comparison import MEAN
from cityscapes.figures.names import SCORE_OF
from cityscapes.report.html import read_rows

# Classes that a sentence names, those with the largest differences.
_MOST_NAMED = 4
_DIGITS = 3


class _Pair(NamedTuple):
    """How much higher the score of one set is than that of another."""

    name: str  # of the class, or MEAN
    scores: tuple[float, float]
    difference: float
    low: float
    high: float
    beyond_chance: bool


def ranking(path: Path) -> list[str]:
    """Return the sets of a comparison, the best one first; `path` is its CSV file."""
    scores = {}
    for row in _rows(path):
        if row["name"] == MEAN:
            scores[row["first"]] = float(row["score of first"])
            scores[row["second"]] = float(row["score of second"])
    there = [name for name, score in scores.items() if not math.isnan(score)]
    return sorted(there, key=lambda name: -scores[name])


def sentences(path: Path, task: str) -> list[str]:
    """Return a sentence on the best set and each other one, the best ones first."""
    if not (ranked := ranking(path)):
        return []
    best, *others = ranked
    return [_sentence(best, other, _pairs(path, best, other), SCORE_OF[task]) for other in others]


def _sentence(best: str, other: str, pairs: list[_Pair], score: str) -> str:
    of_all = next(one for one in pairs if one.name == MEAN)
    a, b = of_all.scores
    certain = [one for one in pairs if one.beyond_chance and one.name != MEAN]
    certain.sort(key=lambda one: -abs(one.difference))
    better = [one.name for one in certain if one.difference > 0]
    worse = [one.name for one in certain if one.difference < 0]
    chance = "which is beyond chance" if of_all.beyond_chance else "which may be chance"
    text = (
        f"{best} has {score} {a:.{_DIGITS}f}, {other} {b:.{_DIGITS}f}: a difference of "
        f"{of_all.difference:.{_DIGITS}f} ({of_all.low:.{_DIGITS}f} to "
        f"{of_all.high:.{_DIGITS}f}), {chance}."
    )
    if better:
        text += f" Beyond chance, {best} is better for {_named(better)}."
    if worse:
        text += f" Beyond chance, {other} is better for {_named(worse)}."
    return text if certain else f"{text} No difference of a class is beyond chance."


def _named(names: list[str]) -> str:
    shown = names[:_MOST_NAMED]
    left = len(names) - len(shown)
    if left:
        return f"{', '.join(shown)} and {left} more {'class' if left == 1 else 'classes'}"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[:-1] else shown)


def _pairs(path: Path, best: str, other: str) -> list[_Pair]:
    found = []
    for row in _rows(path):
        sign = {(best, other): -1, (other, best): 1}.get((row["first"], row["second"]))
        if sign is None:
            continue
        first, second = float(row["score of first"]), float(row["score of second"])
        low, high = sorted((sign * float(row["low"]), sign * float(row["high"])))
        found.append(
            _Pair(
                row["name"], (second, first) if sign > 0 else (first, second),
                sign * float(row["difference"]), low, high, row["beyond chance"] == "yes",
            )
        )  # fmt: skip
    return found


def _rows(path: Path) -> list[Mapping[str, str]]:
    columns, rows = read_rows(path)
    return [dict(zip(columns, row, strict=True)) for row in rows]

"""Figures of the scores of a prediction set, from the tables of its evaluation."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from cityscapes.evaluation.bootstrap import FrameCounts, class_scores, means, read_counts
from cityscapes.figures import style
from cityscapes.figures.names import SCORE_OF
from cityscapes.figures.style import Drawn
from cityscapes.files.csv_frame import read_csv
from cityscapes.labels import LabelTable

_PANELS_IN_ROW = 3
_SHOWN_PERCENT = 0.5
_TENTHS = np.linspace(0, 1, 11)
# Overlap -> how its curve is drawn.
_CURVES = {"0.50": "-", "0.75": "--"}
# Column -> its dots.
_DISTANCES = {"AP": "any", "AP100m": "up to 100 m", "AP50m": "up to 50 m"}
_SIZES = {"AP small": "small", "AP medium": "medium", "AP large": "large"}
_SIZE_OBJECTS = ("small objects", "medium objects", "large objects")
_MARKERS = ("o", "s", "^")


def all_of(
    task: str, folder: Path, table: LabelTable, city_of: Mapping[str, str]
) -> dict[str, Drawn]:
    """Map names to figures, from `results/evaluation/<set>`; `city_of` is frame -> city."""
    drawn = {name: draw(folder, table) for name, draw in _FIGURES[task].items()}
    return drawn | {"cities": cities(folder, city_of)}


def iou(folder: Path, table: LabelTable) -> Drawn:
    """Draw IoU and iIoU by class."""
    return _bars_and_diamonds(folder, table, "IoU", "iIoU")


def average_precision(folder: Path, table: LabelTable) -> Drawn:
    """Draw AP and AP50 by class."""
    return _bars_and_diamonds(folder, table, "AP", "AP50")


def confusion(folder: Path, table: LabelTable) -> Drawn:
    """Draw the shares of the true pixels of each evaluated class."""
    classes = read_csv(folder / "classes.csv")
    names = list(classes.loc[classes["IoU"].notna(), "name"])
    counts = read_csv(folder / "confusion.csv").set_index("true \\ predicted")
    rows = counts.loc[names, list(counts.index)]  # further columns hold remarks
    shares = rows[names].div(rows.sum(axis=1).replace(0, np.nan), axis=0).to_numpy()
    text = [
        (row, column, f"{100 * share:.0f}")
        for (row, column), share in np.ndenumerate(shares)
        if 100 * share >= _SHOWN_PERCENT
    ]
    figure, axes = style.matrix(names, shares, "share of the true pixels", text)
    axes.set_ylabel("true class")
    axes.set_xlabel("predicted class")
    table_rows = [(name, *row) for name, row in zip(names, shares.tolist(), strict=True)]
    return Drawn(figure, ["true \\ predicted", *names], table_rows)


def quality(folder: Path, table: LabelTable) -> Drawn:
    """Draw PQ, SQ and RQ by class."""
    classes = read_csv(folder / "classes.csv")
    classes = classes[classes[["tp", "fp", "fn"]].sum(axis=1) > 0]
    names = list(classes["name"])
    figure = style.new_figure(0.5 + 0.15 * max(len(names), 3))
    panels = figure.subplots(1, 3, sharey=True)
    for axes, score in zip(panels, ("PQ", "SQ", "RQ"), strict=True):
        style.bars(axes, names, classes[score], style.colors_of(names, table))
        style.shares(axes.xaxis)
        axes.set_xlabel(score)
    columns = ["name", "PQ", "SQ", "RQ"]
    return Drawn(figure, columns, _rows(classes, columns))


def cities(folder: Path, city_of: Mapping[str, str]) -> Drawn:
    """Draw the headline score over the frames of each city; `city_of` is frame -> city."""
    counts = read_counts(folder)
    of_city = pd.Series([city_of.get(frame, UNKNOWN) for frame in counts.frames], dtype=str)
    names = sorted(of_city.unique())
    weights = np.array([of_city == name for name in names]).astype(np.int64)
    scores = means(class_scores(counts, weights.reshape(len(names), len(counts.frames))))
    figure = style.new_figure(0.5 + 0.16 * max(len(names), 2))
    axes = figure.add_subplot()
    labels = [
        f"{style.short_name(name)} ({n})"
        for name, n in zip(names, weights.sum(axis=1), strict=True)
    ]
    style.bars(axes, labels, np.nan_to_num(scores), [style.SERIES[0]] * len(names))
    axes.set_xlim(0, 1)
    axes.set_xlabel(f"{SCORE_OF[counts.task]} of the frames of the city (their number)")
    frames = weights.sum(axis=1).tolist()
    rows = list(zip(names, frames, scores.tolist(), strict=True))
    return Drawn(figure, ["city", "frames", SCORE_OF[counts.task]], rows)


def precision_recall(folder: Path, table: LabelTable) -> Drawn:
    """Draw precision over recall by class, for two overlaps."""
    counts = read_counts(folder)
    names = counts.classes
    lines = -(-len(names) // _PANELS_IN_ROW) or 1
    figure = style.new_figure(0.45 + 0.95 * lines)
    panels = figure.subplots(lines, _PANELS_IN_ROW, squeeze=False, sharex=True, sharey=True)
    for axes in panels.ravel():
        axes.set_visible(False)
    rows: list[tuple] = []
    for axes, name in zip(panels.ravel(), names, strict=False):
        axes.set_visible(True)
        style.shares(axes.xaxis)
        style.shares(axes.yaxis)
        axes.set(xlim=(0, 1.04), ylim=(0, 1.06))
        axes.set_title(style.short_name(name), pad=2)
        axes.grid()
        axes.tick_params(labelbottom=True, labelleft=True)
        for (overlap, line), color in zip(_CURVES.items(), style.SERIES, strict=False):
            curve = curve_of(counts, name, overlap)
            rows += [(name, overlap, *point) for point in curve.tolist()]
            # Below the recall of the first point the precision is that of the first point.
            drawn = np.vstack([curve[:1] * (1, 0, 1), curve])
            axes.plot(drawn[:, 1], drawn[:, 2], line, color=color, label=f"overlap {overlap}")
    if names:
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=2)
        figure.supxlabel("recall", fontsize=7)
        figure.supylabel("precision", fontsize=7)
    return Drawn(figure, ["name", "overlap", "confidence", "recall", "precision"], rows)


def curve_of(counts: FrameCounts, name: str, overlap: str) -> np.ndarray:
    """float64 (n, 3): confidence, recall and precision of all predictions from a confidence on.

    In descending confidence, one point for equal ones.
    """
    assert counts.predictions is not None
    found = counts.predictions
    found = found[(found["name"] == name) & (found[overlap] >= 0)]
    found = found.sort_values("confidence", ascending=False, kind="stable")
    objects = counts.values[:, counts.classes.index(name), 0].sum()
    hits = found[overlap].cumsum().to_numpy(dtype=float)
    sure = found["confidence"].to_numpy(dtype=float)
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / objects if objects else np.full(len(hits), np.nan)
    last = np.append(np.diff(sure) != 0, True)[: len(sure)]
    return np.stack([sure, recall, precision], axis=1)[last]


def calibration(folder: Path, table: LabelTable) -> Drawn:
    """Draw the share of right predictions by their confidence."""
    found = read_csv(folder / "predictions.csv")
    found = found[found["0.50"] >= 0]
    tenth = np.clip((found["confidence"] * 10).astype(int), 0, 9)
    number = np.bincount(tenth, minlength=10)
    right = np.bincount(tenth, weights=found["0.50"], minlength=10)
    share = np.divide(right, number, out=np.full(10, np.nan), where=number > 0)
    figure = style.new_figure(2.1)
    axes = figure.add_subplot()
    behind = axes.twinx()
    behind.bar(_TENTHS[:-1], number, 0.1, align="edge", color="#e4e4e4", edgecolor="white")
    behind.set_ylabel("predictions")
    behind.spines["right"].set_visible(True)
    axes.set_zorder(behind.get_zorder() + 1)
    axes.patch.set_visible(False)
    axes.plot([0, 1], [0, 1], ":", color=style.EDGE, linewidth=0.8)
    axes.plot(_TENTHS[:-1] + 0.05, share, "o-", color=style.SERIES[1], markersize=3)
    axes.set(xlim=(0, 1), ylim=(0, 1.03), xlabel="confidence", ylabel="share that is true")
    rows = list(zip(_TENTHS[:-1].round(1).tolist(), number.tolist(), share.tolist(), strict=True))
    return Drawn(figure, ["confidence from", "predictions", "share that is true"], rows)


def ranges(folder: Path, table: LabelTable) -> Drawn:
    """Draw AP by distance, and by size of the objects."""
    scores = read_csv(folder / "classes.csv")[["name", *_DISTANCES]]
    sizes = read_csv(folder / "sizes.csv")[["name", *_SIZES, *_SIZE_OBJECTS]]
    both = scores.merge(sizes, on="name")
    by_range = [*_DISTANCES, *_SIZES]
    both[by_range] = both[by_range].astype(float)
    shown = both[both["AP"].notna()]
    mean = {"name": "all classes", **shown[by_range].mean(), **shown[[*_SIZE_OBJECTS]].sum()}
    shown = pd.concat([pd.DataFrame([mean]), shown], ignore_index=True)
    names = list(shown["name"])
    figure = style.new_figure(1.3 + 0.3 * max(len(names), 3))
    panels = figure.subplots(2, 1)
    for axes, columns, what in zip(
        panels, (_DISTANCES, _SIZES), ("distance", "size"), strict=True
    ):
        for number, (column, label) in enumerate(columns.items()):
            if shown[column].isna().all():
                continue  # no depth: nothing in the legend either
            axes.plot(
                shown[column], np.arange(len(names)) + (number - 1) * 0.2, _MARKERS[number],
                color=style.SERIES[number], markersize=3, linestyle="none", label=label,
                clip_on=False,
            )  # fmt: skip
        axes.axhline(0.5, color=style.GREY, linewidth=0.6)
        style.name_rows(axes, names)
        axes.set(xlim=(0, 1), xlabel=f"AP by {what}")
        axes.grid(axis="x")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, handletextpad=0.1)
    all_columns = ["name", *by_range, *_SIZE_OBJECTS]
    return Drawn(figure, all_columns, _rows(shown, all_columns))


UNKNOWN = "without prediction"  # frames without a city in the table of predictions
_FIGURES: dict[str, dict[str, Callable[[Path, LabelTable], Drawn]]] = {
    "pixel": {"iou": iou, "confusion": confusion},
    "instance": {
        "ap": average_precision,
        "precision_recall": precision_recall,
        "calibration": calibration,
        "ranges": ranges,
    },
    "panoptic": {"quality": quality},
}


def _bars_and_diamonds(folder: Path, table: LabelTable, first: str, second: str) -> Drawn:
    classes = read_csv(folder / "classes.csv")
    classes = classes[classes[first].notna()]
    names = list(classes["name"])
    figure = style.new_figure(0.5 + 0.15 * max(len(names), 2))
    axes = figure.add_subplot()
    style.bars(axes, names, classes[first], style.colors_of(names, table))
    axes.plot(
        classes[second], range(len(names)), "D", color="white", markeredgecolor="black",
        markersize=3.5, linestyle="none", clip_on=False,
    )  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_xlabel(f"{first} (bars), {second} (diamonds)")
    columns = ["name", first, second]
    return Drawn(figure, columns, _rows(classes, columns))


def _rows(data: pd.DataFrame, columns: list[str]) -> list[tuple]:
    return list(data[columns].itertuples(index=False, name=None))

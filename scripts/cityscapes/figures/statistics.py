"""Figures of a split's statistics, from their tables."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cityscapes.figures import style
from cityscapes.figures.style import Drawn
from cityscapes.files.csv_frame import read_csv
from cityscapes.labels import LabelTable
from cityscapes.statistics.tables import QUANTILES

_MAPS_IN_ROW = 3
_LETTERS_OF_MAP = 13  # beside the largest share


def all_of(folder: Path, table: LabelTable) -> dict[str, Drawn]:
    """Map names to figures, from `results/statistics/<type>_<split>`."""
    read = {
        name: read_csv(folder / f"{name}.csv")
        for name in ("classes", "frames", "cooccurrence", "heatmaps")
    }
    return {
        "pixels": pixels(read["classes"], table),
        "instances": instances(read["classes"], read["frames"], table),
        "cooccurrence": cooccurrence(read["cooccurrence"], table),
        "heatmaps": heatmaps(read["heatmaps"], table),
    }


def pixels(classes: pd.DataFrame, table: LabelTable) -> Drawn:
    """Draw pixels by class, by category."""
    shown = classes[classes["pixels"] > 0]
    categories = list(dict.fromkeys(shown["category"]))
    order = shown["category"].map(categories.index)
    shown = shown.assign(order=order).sort_values(["order", "pixels"], ascending=[True, False])
    figure = style.new_figure(0.5 + 0.13 * max(len(shown), 4))
    axes = figure.add_subplot()
    names = list(shown["name"])
    hatched = shown["ignored in evaluation"] == 1
    style.bars(axes, names, shown["pixels"], style.colors_of(names, table), hatched)
    if names:
        # From a power of ten below the smallest: the bar of one pixel is seen, too.
        axes.set_xscale("log")
        axes.set_xlim(left=10 ** (np.ceil(np.log10(shown["pixels"].min())) - 1))
    axes.set_xlabel("pixels")
    ends = np.flatnonzero(shown["category"].to_numpy()[1:] != shown["category"].to_numpy()[:-1])
    for end in ends:
        axes.axhline(end + 0.5, color=style.GREY, linewidth=0.6)
    for category in categories:
        rows = np.flatnonzero(shown["category"] == category)
        axes.text(
            1.02, rows.mean(), style.short_name(category), transform=axes.get_yaxis_transform(),
            va="center", fontsize=6.5,
        )  # fmt: skip
    columns = ["name", "category", "pixels", "share"]
    return Drawn(figure, columns, _rows(shown, columns))


def instances(classes: pd.DataFrame, frames: pd.DataFrame, table: LabelTable) -> Drawn:
    """Draw visible instances per frame, and by class."""
    counted = classes[classes["instances"].notna()]
    by_class = counted["instances"] / max(len(frames), 1)
    figure, (left, right) = _stacked(max(len(counted), 2))
    top = int(frames["instances"].max()) if len(frames) else 0
    width = max(1, -(-(top + 1) // 30))
    edges = np.arange(0, top + width + 1, width)
    number, _ = np.histogram(frames["instances"], edges)
    left.bar(edges[:-1], number, width, align="edge", color=style.SERIES[0], edgecolor="white")
    left.set_xlabel("visible instances")
    left.set_ylabel("frames")
    left.grid(axis="y")
    left.yaxis.set_major_locator(MaxNLocator(integer=True))
    names = list(counted["name"])
    style.bars(right, names, by_class, style.colors_of(names, table))
    right.set_xlabel("visible instances a frame")
    rows: list[tuple] = [
        ("frames with so many instances", f"{low} to {low + width - 1}", int(frames_of_bin))
        for low, frames_of_bin in zip(edges[:-1], number, strict=True)
    ]
    rows += [("instances a frame", name, mean) for name, mean in zip(names, by_class, strict=True)]
    return Drawn(figure, ["what", "of", "number"], rows)


def cooccurrence(together: pd.DataFrame, table: LabelTable) -> Drawn:
    """Return the share of the frames with one class that also show another: evaluated classes.

    The numbers are those of all classes: those of the car's bonnet and of the edge of the image
    are seen together with everything.
    """
    names = list(together.iloc[:, 0])
    counts = together.iloc[:, 1:].to_numpy(dtype=float)
    there = np.flatnonzero(counts.diagonal())
    counts, names = counts[np.ix_(there, there)], [names[n] for n in there]
    shares = counts / counts.diagonal()[:, np.newaxis]
    evaluated = {label.name for label in table if not label.ignore_in_eval}
    drawn = [n for n, name in enumerate(names) if name in evaluated]
    figure, axes = style.matrix(
        [names[n] for n in drawn], shares[np.ix_(drawn, drawn)], "share of the frames of the row"
    )
    axes.set_ylabel("frames that show")
    axes.set_xlabel("also show")
    rows = [(name, *row) for name, row in zip(names, shares.tolist(), strict=True)]
    return Drawn(figure, ["frames that show", *names], rows)


def heatmaps(places: pd.DataFrame, table: LabelTable) -> Drawn:
    """Draw the positions of each evaluated class."""
    evaluated = [label.name for label in table if label.id >= 0 and not label.ignore_in_eval]
    maps = {
        name: places.loc[places["name"] == name].iloc[:, 2:].to_numpy(dtype=float)
        for name in evaluated
    }
    maps = {name: shares for name, shares in maps.items() if np.nansum(shares) > 0}
    lines = -(-len(maps) // _MAPS_IN_ROW) or 1
    figure = style.new_figure(0.1 + 0.68 * lines)
    panels = figure.subplots(lines, _MAPS_IN_ROW, squeeze=False).ravel()
    for axes in panels:
        axes.set_axis_off()
    rows = []
    for axes, (name, shares) in zip(panels, maps.items(), strict=False):
        axes.imshow(shares, cmap=style.SEQUENTIAL, vmin=0, vmax=shares.max())
        axes.set_title(
            f"{style.short_name(name, _LETTERS_OF_MAP)} {_percent(shares.max())}", pad=2
        )
        rows += [(name, row, *points) for row, points in enumerate(shares.tolist())]
    return Drawn(figure, list(places.columns), rows)


def distances(folder: Path, table: LabelTable) -> Drawn:
    """Draw distances of instances; `folder` has the tables of a split with depth."""
    classes = read_csv(folder / "distances.csv")
    classes = classes[classes["with distance"] > 0]
    parts = read_csv(folder / "distances_histogram.csv").set_index("name")
    names = list(classes["name"])
    counts = parts.loc[names]
    edges = [int(name.split()[1]) for name in parts.columns]
    width = edges[1] - edges[0]
    figure, (left, right) = _stacked(max(len(names), 2))
    left.bar(edges, counts.sum(), width, align="edge", color=style.SERIES[0], edgecolor="white")
    left.set_xlabel(f"distance in metres (the last bar: {edges[-1]} m and more)")
    left.set_ylabel("instances")
    left.grid(axis="y")
    quantiles = [f"quantile {part:g}" for part in QUANTILES]
    colors = style.colors_of(names, table)
    spreads = classes[quantiles].astype(float).to_numpy()
    for row, (low, quarter, middle, rest, high) in enumerate(spreads):
        right.plot([low, high], [row, row], color=style.EDGE, linewidth=1)
        right.barh(
            row, rest - quarter, 0.5, left=quarter, color=[colors[row]], edgecolor=style.EDGE,
            linewidth=0.5,
        )  # fmt: skip
        right.plot(middle, row, "o", color="white", markeredgecolor="black", markersize=3)
    style.name_rows(right, names)
    right.set_xlim(left=0)
    right.set_xlabel("distance in metres")
    right.grid(axis="x")
    numbers = classes[["name", "instances", "with distance", *quantiles]]
    both = numbers.merge(counts.reset_index(), on="name")
    return Drawn(figure, list(both.columns), _rows(both, list(both.columns)))


def coarse(folder: Path, table: LabelTable) -> Drawn:
    """Draw coarse and fine annotations; `folder` has the tables of a split with both."""
    classes = read_csv(folder / "coarse.csv")
    shown = classes[classes["fine pixels"] > 0]
    names = list(shown["name"])
    figure = style.new_figure(0.75 + 0.15 * max(len(names), 2))
    axes = figure.add_subplot()
    scores = ["covered", "agreement", "IoU"]
    covered, agreement, iou = shown[scores].astype(float).to_numpy().T
    style.bars(axes, names, iou, style.colors_of(names, table))
    for values, marker, label in ((agreement, "D", "agreement"), (covered, "o", "covered")):
        axes.plot(
            values, range(len(names)), marker, color="white", markeredgecolor="black",
            markersize=3.5, linestyle="none", clip_on=False, label=label,
        )  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_xlabel("IoU (bars), agreement, share covered")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    columns = ["name", *scores, "fine pixels", "coarse pixels"]
    return Drawn(figure, columns, _rows(shown, columns))


def positions(folder: Path, table: LabelTable) -> Drawn:
    """Draw positions of frames; `folder` has the tables of a split with vehicle files."""
    places = read_csv(folder / "positions.csv")
    figure = style.new_figure(3)
    axes = figure.add_subplot()
    latitude, longitude = places["latitude"].astype(float), places["longitude"].astype(float)
    axes.plot(longitude, latitude, ".", color=style.SERIES[0], markersize=3)
    middles = places.assign(latitude=latitude, longitude=longitude).groupby("city")
    for city, (north, east) in middles[["latitude", "longitude"]].median().iterrows():
        axes.annotate(
            style.short_name(str(city)),
            (east, north),
            xytext=(3, 3),
            textcoords="offset points",
            fontsize=6.5,
        )
    if len(places):
        # A degree of longitude is shorter by the cosine of the latitude.
        axes.set_aspect(1 / max(np.cos(np.radians(latitude.mean())), 0.1), adjustable="datalim")
    axes.margins(0.1)
    axes.set(xlabel="degrees of longitude", ylabel="degrees of latitude")
    axes.grid()
    columns = ["frame", "city", "latitude", "longitude"]
    return Drawn(figure, columns, _rows(places, columns))


EXTRA = {"distances": distances, "coarse": coarse, "positions": positions}


def _stacked(rows: int) -> tuple[Figure, np.ndarray]:
    """Return a figure of two panels, a histogram and below it one of some rows."""
    below = 0.45 + 0.15 * rows
    figure = style.new_figure(1.3 + below)
    return figure, figure.subplots(2, 1, height_ratios=(1.3, below))


def _percent(share: float) -> str:
    """Return a share as a whole number of percent; of what is there never 0."""
    return "below 1%" if 0 < share < 0.01 else f"{share:.0%}"


def _rows(data: pd.DataFrame, columns: list[str]) -> list[tuple]:
    return list(data[columns].itertuples(index=False, name=None))

"""A figure of miss rates over false positives per image, a panel per subset, a line per set."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from cityscapes.evaluation.pedestrians.scores import REFERENCE_POINTS
from cityscapes.labels import LabelTable

COLUMNS = 4
LOWEST_RATE = 0.01  # a miss rate of 0 cannot be shown on a logarithmic axis


def draw(files: Sequence[Path], table: LabelTable) -> Figure:
    """Return the figure of sets with these `curves.csv`; `classes.csv` is next to each.

    A set has the name of its folder, followed by its log-average miss rate.
    """
    curves = {path.parent.name: _read(path) for path in files}
    rates = {path.parent.name: _read(path.with_name("classes.csv")) for path in files}
    subsets = list(dict.fromkeys(row["name"] for rows in rates.values() for row in rows))
    height = -(-len(subsets) // COLUMNS)
    figure = Figure(figsize=(5 * COLUMNS, 5 * height), dpi=100)
    panels = figure.subplots(height, COLUMNS, squeeze=False).ravel()
    figure.subplots_adjust(0.04, 0.12 / height, 0.98, 1 - 0.08 / height, wspace=0.2, hspace=0.3)
    for axes in panels[len(subsets) :]:
        axes.axis("off")
    colors = colormaps["tab10"].colors  # type: ignore[attr-defined]
    for axes, subset in zip(panels, subsets, strict=False):
        for number, name in enumerate(curves):
            color = colors[number % len(colors)]
            average = next(row["miss rate"] for row in rates[name] if row["name"] == subset)
            points = [
                (float(row["false positives per image"]), float(row["miss rate"]))
                for row in curves[name]
                if row["name"] == subset
            ]
            x, y = np.array(points).reshape(-1, 2).T
            # The miss rate at 0 false positives is drawn from the left edge on.
            label = f"{float(average) * 100:.2f} % {name}"
            axes.step(
                np.maximum(x, 1e-4), np.maximum(y, LOWEST_RATE),
                where="post", color=color, label=label,
            )  # fmt: skip
        for point in (REFERENCE_POINTS[0], REFERENCE_POINTS[-1]):
            axes.axvline(point, color="grey", lw=0.8, ls=":")
        axes.set(
            title=subset, xscale="log", yscale="log", xlim=(1e-3, 10), ylim=(LOWEST_RATE, 1),
            xlabel="false positives per image", ylabel="miss rate",
        )  # fmt: skip
        ticks = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]
        axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.legend(loc="lower left", fontsize=9)
    return figure


def _read(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

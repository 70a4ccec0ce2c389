"""The style of all figures: sizes, fonts and colours, and their output files."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cityscapes.files.tables import write_csv
from cityscapes.files.whole import write_atomic
from cityscapes.labels import LabelTable

matplotlib.use("Agg")
matplotlib.rcParams.update({
    "font.size": 8, "axes.titlesize": 8, "axes.labelsize": 8, "xtick.labelsize": 7,
    "ytick.labelsize": 7, "legend.fontsize": 7, "font.family": "DejaVu Sans",
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "axes.linewidth": 0.6, "grid.color": "#dddddd", "grid.linewidth": 0.5,
    "hatch.linewidth": 0.5, "legend.frameon": False,
    # The same bytes for the same numbers.
    "svg.hashsalt": "cityscapes",
})  # fmt: skip

WIDTH = 6.8  # inches: the text of a page
DOTS = 160  # an inch
EDGE = "#333333"
GREY = "#bbbbbb"
# Shares and densities, from none to all: equally bright for all eyes, and in print.
SEQUENTIAL = "cividis"
# Okabe and Ito (2008): distinguishable with any colour vision.
SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


class Drawn(NamedTuple):
    """A figure, and the numbers that it shows as a table."""

    figure: Figure
    columns: list[str]
    rows: list[tuple]


def write(drawn: Drawn, path: Path) -> None:
    """Write `<path>.svg`, `<path>.png` and `<path>.csv`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for ending, metadata in (
        ("svg", {"Date": None, "Creator": None}),
        ("png", {"Software": None}),
    ):
        data = io.BytesIO()
        drawn.figure.savefig(data, format=ending, dpi=DOTS, metadata=metadata)
        write_atomic(path.with_name(f"{path.name}.{ending}"), data.getvalue())
    write_csv(path.with_name(f"{path.name}.csv"), drawn.columns, drawn.rows)


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure, in inches."""
    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def colors_of(names: Iterable[str], table: LabelTable) -> list[tuple[float, ...]]:
    """Return the colours of classes; grey for a name that the label table does not have."""
    grey: tuple[float, ...] = (0.6, 0.6, 0.6)
    found = ((table.by_name[name].color if name in table.by_name else None) for name in names)
    return [tuple(part / 255 for part in color) if color else grey for color in found]


def bars(
    axes: Axes,
    names: list[str],
    values: Iterable[float],
    colors: list,
    hatched: Iterable[bool] = (),
) -> None:
    """Draw horizontal bars, the first one on top, each in its colour; hatched ones are pale."""
    places, lengths = range(len(names)), np.fromiter(values, dtype=float)
    drawn = axes.barh(places, lengths, 0.72, color=colors, edgecolor=EDGE, linewidth=0.5)
    for bar, color, hatch in zip(drawn, colors, hatched, strict=False):
        if hatch:
            bar.set_facecolor([(part + 1) / 2 for part in color])
            bar.set_hatch("////")
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x")


def matrix(
    axes: Axes, names: list[str], values: np.ndarray, text: Iterable[tuple[int, int, str]] = ()
) -> matplotlib.image.AxesImage:
    """Draw shares from 0 to 1 as a matrix of colours, with numbers in some of its fields."""
    image = axes.imshow(values, cmap=SEQUENTIAL, vmin=0, vmax=1, aspect="equal")
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for row, column, number in text:
        dark = "black" if values[row, column] > 0.55 else "white"
        axes.text(column, row, number, ha="center", va="center", fontsize=5.5, color=dark)
    return image

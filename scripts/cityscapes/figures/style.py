"""The style of all figures: sizes, fonts and colours, and their output files."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FormatStrFormatter

from cityscapes.files.tables import write_csv
from cityscapes.files.whole import write_atomic
from cityscapes.labels import LabelTable

matplotlib.use("Agg")
matplotlib.rcParams.update({
    "font.size": 7, "axes.titlesize": 7, "axes.labelsize": 7, "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5, "legend.fontsize": 6.5, "font.family": "DejaVu Sans",
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "axes.linewidth": 0.6, "grid.color": "#dddddd", "grid.linewidth": 0.5,
    "hatch.linewidth": 0.5, "legend.frameon": False, "legend.handletextpad": 0.3,
    "lines.linewidth": 1, "xtick.major.width": 0.6, "ytick.major.width": 0.6,
    # The same bytes for the same numbers.
    "svg.hashsalt": "cityscapes",
})  # fmt: skip

# Inches: a column of a paper with two. At this size all text has 5 points or more.
WIDTH = 3.3
DOTS = 300  # an inch
EDGE = "#333333"
GREY = "#bbbbbb"
TINY = 5  # points: text in the fields of a matrix
_FIELD = 0.085  # inches: the smallest field of a matrix that a line of text fits beside
_MOST_LETTERS = 22
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


def short_name(name: str, most: int = _MOST_LETTERS) -> str:
    """Return a name of at most so many letters: the middle of a longer one is left out."""
    if len(name) <= most:
        return name
    begin = most // 2
    return f"{name[:begin]}…{name[begin + 1 - most :]}"


def name_rows(axes: Axes, names: Iterable[str]) -> None:
    """Name the rows of a panel, the first one on top."""
    texts = [short_name(name) for name in names]
    axes.set_yticks(range(len(texts)), texts)
    axes.set_ylim(max(len(texts), 1) - 0.4, -0.6)


def shares(axis: Axis) -> None:
    """Let an axis go from 0 to 1, with few ticks: panels are narrow."""
    axis.set_major_locator(FixedLocator([0, 0.5, 1]))
    axis.set_minor_locator(FixedLocator([0.25, 0.75]))
    axis.set_major_formatter(FormatStrFormatter("%g"))
    axes = axis.axes
    (axes.set_xlim if axis is axes.xaxis else axes.set_ylim)(0, 1)


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
    name_rows(axes, names)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")


def matrix(
    names: list[str], values: np.ndarray, label: str, text: Iterable[tuple[int, int, str]] = ()
) -> tuple[Figure, Axes]:
    """Return a matrix of shares from 0 to 1 as colours, with numbers in some of its fields.

    It is wider than a column if the names would not fit beside its rows.
    """
    letters = max((len(short_name(name)) for name in names), default=0)
    beside = 0.3 + 0.06 * letters
    side = max(WIDTH - beside, _FIELD * len(names))
    figure = new_figure(side + beside + 0.5, width=side + beside)
    axes = figure.add_subplot()
    if not names:
        return figure, axes
    image = axes.imshow(values, cmap=SEQUENTIAL, vmin=0, vmax=1, aspect="equal")
    shown = [short_name(name) for name in names]
    size = min(6.5, 65 * side / len(names))
    axes.set_xticks(range(len(names)), shown, rotation=90, fontsize=size)
    axes.set_yticks(range(len(names)), shown, fontsize=size)
    axes.tick_params(length=0, pad=2)
    axes.spines[:].set_visible(False)
    for row, column, number in text:
        dark = "black" if values[row, column] > 0.55 else "white"
        axes.text(column, row, number, ha="center", va="center", fontsize=TINY, color=dark)
    figure.colorbar(
        image, ax=axes, location="bottom", shrink=0.7, aspect=30, pad=0.02, label=label,
        ticks=[0, 0.25, 0.5, 0.75, 1],
    )  # fmt: skip
    return figure, axes

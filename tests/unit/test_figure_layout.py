"""Text of figures can be read at the width of a column, lies inside and covers no other text."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from test_statistics import TABLE

from cityscapes.evaluation.bootstrap import FrameCounts
from cityscapes.figures import comparison, scores, statistics, style
from cityscapes.files.tables import write_csv

EVALUATED = [label.name for label in TABLE if not label.ignore_in_eval]
MANY = [f"class with a long name {n}" if n % 7 == 0 else f"class {n}" for n in range(60)]
LONG = "mask2former_swin_large_8xb2_90k_cityscapes_512x1024_run{}"
MARGIN = 0.02  # inches: boxes of text are a little larger than what is seen


def texts_of(figure):
    """All texts that are drawn; of ticks those within the limits of their axis."""
    FigureCanvasAgg(figure).draw()
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                if not low <= tick.get_loc() <= high or not axes.axison:
                    hidden |= {tick.label1, tick.label2}
        if not axes.get_visible():
            hidden |= set(axes.findobj(Text))
    found = [one for one in figure.findobj(Text) if one.get_visible() and one not in hidden]
    return [one for one in found if one.get_text().strip()]


def assert_legible(figure, width=style.WIDTH):
    assert figure.get_figwidth() <= width
    shown = texts_of(figure)
    boxes = [one.get_window_extent().get_points() / figure.dpi for one in shown]
    for one, (low, high) in zip(shown, boxes, strict=True):
        assert one.get_fontsize() >= style.TINY, one
        assert (low > -MARGIN).all() and (high < figure.get_size_inches() + MARGIN).all(), one
    for (one, a), (other, b) in itertools.combinations(zip(shown, boxes, strict=True), 2):
        shared = np.minimum(a[1], b[1]) - np.maximum(a[0], b[0])
        assert (shared < MARGIN).any(), (one, other)


def classes_of(names):
    return pd.DataFrame({
        "name": names,
        "category": [("flat", "construction", "vehicle")[n % 3] for n in range(len(names))],
        "pixels": [10 ** (n % 9) for n in range(len(names))],
        "share": 0.1,
        "ignored in evaluation": 0,
        "instances": 3,
    })  # fmt: skip


@pytest.mark.parametrize("names", [EVALUATED, MANY, MANY[:3]], ids=len)
def test_bars_of_classes(names):
    classes, frames = classes_of(names), pd.DataFrame({"instances": [0, 3, 9]})
    assert_legible(statistics.pixels(classes, TABLE).figure)
    assert_legible(statistics.instances(classes, frames, TABLE).figure)


def test_the_bar_of_the_smallest_class_is_seen():
    (axes,) = statistics.pixels(classes_of(MANY[:3]), TABLE).figure.axes
    assert axes.get_xlim()[0] == pytest.approx(0.1)  # the smallest class has one pixel


@pytest.mark.parametrize(("names", "width"), [(EVALUATED, style.WIDTH), (MANY, 6.8)])
def test_matrices(names, width):
    values = np.full((len(names), len(names)), 0.5)
    figure, axes = style.matrix(names, values, "share", [(0, 0, "100"), (0, 1, "99")])
    axes.set(xlabel="predicted class", ylabel="true class")
    assert_legible(figure, width)


def test_the_matrix_of_classes_that_occur_together_has_the_evaluated_ones():
    names = ["ego vehicle", "road", "sky"]
    table = pd.DataFrame([(name, 3, 3, 3) for name in names], columns=["with", *names])
    drawn = statistics.cooccurrence(table, TABLE)
    assert [one.get_text() for one in drawn.figure.axes[0].get_yticklabels()] == ["road", "sky"]
    assert [row[0] for row in drawn.rows] == names


def test_maps_with_long_names():
    rows = [(name, row, *[0.999] * 64) for name in EVALUATED for row in range(32)]
    places = pd.DataFrame(rows, columns=["name", "row", *map(str, range(64))])
    assert_legible(statistics.heatmaps(places, TABLE).figure)


def counts_of(right):
    """Pixels of 19 classes in six frames."""
    values = np.full((6, len(EVALUATED), 3), 10.0)
    values[:, :, 0] = right + np.arange(6)[:, np.newaxis]
    return FrameCounts("pixel", [f"ulm_{n}" for n in range(6)], EVALUATED, values)


def test_ten_sets_with_long_names():
    sets = {LONG.format(n): counts_of(10 * n) for n in range(10)}
    figure = comparison.compared("pixel", sets).figure
    assert_legible(figure)
    (legend,) = figure.legends
    # Filled points mean "beyond chance" in the figure: the legend has one look for all sets.
    assert {one.get_markerfacecolor() for one in legend.legend_handles} == set(style.SERIES[1:4])


def test_long_names_keep_their_ends():
    names = [style.short_name(LONG.format(n)) for n in range(10)]
    assert len(set(names)) == 10
    assert {len(name) for name in names} == {22}
    assert style.short_name("road") == "road"


def test_scores_by_class(tmp_path):
    rows = [(name, 0.5, 1.0, 0.99, 0.7, 3, 1, 1) for name in EVALUATED]
    columns = ["name", "IoU", "iIoU", "PQ", "SQ", "tp", "fp", "fn", "RQ"]
    write_csv(tmp_path / "classes.csv", columns, [(*row, 1.0) for row in rows])
    assert_legible(scores.iou(tmp_path, TABLE).figure)
    assert_legible(scores.quality(tmp_path, TABLE).figure)


def test_curves_of_precision_and_recall(monkeypatch):
    names = EVALUATED[-8:]
    found = pd.DataFrame({
        "frame": "ulm_0", "name": names * 4, "confidence": np.linspace(0, 1, 32),
        "0.50": 1, "0.75": [n % 2 for n in range(32)],
    })  # fmt: skip
    counts = FrameCounts("instance", ["ulm_0"], names, np.full((1, 8, 1), 4.0), found)
    monkeypatch.setattr(scores, "read_counts", lambda folder: counts)
    drawn = scores.precision_recall(None, TABLE)
    assert_legible(drawn.figure)
    # Curves begin at recall 0, with the precision of the most confident prediction.
    curve = drawn.figure.axes[0].lines[0].get_xydata()
    assert curve[:2].tolist() == [[0, 1], [0.25, 1]]

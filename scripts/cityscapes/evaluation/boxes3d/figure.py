"""A figure of the scores of 3-D vehicles: table, spider, curves, and all against depth.

The panels are those of the reference's csPlot3dDetectionResults; each prediction set has two rows.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cityscapes.errors import DataError, short
from cityscapes.evaluation.boxes3d.scores import SIMILARITIES, Curve, envelope
from cityscapes.files.json_document import read_document
from cityscapes.labels import LabelTable

# ASSUME: no result file is larger, in bytes; that of six classes has 200 kB.
MOST_OF_RESULTS = 100_000_000
AXES = ("AP", *SIMILARITIES)
TITLES = {
    "Center_Dist": "BEV centre distance (m)",
    "Size_Similarity": "Size similarity",
    "OS_Yaw": "Orientation similarity, yaw",
    "OS_Pitch_Roll": "Orientation similarity, pitch and roll",
}
LARGEST_DOT = 100
FARTHEST = 25  # metres between centres that the picture shows
GREY = (0.5, 0.5, 0.5)
RED = (0.85, 0.1, 0.1)

Results = dict[str, Any]


def draw(files: Sequence[Path], table: LabelTable) -> Figure:
    """Return the figure of these `results.json`, in the colours of the label table.

    A set has the name of its file's folder. Raises DataError if a file holds no such results.
    """
    height = 8.5 * len(files)
    figure = Figure(figsize=(20, height), dpi=100)
    panels = figure.subplots(2 * len(files), 4, squeeze=False)
    margin = 0.5 / height
    figure.subplots_adjust(0.04, 1.2 * margin, 0.98, 1 - margin, wspace=0.2, hspace=0.28)
    for row, path in enumerate(files):
        upper, lower = panels[2 * row], panels[2 * row + 1]
        results = read_results(path)
        colors = {name: _color(name, table) for name in results["AP"]}
        _draw_table(upper[0], path.parent.name, results, colors)
        # A polar axis has another projection: it takes the place of the plain one.
        place = upper[1].get_subplotspec()
        upper[1].remove()
        _draw_spider(figure.add_subplot(place, projection="polar"), results, colors)
        _draw_curves(upper[2], results, colors)
        _draw_ap(upper[3], results, colors)
        for axes, name in zip(lower, SIMILARITIES, strict=True):
            _draw_similarity(axes, name, results, colors)
    return figure


def read_results(path: Path) -> Results:
    """Read the content of a `results.json`, ours or that of the benchmark's server."""
    results = read_document(path, MOST_OF_RESULTS)
    needed = ("AP", "AP_per_depth", *SIMILARITIES, "Detection_Score", "mAP", "eval_params")
    if not isinstance(results, dict) or not all(key in results for key in needed):
        raise DataError(f"{path}: {short(results)} holds no results of 3-D detection")
    return results


def _color(name: str, table: LabelTable) -> tuple[float, float, float]:
    label = table.by_name.get(name)
    red, green, blue = label.color if label else (127, 127, 127)
    return red / 255, green / 255, blue / 255


def _draw_table(axes: Axes, title: str, results: Results, colors: dict) -> None:
    """2-D AP and detection score of each class, in percent; the colours are the legend."""
    axes.axis("off")
    axes.set_title(title, fontsize=16, fontweight="bold")
    scores = results["Detection_Score"]
    rows = [
        [name, _percent(results["AP"][name]["auc"]), _percent(scores[name])] for name in colors
    ]
    rows.append(["mean", _percent(results["mAP"]), _percent(results["mDetection_Score"])])
    table = axes.table(rows, colLabels=["", "2D AP", "detection score"], loc="center")
    table.auto_set_font_size(False)
    table.set_fontsize(11)
    table.scale(1, 1.6)
    for row, color in enumerate([*colors.values(), RED], start=1):
        table[row, 0].get_text().set_color(color)
        table[row, 0].get_text().set_fontweight("bold")


def _percent(value: float) -> str:
    return f"{100 * value:.4f}"


def _draw_spider(axes: Axes, results: Results, colors: dict) -> None:
    """AP, and the similarities times AP, of each class and of the mean."""
    angles = np.linspace(0, 2 * np.pi, len(AXES), endpoint=False)
    axes.set_theta_zero_location("N")  # type: ignore[attr-defined]
    axes.set_theta_direction(-1)  # type: ignore[attr-defined]
    axes.set_xticks(angles, [name.replace("_", " ") for name in AXES])
    axes.tick_params(axis="x", pad=14)
    axes.set_ylim(0, 1)
    for name, color in [*colors.items(), (None, RED)]:
        values = np.array([
            results[key][name]["auc"] if name else results[f"m{key}"] for key in AXES
        ], dtype=float)  # fmt: skip
        values[1:] *= values[0]
        width = 1 if name else 2.5
        axes.plot(np.append(angles, 0), np.append(values, values[0]), color=color, lw=width)


def _draw_curves(axes: Axes, results: Results, colors: dict) -> None:
    parameters = results["eval_params"]
    axes.set_title(
        f"Precision over recall, IoU above {parameters['min_iou_to_match']:g} "
        f"({parameters['matching_method']})"
    )
    for name, color in colors.items():
        data = results["AP"][name]["data"]
        recall, precision = envelope(Curve(data["recall"], data["precision"], 0.0))
        # Beyond the highest recall, precision drops to 0.
        x, y = np.append(recall[:-1], recall[-2]), np.append(precision[:-1], 0)
        axes.plot(x, y, color=color, label=name)
    axes.set(xlim=(0, 1.01), ylim=(0, 1.01), xlabel="recall", ylabel="precision")
    axes.grid(alpha=0.3)


def _draw_ap(axes: Axes, results: Results, colors: dict) -> None:
    axes.set_title("AP")
    for name, color in colors.items():
        bins = {int(start): curve["auc"] for start, curve in results["AP_per_depth"][name].items()}
        _draw_over_depth(axes, bins, color, results)
    axes.set_ylim(0, 1.01)


def _draw_similarity(axes: Axes, name: str, results: Results, colors: dict) -> None:
    axes.set_title(TITLES[name])
    farthest = results["eval_params"]["max_depth"]
    for label, color in colors.items():
        one = results[name][label]
        bins = {int(start): value for start, value in one["data"].items()}
        if name == "Center_Dist":
            bins = {start: (1 - value) * farthest for start, value in bins.items()}
        most = max(one["items"].values(), default=1)
        sizes = [LARGEST_DOT * count / most for count in one["items"].values()]
        _draw_over_depth(axes, bins, color, results, sizes)
    axes.set_ylim(0, FARTHEST if name == "Center_Dist" else 1.01)


def _draw_over_depth(
    axes: Axes, bins: dict[int, float], color: tuple, results: Results, sizes: list | None = None
) -> None:
    """Draw a line through the bins of a class; dashed across gaps."""
    parameters = results["eval_params"]
    farthest, step = parameters["max_depth"], parameters["step_size"]
    axes.set(xlim=(0, farthest), xlabel="depth (m)", xticks=np.linspace(0, farthest, 11))
    axes.grid(alpha=0.3)
    if not bins:
        return
    x, y = np.array(sorted(bins)) + step / 2, [bins[start] for start in sorted(bins)]
    axes.plot(x, y, color=color)
    axes.plot([0, x[0]], [y[0], y[0]], color=color, ls="--", lw=1)
    axes.plot([x[-1], farthest], [y[-1], y[-1]], color=color, ls="--", lw=1)
    axes.scatter(x, y, s=sizes if sizes else 12, color=color)

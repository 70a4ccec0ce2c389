"""Distances of instances: the median depth of their pixels, by class."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cityscapes.evaluation.instance.counts import distances_of
from cityscapes.files.tables import table_rows
from cityscapes.labels import MAX_INSTANCES, LabelTable
from cityscapes.statistics.tables import QUANTILES, Table

# The benchmark uses no distance of instances with a smaller measured share, either.
LEAST_MEASURED = 0.5
# Edges of the histogram in metres; the last part is everything farther away.
EDGES = tuple(range(0, 201, 10))


class Measured(NamedTuple):
    """The distance of an instance."""

    id: int  # instance id
    metres: float | None  # the median of its measured pixels; None if that is infinite
    share: float  # of its pixels, measured


def frame_distances(instance_ids: np.ndarray, depth: np.ndarray) -> list[Measured]:
    """Return the distance of each instance of a frame, ids ascending.

    `instance_ids` is uint16 (height, width), `depth` float32 (height, width) in metres, nan where
    nothing is measured.
    """
    return [
        Measured(id_, metres if np.isfinite(metres) else None, share)
        for id_, (metres, share) in distances_of(instance_ids, depth).items()
    ]


def read_frames(tables: Iterable[Path]) -> Iterator[list[Measured]]:
    """Read the instances of each frame that has depth, from the tables of cities."""
    for path in tables:
        for row in table_rows(path):
            yield [Measured(*one) for one in json.loads(row["instances"])]


def tables(
    frames: Iterable[Sequence[Measured]], labels: LabelTable, problems: Sequence[str] = ()
) -> dict[str, Table]:
    """Return the tables `distances`, by class, and `distances_histogram`."""
    classes = [label for label in labels if label.id >= 0 and label.has_instances]
    number = dict.fromkeys((label.id for label in classes), 0)
    metres: dict[int, list[float]] = {label.id: [] for label in classes}
    of_all = 0
    for frame in frames:
        of_all += 1
        for one in frame:
            id_ = one.id // MAX_INSTANCES
            number[id_] += 1
            if one.metres is not None and one.share >= LEAST_MEASURED:
                metres[id_].append(one.metres)
    columns = [
        "name", "instances", "with distance", "mean metres",
        *(f"quantile {quantile:g}" for quantile in QUANTILES), "frames with depth",
        "frames left out",
    ]  # fmt: skip
    rows: list[tuple] = []
    histogram: list[tuple] = []
    for label in classes:
        far = np.array(metres[label.id])
        spread = (
            [float(far.mean()), *np.quantile(far, QUANTILES).tolist()]
            if len(far)
            else [None] * (1 + len(QUANTILES))
        )
        rows.append((label.name, number[label.id], len(far), *spread, of_all, len(problems)))
        counts, _ = np.histogram(far, (*EDGES, np.inf))
        histogram.append((label.name, *counts.tolist()))
    return {
        "distances": Table(columns, rows),
        "distances_histogram": Table(["name", *(f"from {edge} m" for edge in EDGES)], histogram),
    }

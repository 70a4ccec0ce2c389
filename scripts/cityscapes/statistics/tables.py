"""The tables of a split's statistics: columns and rows of each CSV file."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from cityscapes.statistics.frame_counts import COLUMNS
from cityscapes.statistics.published import Published
from cityscapes.statistics.split_counts import SplitCounts

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
# The benchmark does not evaluate smaller instances.
SMALLEST_SCORED = 100


class Table(NamedTuple):
    """A CSV file; None is an empty field."""

    columns: list[str]
    rows: list[tuple]


def tables(
    counts: SplitCounts, problems: list[str], published: Published, sizes: Mapping[str, float]
) -> dict[str, Table]:
    """Map names of `STATISTICS` to tables.

    `sizes` are the mean sizes of instances in the benchmark's iIoU.
    """
    return {
        "summary": _summary(counts, problems, published),
        "classes": _classes(counts, published),
        "categories": _categories(counts),
        "cities": _cities(counts),
        "cities_classes": _cities_classes(counts),
        "instances": _instances(counts, sizes),
        "frames": _frames(counts),
        "cooccurrence": _cooccurrence(counts),
        "heatmaps": _heatmaps(counts),
    }


def _summary(counts: SplitCounts, problems: list[str], published: Published) -> Table:
    frames = len(counts.frames)
    instances = sum(frame.instances for frame in counts.frames)
    objects, groups = (int(counts.total[n].sum()) for n in (2, 3))
    rows: list[tuple] = [
        ("frames", frames),
        ("cities", len(counts.by_city)),
        ("frames left out, as they could not be made", len(problems)),
        ("pixels", counts.all_pixels),
        ("share of void pixels", _share(_void(counts), counts.all_pixels)),
        ("objects annotated", objects),
        ("groups annotated", groups),
        ("visible instances", instances),
        ("visible instances a frame", _share(instances, frames)),
        ("published pixel counts", published.verdict),
    ]
    if counts.edited:
        rows.insert(1, ("edited frames", counts.edited))
    return Table(["measure", "value"], rows)


def _classes(counts: SplitCounts, published: Published) -> Table:
    columns = [
        "name", "id", "category", "ignored in evaluation", "pixels", "share",
        "share of evaluated pixels", "frames", "share of frames", "objects", "groups",
        "instances", "pixels of groups", "published pixels",
    ]  # fmt: skip
    evaluated = counts.all_pixels - _void(counts)
    rows = []
    for n, label in enumerate(counts.labels):
        pixels, frames, objects, groups = counts.total[:, n].tolist()
        rows.append((
            label.name, label.id, label.category, int(label.ignore_in_eval), pixels,
            _share(pixels, counts.all_pixels),
            None if label.ignore_in_eval else _share(pixels, evaluated),
            frames, _share(frames, len(counts.frames)), objects, groups,
            len(counts.sizes[n]) if label.has_instances else None,
            int(counts.group_pixels[n]) if label.has_instances else None,
            published.pixels.get(label.id),
        ))  # fmt: skip
    return Table(columns, rows)


def _categories(counts: SplitCounts) -> Table:
    rows = []
    for category in dict.fromkeys(label.category for label in counts.labels):
        members = [n for n, label in enumerate(counts.labels) if label.category == category]
        pixels, _, objects, groups = counts.total[:, members].sum(axis=1).tolist()
        frames = counts.category_frames(category)
        rows.append((
            category, pixels, _share(pixels, counts.all_pixels), frames,
            _share(frames, len(counts.frames)), objects, groups,
            sum(len(counts.sizes[n]) for n in members),
        ))  # fmt: skip
    columns = [
        "category", "pixels", "share", "frames", "share of frames", "objects", "groups",
        "instances",
    ]  # fmt: skip
    return Table(columns, rows)


def _cities(counts: SplitCounts) -> Table:
    columns = [
        "city", "frames", "pixels", "share of void", "objects", "groups", "instances",
        "objects a frame", "instances a frame",
    ]  # fmt: skip
    rows = []
    for city in counts.by_city:
        frames = [frame for frame in counts.frames if frame.city == city]
        pixels, void, objects, groups, instances = (
            sum(getattr(frame, name) for frame in frames)
            for name in ("pixels", "void", "objects", "groups", "instances")
        )
        rows.append((
            city, len(frames), pixels, _share(void, pixels), objects, groups, instances,
            _share(objects, len(frames)), _share(instances, len(frames)),
        ))  # fmt: skip
    return Table(columns, rows)


def _cities_classes(counts: SplitCounts) -> Table:
    rows = [
        (city, label.name, pixels, _share(pixels, int(sums[0].sum())), frames, objects, groups)
        for city, sums in counts.by_city.items()
        for label, (pixels, frames, objects, groups) in zip(
            counts.labels, sums.T.tolist(), strict=True
        )
    ]
    return Table(["city", "name", "pixels", "share", "frames", "objects", "groups"], rows)


def _instances(counts: SplitCounts, benchmark: Mapping[str, float]) -> Table:
    columns = [
        "name", "instances", "mean pixels", "mean pixels in iIoU", "smallest",
        *(f"quantile {quantile:g}" for quantile in QUANTILES), "largest",
        f"below {SMALLEST_SCORED} pixels",
    ]  # fmt: skip
    rows: list[tuple] = []
    for label, listed in zip(counts.labels, counts.sizes, strict=True):
        if not label.has_instances:
            continue
        sizes = np.array(listed, dtype=np.int64)
        empty: list[Any] = [None] * (len(QUANTILES) + 2)
        spread = [
            int(sizes.min()), *np.quantile(sizes, QUANTILES).tolist(), int(sizes.max())
        ] if listed else empty  # fmt: skip
        rows.append((
            label.name, len(listed), _share(int(sizes.sum()), len(listed)),
            benchmark.get(label.name), *spread, int((sizes < SMALLEST_SCORED).sum()),
        ))  # fmt: skip
    return Table(columns, rows)


def _frames(counts: SplitCounts) -> Table:
    columns = [
        "frame", "city", "pixels", "void", "share of void", "classes", "objects", "groups",
        "instances",
    ]  # fmt: skip
    rows: list[tuple] = [
        (
            one.name, one.city, one.pixels, one.void, _share(one.void, one.pixels), one.classes,
            one.objects, one.groups, one.instances,
        )
        for one in counts.frames
    ]  # fmt: skip
    return Table(columns, rows)


def _cooccurrence(counts: SplitCounts) -> Table:
    shown = [n for n, label in enumerate(counts.labels) if label.id >= 0]
    names = [counts.labels[n].name for n in shown]
    rows = [
        (name, *counts.together[n, shown].tolist()) for name, n in zip(names, shown, strict=True)
    ]
    return Table(["frames that show both", *names], rows)


def _heatmaps(counts: SplitCounts) -> Table:
    rows = [
        (label.name, row, *(_share(number, len(counts.frames)) for number in points))
        for label, places in zip(counts.labels, counts.places, strict=True)
        if label.id >= 0
        for row, points in enumerate(places.tolist())
    ]
    return Table(["name", "row", *map(str, range(COLUMNS))], rows)


def _void(counts: SplitCounts) -> int:
    return sum(frame.void for frame in counts.frames)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

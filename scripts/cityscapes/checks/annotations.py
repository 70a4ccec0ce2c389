"""The polygons of a frame, object by object."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np

from cityscapes.checks.problem import Problem
from cityscapes.checks.wording import joined, shown_name
from cityscapes.errors import DataError, nearest, short
from cityscapes.ground_truth import polygons
from cityscapes.ground_truth.images import instance_ids
from cityscapes.ground_truth.paint import released
from cityscapes.ground_truth.polygons import DEFAULT_RULES, Annotation, PolygonRules
from cityscapes.labels import Label, LabelTable
from cityscapes.pixel_runs import joint_runs

# People, vehicles and licence plates; in the label table a licence plate is a vehicle's.
MOVING = {"human", "vehicle"}


class LabelCount(NamedTuple):
    """The objects of one label in a polygon file."""

    label: str  # as written there: "cargroup"
    known: bool  # to the label table
    polygons: int  # objects that are not deleted
    groups: int  # groups among them
    deleted: int
    few_points: int  # fewer than 3 points: nothing to paint
    outside: int  # entirely outside of the image
    hidden: int  # others without a visible pixel: painted over by later ones, or too flat


@dataclass(frozen=True)
class AnnotationCheck:
    """The contents and problems of a polygon file."""

    counts: list  # of LabelCount, in the order of the labels
    problems: list  # of Problem
    # Instance ids, id * 1000 + n, of single objects; None if an object has no known label.
    instances: set | None
    # uint8 or uint16 (height, width): the object on top, from 1; None if one cannot be painted.
    painting: np.ndarray | None
    shown: list  # of Label: of the objects in the painting

    @property
    def moving(self) -> np.ndarray | None:
        """uint8 (height, width): 1 on people, vehicles and licence plates; None if not known."""
        # Computed on demand: it costs a millisecond, and not every caller needs it.
        if self.painting is None:
            return None
        lookup = np.zeros(np.iinfo(self.painting.dtype).max + 1, dtype=np.uint8)
        lookup[1 : len(self.shown) + 1] = [label.category in MOVING for label in self.shown]
        return cv2.LUT(self.painting, lookup)


def check_annotation(
    data: bytes, table: LabelTable, size: tuple[int, int], rules: PolygonRules = DEFAULT_RULES
) -> AnnotationCheck:
    """Check the bytes of a `*_polygons.json` file of an image of `size` (width, height).

    A wrong object does not change the counts of others. If the file is no annotation at
    all, there are no counts, and `instances` and `moving` are None. The fill is the released one.
    """
    try:
        document = polygons.read_document(data, rules)
        listed = polygons.listed_objects(document)
    except DataError as error:
        return AnnotationCheck([], [Problem("error", "wrong shape", str(error))], None, None, [])
    objects = [_object(index, drawn, table) for index, drawn in enumerate(listed)]
    drawn = [found for found in objects if found.points is not None]
    outside = _outside([found.points for found in drawn], size)
    numbers = released([found.points for found in drawn], *size)
    hidden = ~_seen(numbers, len(drawn)) & ~outside
    left_out = rules.skip_degenerate and "too few points"
    instances, too_many = _instances([o for o in objects if o.wrong != left_out], table)
    # Problems of polygons are reported here only, not again for boxes and blurred images.
    nameless = any(found.wrong and not found.label for found in objects)
    unpainted = any(found.wrong and found.wrong != left_out for found in objects)
    off = [found for found, out in zip(drawn, outside, strict=True) if out]
    covered = [found for found, gone in zip(drawn, hidden, strict=True) if gone]
    return AnnotationCheck(
        _counts(objects, off, covered, table),
        size_problems(document, size) + _problems(objects, off, table, rules) + too_many,
        None if nameless else instances,
        None if unpainted else numbers,
        [found.label for found in drawn],
    )


def size_problems(document: dict, size: tuple[int, int]) -> list[Problem]:
    """Problems of imgWidth and imgHeight, if the image has `size` (width, height)."""
    try:
        width, height = polygons.image_size(document)
    except DataError as error:
        return [Problem("error", "wrong size", str(error))]
    if (width, height) == tuple(size):
        return []
    what = f"imgWidth x imgHeight is {width} x {height}, not {size[0]} x {size[1]}"
    return [Problem("error", "wrong size", what)]


@dataclass(frozen=True)
class _Object:
    """One object of a polygon file, as far as it is readable."""

    index: int
    name: str  # the label as written
    deleted: bool = False
    label: Label | None = None
    group: bool = False
    points: np.ndarray | None = None
    wrong: str | None = None  # the check that it fails
    what: str = ""


def _object(index: int, drawn: Any, table: LabelTable) -> _Object:
    if not isinstance(drawn, dict):
        what = f"it is {short(drawn)}, not an object with label and polygon"
        return _Object(index, short(drawn), wrong="wrong shape", what=what)
    name = drawn.get("label")
    written = shown_name(name)
    if drawn.get("deleted"):
        return _Object(index, written, deleted=True)
    if not isinstance(name, str):
        what = f"label is {written}, not a text"
        return _Object(index, written, wrong="wrong shape", what=what)
    if not _known(name, table):
        return _Object(index, written, wrong="unknown label", what=written)
    label, group = table.named(name)
    polygon = drawn.get("polygon")
    try:
        points = polygons.polygon_points(polygon, name)
    except DataError as error:
        few = isinstance(polygon, list) and len(polygon) < 3
        check = "too few points" if few else "wrong shape"
        return _Object(index, name, False, label, group, None, check, str(error))
    return _Object(index, name, False, label, group, points)


def _known(name: str, table: LabelTable) -> bool:
    try:
        table.named(name)
    except KeyError:
        return False
    return True


def _outside(drawn: list, size: tuple[int, int]) -> np.ndarray:
    """bool, one per polygon: no part of it is in an image of `size` (width, height)."""
    if not drawn:
        return np.zeros(0, dtype=bool)
    ends = np.cumsum([len(points) for points in drawn])
    starts = np.r_[0, ends[:-1]]
    points = np.concatenate(drawn)
    low = np.minimum.reduceat(points, starts)
    high = np.maximum.reduceat(points, starts)
    apart = (high <= -1) | (low >= size)
    return apart[:, 0] | apart[:, 1]


def _seen(numbers: np.ndarray, count: int) -> np.ndarray:
    """bool, one per polygon: it is visible in a painting of `count` numbered polygons."""
    (values,), _, _ = joint_runs(numbers)
    return np.bincount(values, minlength=count + 1)[1:] > 0


def _instances(objects: list[_Object], table: LabelTable) -> tuple[set | None, list[Problem]]:
    """Return the instance ids of single objects; None and a problem if there are too many."""
    named = [found for found in objects if found.label]
    labels, groups = [found.label for found in named], [found.group for found in named]
    try:
        _, values, painted = instance_ids(Annotation(0, 0, labels, groups, []), table)
    except DataError as error:
        return None, [Problem("error", "too many objects", str(error))]
    return set(values[painted & (values >= 1000)].tolist()), []


def _counts(objects: list, outside: list, hidden: list, table: LabelTable) -> list[LabelCount]:
    """Count each label in `objects`, of which some are outside and some hidden."""
    columns = (
        Counter(found.name for found in objects if not found.deleted),
        Counter(found.name for found in objects if found.group),
        Counter(found.name for found in objects if found.deleted),
        Counter(found.name for found in objects if found.wrong == "too few points"),
        Counter(found.name for found in outside),
        Counter(found.name for found in hidden),
    )
    return [
        LabelCount(name, _known(name, table), *(column[name] for column in columns))
        for name in sorted({found.name for found in objects})
    ]


def _problems(
    objects: list[_Object], outside: list[_Object], table: LabelTable, rules: PolygonRules
) -> list[Problem]:
    """Return a problem for each sort of wrong objects; a note if configured to be left out."""

    def unknown(name: str) -> str:
        names = [known for label in table for known in (label.name, f"{label.name}group")]
        return f"label {name!r} is not in the label table{nearest(name, names)}"

    problems = []
    for check, say in (("wrong shape", str), ("unknown label", unknown), ("too few points", str)):
        wrong = [(found.what, "object", found.index) for found in objects if found.wrong == check]
        if wrong:
            skipped = check == "too few points" and rules.skip_degenerate
            problems.append(Problem("note" if skipped else "error", check, joined(wrong, say)))
    if outside:
        what = joined(
            (f"{found.name} is entirely outside of the image", "object", found.index)
            for found in outside
        )
        problems.append(Problem("warning", "outside the image", what))
    return problems

"""The polygons of a frame, object by object, and its label images against each other."""

from collections import Counter
from typing import Any, NamedTuple

import cv2
import numpy as np

from cityscapes import polygons
from cityscapes.checks.problem import Problem
from cityscapes.errors import DataError, short
from cityscapes.images import instance_ids
from cityscapes.labels import Label, LabelTable
from cityscapes.paint import released
from cityscapes.polygons import Annotation
from cityscapes.runs import joint_runs

# People, vehicles and licence plates; in the label table a licence plate is a vehicle's.
MOVING = {"human", "vehicle"}

# Pixels of each id from 0 in the 500 released labelIds images of gtFine/val.
VAL_PIXELS = (
    375854, 51330054, 19784166, 15817000, 15650152, 4449872, 18676902, 345264442, 49568652,
    4151398, 638410, 201005428, 6718315, 7521741, 38838, 312193, 0, 13565658, 78175, 1808393,
    6098373, 158868008, 7625026, 30765347, 11913424, 1975596, 59731217, 2760211, 3563120, 53411,
    201086, 1031648, 729415, 6504475,
)  # fmt: skip


class LabelCount(NamedTuple):
    """The objects of one label in a polygon file."""

    label: str  # as written there: "cargroup"
    known: bool  # to the label table
    polygons: int  # objects that are not deleted
    groups: int  # of these, groups
    deleted: int
    few_points: int  # fewer than 3, so that there is nothing to paint
    outside: int  # wholly outside of the image
    hidden: int  # others without a pixel in sight: painted over by later ones, or too flat


class AnnotationCheck(NamedTuple):
    """What a polygon file holds and what is wrong with it."""

    counts: list  # of LabelCount, in the order of the labels
    problems: list  # of Problem
    moving: np.ndarray | None  # uint8 (height, width): 1 on people, vehicles and licence plates
    instances: set | None  # of instance ids: id * 1000 + n of single objects


class Difference(NamedTuple):
    """A number of pixels that is not as published."""

    id: int
    found: int
    published: int


def check_annotation(data: bytes, table: LabelTable, size: tuple[int, int]) -> AnnotationCheck:
    """Look through the bytes of a `*_polygons.json` file of an image of `size` (width, height).

    One wrong object hides nothing of the others. Where the file is no annotation at all, there
    are no counts, and `moving` and `instances` are None. The fill is the released one.
    """
    try:
        document = polygons.read_document(data)
        listed = polygons.listed_objects(document)
    except DataError as error:
        return AnnotationCheck([], [Problem("error", "wrong shape", str(error))], None, None)
    objects = [_object(index, drawn, table) for index, drawn in enumerate(listed)]
    drawn = [found for found in objects if found.points is not None]
    outside = _outside([found.points for found in drawn], size)
    numbers = released([found.points for found in drawn], *size)
    hidden = ~_seen(numbers, len(drawn)) & ~outside
    instances, too_many = _instances(objects, table)
    off = [found for found, out in zip(drawn, outside, strict=True) if out]
    covered = [found for found, gone in zip(drawn, hidden, strict=True) if gone]
    return AnnotationCheck(
        _counts(objects, off, covered, table),
        size_problems(document, size) + _problems(objects, off) + too_many,
        _moving(numbers, drawn),
        instances,
    )


def size_problems(document: dict, size: tuple[int, int]) -> list[Problem]:
    """What is wrong with imgWidth and imgHeight, where the image is of `size` (width, height)."""
    try:
        width, height = polygons.image_size(document)
    except DataError as error:
        return [Problem("error", "wrong size", str(error))]
    if (width, height) == tuple(size):
        return []
    what = f"imgWidth x imgHeight is {width} x {height}, not {size[0]} x {size[1]}"
    return [Problem("error", "wrong size", what)]


def relation_differences(label_ids: np.ndarray, instance_ids: np.ndarray) -> int:
    """Number of pixels at which two label images of a frame contradict each other.

    `label_ids` is uint8 (height, width), `instance_ids` uint16 of the same shape: id * 1000 + n,
    or below 1000 the id itself.
    """
    (ids, instances), _, lengths = joint_runs(label_ids, instance_ids)
    expected = np.where(instances >= 1000, instances // 1000, instances)
    return int(lengths[ids != expected].sum())


def histogram(label_ids: np.ndarray) -> list[int]:
    """Number of pixels of each value from 0 to 255 in a uint8 (height, width) image."""
    (values,), _, lengths = joint_runs(label_ids)
    pixels = np.bincount(values, weights=lengths, minlength=256)  # exact below 2**53
    return pixels.astype(np.int64).tolist()


def val_difference(counts: list[int]) -> list[Difference]:
    """The ids of which gtFine/val has not as many pixels as published.

    `counts` are the sums of `histogram` over the labelIds images of all its 500 frames.
    """
    published = [*VAL_PIXELS, *[0] * (len(counts) - len(VAL_PIXELS))]
    pairs = zip(counts, published, strict=True)
    return [Difference(id, *pair) for id, pair in enumerate(pairs) if pair[0] != pair[1]]


class _Object(NamedTuple):
    """One object of a polygon file, as far as it can be read."""

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
    written = name if isinstance(name, str) else short(name)
    if drawn.get("deleted"):
        return _Object(index, written, deleted=True)
    if not isinstance(name, str):
        what = f"label is {written}, not a text"
        return _Object(index, written, wrong="wrong shape", what=what)
    if not _known(name, table):
        what = f"label {name!r} is not in the label table"
        return _Object(index, name, wrong="unknown label", what=what)
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
    """bool, one a polygon: no part of it is in an image of `size` (width, height)."""
    if not drawn:
        return np.zeros(0, dtype=bool)
    ends = np.cumsum([len(points) for points in drawn])
    starts = np.r_[0, ends[:-1]]
    points = np.concatenate(drawn)
    low = np.minimum.reduceat(points, starts)
    high = np.maximum.reduceat(points, starts)
    return ((high <= -1) | (low >= size)).any(axis=1)


def _seen(numbers: np.ndarray, count: int) -> np.ndarray:
    """bool, one a polygon: it shows in a painting of `count` numbered polygons."""
    (values,), _, _ = joint_runs(numbers)
    return np.bincount(values, minlength=count + 1)[1:] > 0


def _moving(numbers: np.ndarray, drawn: list[_Object]) -> np.ndarray:
    lookup = np.zeros(np.iinfo(numbers.dtype).max + 1, dtype=np.uint8)
    lookup[1 : len(drawn) + 1] = [found.label.category in MOVING for found in drawn]
    return cv2.LUT(numbers, lookup)


def _instances(objects: list[_Object], table: LabelTable) -> tuple[set | None, list[Problem]]:
    """The instance ids of single objects; None and a problem where these are too many."""
    named = [found for found in objects if found.label]
    labels, groups = [found.label for found in named], [found.group for found in named]
    try:
        _, values, painted = instance_ids(Annotation(0, 0, labels, groups, []), table)
    except DataError as error:
        return None, [Problem("error", "too many objects", str(error))]
    return set(values[painted & (values >= 1000)].tolist()), []


def _counts(objects: list, outside: list, hidden: list, table: LabelTable) -> list[LabelCount]:
    """The counts of each label in `objects`, of which some are outside and some hidden."""
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


def _problems(objects: list[_Object], outside: list[_Object]) -> list[Problem]:
    """One problem for each sort of wrong objects."""
    problems = []
    for check in ("wrong shape", "unknown label", "too few points"):
        wrong = [found for found in objects if found.wrong == check]
        if wrong:
            what = "; ".join(f"object {found.index}: {found.what}" for found in wrong)
            problems.append(Problem("error", check, what))
    if outside:
        what = ", ".join(f"object {found.index} ({found.name})" for found in outside)
        problems.append(Problem("warning", "outside the image", f"wholly so: {what}"))
    return problems

"""The polygons of a frame, object by object, and its label images against each other."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import cv2
import numpy as np

from cityscapes import polygons
from cityscapes.checks.problem import Problem
from cityscapes.errors import DataError, nearest, short
from cityscapes.images import instance_ids
from cityscapes.labels import VOID_TRAIN_ID, Label, LabelTable
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
# A table of labels may be edited; the released images keep these ids.
RELEASED_IDS = frozenset(range(len(VAL_PIXELS)))
# A message lists so many sorts of wrong objects, and so many objects of each.
MOST_TOLD = 5
# Longer labels are no labels: they are cut in messages and tables.
LONGEST_NAME = 60


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
    # Instance ids, id * 1000 + n, of single objects; None where an object has no known label.
    instances: set | None
    # uint8 or uint16 (height, width): the object on top, from 1; None where one cannot be painted.
    painting: np.ndarray | None
    shown: list  # of Label: of the objects in the painting

    @property
    def moving(self) -> np.ndarray | None:
        """uint8 (height, width): 1 on people, vehicles and licence plates; None if not known."""
        # Not every caller needs it, and it costs a millisecond.
        if self.painting is None:
            return None
        lookup = np.zeros(np.iinfo(self.painting.dtype).max + 1, dtype=np.uint8)
        lookup[1 : len(self.shown) + 1] = [label.category in MOVING for label in self.shown]
        return cv2.LUT(self.painting, lookup)


class LabelImages(NamedTuple):
    """What the label images of a frame show, and what is wrong with each."""

    pixels: list[int] | None  # of each labelId from 0 to 255; None without labelIds
    problems: dict[str, list[Problem]]  # "labelIds" -> what is wrong with it


class Difference(NamedTuple):
    """A number of pixels that is not as published."""

    id: int
    found: int
    published: int


def check_annotation(data: bytes, table: LabelTable, size: tuple[int, int]) -> AnnotationCheck:
    """Look through the bytes of a `*_polygons.json` file of an image of `size` (width, height).

    One wrong object hides nothing of the others in the counts. Where the file is no annotation at
    all, there are no counts, and `instances` and `moving` are None. The fill is the released one.
    """
    try:
        document = polygons.read_document(data)
        listed = polygons.listed_objects(document)
    except DataError as error:
        return AnnotationCheck([], [Problem("error", "wrong shape", str(error))], None, None, [])
    objects = [_object(index, drawn, table) for index, drawn in enumerate(listed)]
    drawn = [found for found in objects if found.points is not None]
    outside = _outside([found.points for found in drawn], size)
    numbers = released([found.points for found in drawn], *size)
    hidden = ~_seen(numbers, len(drawn)) & ~outside
    instances, too_many = _instances(objects, table)
    # What is wrong here is told here: sound boxes and blurred images are not to be blamed for it.
    nameless = any(found.wrong and not found.label for found in objects)
    unpainted = any(found.wrong for found in objects)
    off = [found for found, out in zip(drawn, outside, strict=True) if out]
    covered = [found for found, gone in zip(drawn, hidden, strict=True) if gone]
    return AnnotationCheck(
        _counts(objects, off, covered, table),
        size_problems(document, size) + _problems(objects, off, table) + too_many,
        None if nameless else instances,
        None if unpainted else numbers,
        [found.label for found in drawn],
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


def check_label_images(
    label_ids: np.ndarray | None, instance_ids: np.ndarray | None, color: np.ndarray | None,
    table: LabelTable,
) -> LabelImages:  # fmt: skip
    """Look for ids of no class, and compare the label images of a frame with each other.

    `label_ids` is uint8 (height, width), `instance_ids` uint16 of the same shape: id * 1000 + n,
    or below 1000 the id itself; `color` is uint8 (height, width, 4). Any may be None. Each
    contradiction is told of one image only, and an image of a single value is not looked at.
    """
    images = {"labelIds": label_ids, "instanceIds": instance_ids}
    if color is not None:
        images["color"] = color.view(np.uint32)[..., 0]  # four bytes as one number
    images = {name: image for name, image in images.items() if image is not None}
    if not images:
        return LabelImages(None, {})
    values, _, lengths = joint_runs(*images.values())
    runs = dict(zip(images, values, strict=True))
    ids = runs.get("labelIds")
    pixels = None if ids is None else _pixels(ids, lengths).astype(np.int64).tolist()
    runs = {name: shown for name, shown in runs.items() if np.ptp(shown)}
    if "instanceIds" in runs:
        numbers = runs["instanceIds"]
        runs["instanceIds"] = np.where(numbers >= 1000, numbers // 1000, numbers)
    known = RELEASED_IDS | table.by_id.keys()
    problems = {
        name: _unknown_ids(runs[name], lengths, known)
        for name in ("labelIds", "instanceIds")
        if name in runs
    }
    if len(problems) == 2 and not any(problems.values()):
        differing = int(lengths[ids != runs["instanceIds"]].sum())
        if differing:
            what = f"{differing} pixels are not the classes that instanceIds shows"
            problems["labelIds"] = [Problem("error", "labelIds not of instanceIds", what)]
    if "color" in runs and problems.get("labelIds") == []:
        problems["color"] = _recoloured(ids, runs["color"], lengths)
    return LabelImages(pixels, problems)


def val_difference(counts: list[int]) -> list[Difference]:
    """The ids of which gtFine/val has not as many pixels as published.

    `counts` are the sums of `LabelImages.pixels` over all its 500 frames.
    """
    published = [*VAL_PIXELS, *[0] * (len(counts) - len(VAL_PIXELS))]
    pairs = zip(counts, published, strict=True)
    return [Difference(id, *pair) for id, pair in enumerate(pairs) if pair[0] != pair[1]]


def shown_name(name: Any) -> str:
    """What a file has for a label, as a table shows it: one short line of text."""
    plain = isinstance(name, str) and len(name) <= LONGEST_NAME and name.isprintable()
    return name if plain else short(name)


def told(found: Iterable[tuple[str, str, int]], say: Callable[[str], str] = str) -> str:
    """One line on wrong objects: each thing that is wrong once, with the objects that have it.

    `found` are (what is wrong, "object", index); `say` makes the words of what is wrong. The line
    is short, however many they are.
    """
    places = defaultdict(lambda: defaultdict(list))
    for what, noun, index in found:
        places[what][noun].append(index)
    lines = [
        f"{', '.join(_place(*listed) for listed in nouns.items())}: {say(what)}"
        for what, nouns in list(places.items())[:MOST_TOLD]
    ]
    return "; ".join(lines) + _and_more(len(places), ";")


def _place(noun: str, indices: list[int]) -> str:
    if len(indices) == 1:
        return f"{noun} {indices[0]}"
    listed = ", ".join(map(str, indices[:MOST_TOLD]))
    return f"{len(indices)} {noun}s ({listed}{_and_more(len(indices))})"


def _and_more(count: int, after: str = "") -> str:
    return f"{after} and {count - MOST_TOLD} more" if count > MOST_TOLD else ""


def _pixels(ids: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """float64 (256 or more): number of pixels of each id in runs of these lengths."""
    return np.bincount(ids, weights=lengths, minlength=256)  # exact below 2**53


def _unknown_ids(ids: np.ndarray, lengths: np.ndarray, known: set) -> list[Problem]:
    """A problem where runs of pixels show ids that are not `known`."""
    pixels = _pixels(ids, lengths)
    unknown = [id for id in np.flatnonzero(pixels).tolist() if id not in known]
    if not unknown:
        return []
    listed = ", ".join(f"{id} in {pixels[id]:.0f} pixels" for id in unknown[:MOST_TOLD])
    what = f"ids that no class has: {listed}{_and_more(len(unknown))}"
    if unknown == [VOID_TRAIN_ID]:
        what += "; 255 is void in images of trainIds"
    return [Problem("error", "unknown id", what)]


def _recoloured(ids: np.ndarray, colors: np.ndarray, lengths: np.ndarray) -> list[Problem]:
    """A problem where runs of pixels of one class have several colours.

    Which colour a class has does not matter: that of the label table may have been edited.
    """
    of_class = np.zeros(256, colors.dtype)
    of_class[ids] = colors  # that of any of its runs
    if (of_class[ids] == colors).all():
        return []
    pixels = Counter()
    for id, color, length in zip(ids.tolist(), colors.tolist(), lengths.tolist(), strict=True):
        pixels[id, color] += length
    most = Counter()
    for (id, _), number in pixels.items():
        most[id] = max(most[id], number)
    differing = pixels.total() - most.total()
    what = f"{differing} pixels have another colour than most pixels of their class in labelIds"
    return [Problem("error", "color not of labelIds", what)]


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


def _problems(objects: list[_Object], outside: list[_Object], table: LabelTable) -> list[Problem]:
    """One problem for each sort of wrong objects."""

    def unknown(name: str) -> str:
        names = [known for label in table for known in (label.name, f"{label.name}group")]
        return f"label {name!r} is not in the label table{nearest(name, names)}"

    problems = []
    for check, say in (("wrong shape", str), ("unknown label", unknown), ("too few points", str)):
        wrong = [(found.what, "object", found.index) for found in objects if found.wrong == check]
        if wrong:
            problems.append(Problem("error", check, told(wrong, say)))
    if outside:
        what = told(
            (f"{found.name} is wholly outside of the image", "object", found.index)
            for found in outside
        )
        problems.append(Problem("warning", "outside the image", what))
    return problems

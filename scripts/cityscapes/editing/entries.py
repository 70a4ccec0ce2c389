"""The entries that the page sends for a frame: their checks, and the document they make.

An entry is the place of an object in the old document, which stays as it is, or the content of an
object: {"base": its place or null, "label", "polygon", "deleted"}.
"""

import json
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from cityscapes.editing.document import Document, members_of, on_one_line
from cityscapes.editing.numbering import numbers_of
from cityscapes.editing.stamp import Stamp
from cityscapes.errors import DataError, nearest, quoted, short
from cityscapes.ground_truth.polygons import MAX_COORDINATE, MAX_OBJECTS
from cityscapes.labels import LabelTable

MOST_POINTS = 20_000
KEYS = ("base", "label", "polygon", "deleted")
# As the reference sorts them when it writes an object.
ORDER = ("date", "deleted", "id", "label", "polygon", "user", "verified")


class EntryProblems(DataError):
    """An error of several entries; `problems` has place and message of each."""

    def __init__(self, problems: list[tuple[int, str]]):
        self.problems = problems
        super().__init__("; ".join(f"entry {place}: {error}" for place, error in problems))


class Wanted(NamedTuple):
    """An object as an entry wants it."""

    base: int | None  # its place in the document before
    value: Any  # label, polygon and deleted; of one that stays, the value in the document
    kept: bool  # it stays, byte for byte


def wanted(base: Document, entries: Any, table: LabelTable) -> list[Wanted | DataError]:
    """Return what each entry wants, or what is wrong with it; DataError if there are none."""
    if not isinstance(entries, list):
        raise DataError(f"objects is {short(entries)}, not a list of entries")
    if len(entries) > MAX_OBJECTS:
        raise DataError(f"{len(entries)} objects, at most {MAX_OBJECTS} can be numbered")
    found: list[Wanted | DataError] = []
    seen: set[int] = set()
    for entry in entries:
        try:
            one = _wanted(base, entry, table)
            if type(entry) is int and entry in seen:
                raise DataError(f"object {entry} is listed twice")
            if type(entry) is int:
                seen.add(entry)
            found.append(one)
        except DataError as error:
            found.append(error)
    return found


def apply(
    base: Document, entries: Any, table: LabelTable, stamp: Stamp, raw: Document | None = None
) -> Document:
    """Apply the entries to a document; return `base` itself if they change nothing.

    `raw` is that of the dataset, by which objects that were moved keep their numbers. What no
    entry names leaves the file. Raises EntryProblems with all that is wrong.
    """
    found = wanted(base, entries, table)
    problems = [(k, str(one)) for k, one in enumerate(found) if isinstance(one, DataError)]
    if problems:
        raise EntryProblems(problems)
    right = [one for one in found if isinstance(one, Wanted)]
    if all(one.kept and one.base == place for place, one in enumerate(right)):
        if len(right) == len(base.objects):
            return base
    ids = _Ids(base, right, raw)
    objects, texts = [], []
    for one in right:
        if one.kept and one.base is not None:
            objects.append(base.objects[one.base])
            texts.append(base.texts[one.base])
        else:
            text = _text(base, one, ids.of(one), stamp)
            objects.append(json.loads(text))
            texts.append(text)
    return Document(base.width, base.height, tuple(objects), tuple(texts), base.others)


class _Ids:
    """The `id` of each object that is written: that of its base, or a new number."""

    def __init__(self, base: Document, found: Iterable[Wanted], raw: Document | None):
        self._known = numbers_of(base, raw)
        largest = max([*self._known, *(numbers_of(raw) if raw else [])], default=-1)
        self._next = largest + 1
        self._taken = {self._known[one.base] for one in found if one.kept and one.base is not None}

    def of(self, one: Wanted) -> int:
        """Return the id of its base, or a new one if another object of the frame has that.

        New ones are larger than all that were given before. Source: reference,
        cityscapesLabelTool.py.
        """
        known = None if one.base is None else self._known[one.base]
        if known is None or known in self._taken:
            known, self._next = self._next, self._next + 1
        self._taken.add(known)
        return known


def _wanted(base: Document, entry: Any, table: LabelTable) -> Wanted:
    if type(entry) is int:
        if not 0 <= entry < len(base.objects):
            raise DataError(f"there is no object {short(entry)}: there are {len(base.objects)}")
        return Wanted(entry, base.objects[entry], True)
    if not isinstance(entry, dict):
        raise DataError(f"it is {short(entry)}, neither the place of an object nor an object")
    if unknown := sorted(entry.keys() - {*KEYS}):
        raise DataError(f"{quoted(unknown[0])} is not one of {', '.join(KEYS)}")
    place = entry.get("base")
    if place is not None and not (type(place) is int and 0 <= place < len(base.objects)):
        raise DataError(f"base is {short(place)}, not null or the place of an object")
    before = base.objects[place] if place is not None else {}
    if not isinstance(before, dict):
        before = {}
    deleted = entry.get("deleted", bool(before.get("deleted")))
    if not isinstance(deleted, bool):
        raise DataError(f"deleted is {short(deleted)}, not true or false")
    label = entry.get("label", before.get("label"))
    polygon = entry.get("polygon", before.get("polygon"))
    # Unchanged values may be wrong, above all in an object that is to be deleted.
    if not (place is not None and label == before.get("label") and deleted):
        _check_label(label, table)
    if place is not None and polygon == without_nan(before.get("polygon")):
        polygon = before.get("polygon")
    else:
        _check_polygon(polygon)
    kept = place is not None and label == before.get("label")
    kept = kept and polygon is before.get("polygon") and deleted == bool(before.get("deleted"))
    return Wanted(place, {"label": label, "polygon": polygon, "deleted": deleted}, kept)


def without_nan(value: Any) -> Any:
    """Return a value of a JSON file for the page: null for NaN, Infinity and -Infinity."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [without_nan(one) for one in value]
    if isinstance(value, dict):
        return {key: without_nan(one) for key, one in value.items()}
    return value


def _check_label(label: Any, table: LabelTable) -> None:
    if not isinstance(label, str):
        raise DataError(f"label is {short(label)}, not a text")
    try:
        table.named(label)
    except KeyError:
        close = nearest(label, table.by_name) if len(label) < 100 else ""
        raise DataError(f"label {quoted(label)} is not in the label table{close}") from None


def _check_polygon(polygon: Any) -> None:
    if not isinstance(polygon, list):
        raise DataError(f"polygon is {short(polygon)}, not a list of points")
    if not 3 <= len(polygon) <= MOST_POINTS:
        raise DataError(f"polygon has {len(polygon)} points, not 3 to {MOST_POINTS:,}")
    for index, point in enumerate(polygon):
        if not (isinstance(point, list) and len(point) == 2 and {*map(type, point)} == {int}):
            raise DataError(f"point {index} is {short(point)}, not [x, y] in whole numbers")
        if not all(-MAX_COORDINATE <= x <= MAX_COORDINATE for x in point):
            raise DataError(f"point {index} is {short(point)}, beyond {MAX_COORDINATE:,} pixels")


def _text(base: Document, one: Wanted, number: int, stamp: Stamp) -> str:
    """Format an object on one line: our keys as the reference writes them, others unchanged."""
    before, text = {}, ""
    if one.base is not None and isinstance(base.objects[one.base], dict):
        before, text = base.objects[one.base], base.texts[one.base]
    parts = {key: on_one_line(text[start:end]) for key, (start, end) in members_of(text or "{}")}
    ours = {
        "date": stamp.date,
        "deleted": int(one.value["deleted"]),
        "id": number,
        "label": one.value["label"],
        "polygon": one.value["polygon"],
        "user": stamp.user,
        # The reference treats objects without this key as verified; new ones are not.
        "verified": before.get("verified", 1) if one.base is not None else 0,
    }
    for key in ORDER:
        if key not in parts or before.get(key) != ours[key]:
            parts[key] = json.dumps(ours[key])
    if one.base is None:
        parts = {key: parts[key] for key in ORDER}
    return "{" + ", ".join(f"{json.dumps(key)}: {part}" for key, part in parts.items()) + "}"

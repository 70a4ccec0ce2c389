"""The changes of an edit: by object against the file of the dataset, and in pixels."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from cityscapes.editing.difference import difference, label_image
from cityscapes.editing.document import Document
from cityscapes.editing.numbering import numbers_of
from cityscapes.errors import DataError
from cityscapes.ground_truth.paint import FILLS
from cityscapes.ground_truth.polygons import PolygonRules, parse_annotation, polygon_points
from cityscapes.labels import LabelTable


class Change(NamedTuple):
    """A change of one object; of the painting order of all if `number` is None."""

    number: int | None
    label: str
    what: str
    user: str
    date: str
    pixels: int  # differing pixels of the label image in the object's old and new area


def changes_of(
    raw: Document | None, edit: Document, table: LabelTable, fill: str, rules: PolygonRules
) -> list[Change]:
    """Return the changes of an edit, in its order; removed objects come last.

    Raises DataError if one of the two cannot be painted.
    """
    size = (edit.width, edit.height)
    annotations = [
        parse_annotation(one.data(), table, rules) if one else None for one in (raw, edit)
    ]
    before, now = (label_image(one, size, table, fill) for one in annotations)
    if before.shape != now.shape:
        raise DataError(
            f"the edit is {edit.width} x {edit.height}, the file of the dataset is "
            f"{before.shape[1]} x {before.shape[0]}"
        )
    mask = difference(before, now).mask
    return [
        _change(number, old, new, mask, fill) if number is not None else _moved(mask)
        for number, old, new in _pairs(raw, edit)
    ]


def _pairs(raw: Document | None, edit: Document) -> Iterator[tuple[int | None, Any, Any]]:
    """Yield number, old and new value of each changed object; three None for the order."""
    old: dict[int, tuple[int, Any, str]] = {}
    if raw is not None:
        listed = zip(numbers_of(raw), raw.objects, raw.texts, strict=True)
        for place, (number, value, text) in enumerate(listed):
            old.setdefault(number, (place, value, text))
    order = []
    listed = zip(numbers_of(edit, raw), edit.objects, edit.texts, strict=True)
    for number, value, text in listed:
        found = old.pop(number, None)
        if found:
            order.append(found[0])
        if not found or text != found[2]:
            yield number, found[1] if found else None, value
    if order != sorted(order):
        yield None, None, None
    for number, (_, value, _) in old.items():
        yield number, value, None


def _change(number: int, old: Any, new: Any, mask: np.ndarray, fill: str) -> Change:
    shown = new if isinstance(new, dict) else old if isinstance(old, dict) else {}
    texts = {key: shown.get(key) for key in ("label", "user", "date")}
    label, user, date = (text if isinstance(text, str) else "" for text in texts.values())
    if new is None:
        user = date = ""  # those of the object, not of whoever removed it
    return Change(number, label, _what(old, new), user, date, _pixels([old, new], mask, fill))


def _moved(mask: np.ndarray) -> Change:
    return Change(None, "", "order", "", "", int(np.count_nonzero(mask)))


def _what(old: Any, new: Any) -> str:
    is_old, is_new = (isinstance(one, dict) and not one.get("deleted") for one in (old, new))
    if old is None:
        return "added" if is_new else "added, deleted"
    if new is None:
        return "removed"
    if is_old and not is_new:
        return "deleted"
    if is_new and not is_old:
        return "restored"
    names = [key for key in ("label", "polygon") if old.get(key) != new.get(key)]
    return " and ".join("class" if key == "label" else key for key in names) or "other keys"


def _pixels(values: list, mask: np.ndarray, fill: str) -> int:
    """Count the differing pixels in the polygons of some objects."""
    polygons = []
    for value in values:
        if isinstance(value, dict) and not value.get("deleted"):
            try:
                polygons.append(polygon_points(value.get("polygon"), ""))
            except DataError:
                continue
    if not polygons:
        return 0
    bottom = int(np.clip(max(points[:, 1].max() for points in polygons) + 2, 1, len(mask)))
    painted = FILLS[fill](polygons, mask.shape[1], bottom)
    return int(np.count_nonzero(mask[:bottom] & (painted > 0)))

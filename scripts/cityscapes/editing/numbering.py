"""Matching the objects of an edit with those of the raw file: by `id`, or by text."""

from typing import Any

from cityscapes.editing.document import Document

# JavaScript has no exact whole numbers above this.
MOST = 1 << 53


def numbers_of(document: Document, raw: Document | None = None) -> list[int]:
    """Return the number of each object: its `id`, or else its place in the file, as the reference.

    An object without `id` that stands in the raw file as it is has the number that it has there,
    wherever it was moved. Two objects of a damaged file may have the same.
    """
    places: dict[str, list[int]] = {}
    if raw is not None:
        for number, text in zip(numbers_of(raw), raw.texts, strict=True):
            places.setdefault(text, []).append(number)
    found = []
    for place, (value, text) in enumerate(zip(document.objects, document.texts, strict=True)):
        same = places.get(text)
        stored = _stored(value)
        if same:
            found.append(same.pop(0))
        else:
            found.append(place if stored is None else stored)
    return found


def _stored(value: Any) -> int | None:
    number = value.get("id") if isinstance(value, dict) else None
    return number if type(number) is int and 0 <= number < MOST else None

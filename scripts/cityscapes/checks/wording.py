"""Messages on findings: one short line, however many there are."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from cityscapes.errors import short

# A message lists at most this many kinds of mistakes, and this many places of each.
MOST_LISTED = 5
# Longer labels are cut in messages and tables.
LONGEST_NAME = 60


def shown_name(name: Any) -> str:
    """Return a label of a file for tables: one short line of text."""
    plain = isinstance(name, str) and len(name) <= LONGEST_NAME and name.isprintable()
    return name if plain else short(name)


def joined(found: Iterable[tuple[str, str, int]], say: Callable[[str], str] = str) -> str:
    """Join wrong objects in one line: each error once, with the objects that have it.

    `found` are (error, "object", index); `say` puts an error into words. The line
    is short, however many they are.
    """
    places: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for what, noun, index in found:
        places[what][noun].append(index)
    lines = [
        f"{', '.join(_place(*listed) for listed in nouns.items())}: {say(what)}"
        for what, nouns in list(places.items())[:MOST_LISTED]
    ]
    return "; ".join(lines) + and_more(len(places), ";")


def _place(noun: str, indices: list[int]) -> str:
    if len(indices) == 1:
        return f"{noun} {indices[0]}"
    listed = ", ".join(map(str, indices[:MOST_LISTED]))
    return f"{len(indices)} {noun}s ({listed}{and_more(len(indices))})"


def and_more(count: int, after: str = "") -> str:
    """Return the end of a list of which only the first items are shown."""
    return f"{after} and {count - MOST_LISTED} more" if count > MOST_LISTED else ""

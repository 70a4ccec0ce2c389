"""The exceptions for what is not a bug of ours: bad input, and output that cannot be written."""

import difflib
import json
import re
from collections.abc import Iterable
from typing import Any

# Longer values are cut where a message shows them.
LONGEST_SHOWN = 60


class DataError(Exception):
    """A file, table or setting is not as it should be.

    The message is complete: it names the file, the place in it, what was found and what would be
    right. Scripts print it without a traceback; a traceback means a bug of ours.
    """


class OutputError(DataError):
    """A result cannot be written (disk full, no permission): no use in trying the next one."""


def short(value: Any) -> str:
    """Return a value from a JSON file for a message: as JSON, cut to 60 characters.

    Costs no more than what is shown, however large or deeply nested the value is.
    """
    if value is None:
        return "missing"
    if isinstance(value, str):
        value = value[: LONGEST_SHOWN + 1]
    if not isinstance(value, (list, dict)):
        return _cut(json.dumps(value))
    text = ""
    for piece in json.JSONEncoder().iterencode(value):
        text += piece
        if len(text) > LONGEST_SHOWN:
            break
    return _cut(text)


def quoted(text: Any) -> str:
    """Return a text for a message: in quotes as in Python, cut to 60 characters."""
    return _cut(repr(text[: LONGEST_SHOWN + 1] if isinstance(text, str) else text))


def printable(text: str) -> str:
    """Return a text that is safe in a terminal: control characters as `\x1b`.

    What Unicode calls not printable is replaced (escape sequences, marks that turn the direction
    of writing, halves of characters); line breaks and tabs stay, as our own messages have them.
    """
    if text.isprintable():
        return text
    return re.sub(r"[^ -~\n\t]", lambda found: _visible(found[0]), text)


def _visible(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a message on an unknown name: similar names that may have been meant.

    >>> "unknown class 'trian'" + nearest("trian", ["road", "train", "car"])
    "unknown class 'trian' (did you mean train?)"
    """
    close = difflib.get_close_matches(name, list(known), n=3)
    return f" (did you mean {' or '.join(close)}?)" if close else ""

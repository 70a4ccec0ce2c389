"""The exceptions for what is not a bug of ours: bad input, and output that cannot be written."""

import difflib
import json
from collections.abc import Iterable
from typing import Any


class DataError(Exception):
    """A file, table or setting is not as it should be.

    The message is complete: it names the file, the place in it, what was found and what would be
    right. Scripts print it without a traceback; a traceback means a bug of ours.
    """


class OutputError(DataError):
    """A result cannot be written (disk full, no permission): no use in trying the next one."""


def short(value: Any) -> str:
    """A value from a JSON file as a message shows it: cut where it is long."""
    text = "missing" if value is None else json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(name: str, known: Iterable[str]) -> str:
    """What is appended to a message on an unknown name: those that it may have been meant for."""
    close = difflib.get_close_matches(name, list(known), n=3)
    return f" (did you mean {' or '.join(close)}?)" if close else ""

"""The table of all edits, and the list of edits and reviews for the page's filter."""

import csv
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

from cityscapes.editing.object_changes import Change
from cityscapes.layout import Shard

COLUMNS = (
    "type", "split", "city", "frame", "object", "label", "what", "user", "date", "pixels",
)  # fmt: skip


class EditedFrame(NamedTuple):
    """A frame with an edit or a review."""

    shard: Shard
    frame: str


def header() -> str:
    """Return the first line of the CSV table."""
    return _line(COLUMNS)


def lines(one: EditedFrame, changes: list[Change]) -> str:
    """Return the lines of a frame: changes, authors, times and numbers of pixels."""
    return "".join(
        _line([*one.shard, one.frame, "" if change.number is None else change.number, *change[1:]])
        for change in changes
    )


def line_of_problem(one: EditedFrame, problem: str) -> str:
    """Return the line of a frame whose edit cannot be read or painted."""
    return _line([*one.shard, one.frame, "", "", problem, "", "", ""])


def _line(values: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()


def united(*listings: Iterator[EditedFrame]) -> list[EditedFrame]:
    """Return all frames of some listings, each once, in the order of shards and names."""
    return sorted({one for listing in listings for one in listing})

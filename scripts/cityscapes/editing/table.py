"""The table of all edits, and the list of edits and reviews by which the page filters."""

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
    """The first line of the CSV table."""
    return _line(COLUMNS)


def lines(one: EditedFrame, changes: list[Change]) -> str:
    """The lines of a frame: what was changed in it, by whom, when, and in how many pixels."""
    return "".join(
        _line([*one.shard, one.frame, "" if change.number is None else change.number, *change[1:]])
        for change in changes
    )


def line_of_problem(one: EditedFrame, problem: str) -> str:
    """The line of a frame whose edit cannot be read or painted."""
    return _line([*one.shard, one.frame, "", "", problem, "", "", ""])


def _line(values: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()


def united(*listings: Iterator[EditedFrame]) -> list[EditedFrame]:
    """All frames of some listings, each once, in the order of shards and names."""
    return sorted({one for listing in listings for one in listing})

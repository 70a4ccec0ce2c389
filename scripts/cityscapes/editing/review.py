"""The review status of a frame, in a small JSON file next to its edit."""

import json
import re
from typing import Any, NamedTuple

from cityscapes.editing.stamp import Stamp
from cityscapes.errors import DataError, short
from cityscapes.files.json_document import parse_document

STATUSES = ("to do", "in work", "to review", "done", "rejected")
LONGEST_NOTE = 10_000
# ASSUME: no review is larger, in bytes; a note is at most a tenth of it.
MOST_BYTES = 200_000

# The NUL character, and lone surrogates.
_ODD = re.compile("[\0\ud800-\udfff]")


class Review(NamedTuple):
    """Status and note of a frame, with author and time; `user` and `date` as for objects."""

    status: str = STATUSES[0]
    note: str = ""
    user: str = ""
    date: str = ""

    def data(self) -> bytes:
        """Return the bytes of the file."""
        return (json.dumps(self._asdict(), indent=1) + "\n").encode()


def parse(data: bytes) -> Review:
    """Parse the bytes of a review file; raise DataError if they are none."""
    document = parse_document(data, MOST_BYTES)
    if not isinstance(document, dict):
        raise DataError(f"the file holds {short(document)}, not an object with status and note")
    review = asked(document, Stamp("", ""))
    user, date = (document.get(key, "") for key in ("user", "date"))
    if not (isinstance(user, str) and isinstance(date, str)):
        raise DataError("user and date are not texts")
    return review._replace(user=user, date=date)


def asked(document: dict[str, Any], stamp: Stamp) -> Review:
    """Return the review in the body of a request; raise DataError if it is invalid."""
    status, note = document.get("status"), document.get("note", "")
    if status not in STATUSES:
        raise DataError(f"status is {short(status)}, not one of {', '.join(STATUSES)}")
    if not isinstance(note, str):
        raise DataError(f"note is {short(note)}, not a text")
    if len(note) > LONGEST_NOTE:
        raise DataError(f"note has {len(note):,} characters, at most {LONGEST_NOTE:,}")
    if odd := _ODD.search(note):
        raise DataError(f"note holds {short(odd[0])}, which is no character")
    return Review(status, note, *stamp)

"""The versions of an edit that were replaced or removed, in chronological order.

`{number}_{when it was written, UTC}_{first 8 of its sha256}.json`, or `.xml`: the number alone
orders them, as the clocks of two machines need not agree, and may be set back.
"""

import hashlib
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cityscapes.editing import durable
from cityscapes.errors import DataError

NONE = "none"  # the version of a file that is not there
_NAME = re.compile(r"(\d{6,12})_(\d{8}T\d{6}\.\d{6}Z)_([0-9a-f]{8})\.(?:json|xml)", re.ASCII)
_TIME = "%Y%m%dT%H%M%S.%fZ"
# So many of the newest versions are kept; of those before, the first, and the last of each day. An
# edit of a frame of Cityscapes has 170 kB (mean of 110): at most 8 MB a frame, and one a day.
NEWEST = 50
_LAST = 253_402_300_799  # the end of the year 9999; a file may claim to be of any time


class Past(NamedTuple):
    """A version in the history."""

    number: int
    name: str
    written: str  # UTC, ISO 8601
    start: str  # of its version: the first 8 digits


def version_of(data: bytes) -> str:
    """Return the version of a file: the SHA-256 of its bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def versions(folder: Path) -> list[Past]:
    """Return the versions in a folder of history, oldest first; other files are ignored."""
    try:
        names = [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise DataError(f"{folder}: cannot be listed: {error.strerror}") from None
    found = []
    for name in names:
        match = _NAME.fullmatch(name)
        if match:
            time = match[2]
            written = f"{time[:4]}-{time[4:6]}-{time[6:11]}:{time[11:13]}:{time[13:15]}Z"
            found.append(Past(int(match[1]), name, written, match[3]))
    return sorted(found)


def keep(folder: Path, data: bytes, written: float, ending: str = ".json") -> None:
    """Add a version to a folder of history; once only, where a save was killed and is tried again.

    `written` is the time of its file, in seconds. Raises OSError. The caller holds the lock.
    """
    durable.make_folder(folder)
    past = versions(folder)
    version = version_of(data)
    if past and past[-1].start == version[:8] and (folder / past[-1].name).read_bytes() == data:
        return
    number = past[-1].number + 1 if past else 1
    time = datetime.fromtimestamp(min(max(written, 0), _LAST), UTC).strftime(_TIME)
    durable.write(folder / f"{number:06d}_{time}_{version[:8]}{ending}", data)
    for one in superfluous(versions(folder)):
        with suppress(OSError):  # it stays until the next save
            (folder / one.name).unlink()


def superfluous(past: list[Past]) -> list[Past]:
    """Return those of some versions, oldest first, that need not be kept.

    These are neither the first, nor among the newest, nor the last of their day (UTC).
    """
    last_of_day = {one.written[:10]: one for one in past}
    kept = {one.name for one in (*past[:1], *past[-NEWEST:], *last_of_day.values())}
    return [one for one in past if one.name not in kept]

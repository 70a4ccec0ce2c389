"""Author and time of the change of an object, as the reference's tool writes them."""

import getpass
import re
from datetime import datetime
from typing import Any, NamedTuple

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d{2}):(\d{2}):(\d{2})", re.ASCII)


class Stamp(NamedTuple):
    """Author and time: the values of the keys `user` and `date` of an object."""

    user: str
    date: str


def stamp_now(now: datetime | None = None) -> Stamp:
    """Return the user of this process, and local time as `%d-%b-%Y %H:%M:%S` in English.

    Not by strftime, which names months in the language of the locale. Source: reference,
    CsObject.updateDate.
    """
    now = now or datetime.now()
    date = f"{now.day:02d}-{MONTHS[now.month - 1]}-{now.year:04d} {now:%H:%M:%S}"
    return Stamp(user_name(), date)


def user_name() -> str:
    """Return the name of the user of this process; "" if the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a user id without an entry
        return ""


def moment(date: Any) -> datetime | None:
    """Return the local time in `date` of an object; None if it has none."""
    found = _DATE.fullmatch(date) if isinstance(date, str) else None
    if not found or found[2] not in MONTHS:
        return None
    day, _, year, hour, minute, second = found.groups()
    month = MONTHS.index(found[2]) + 1
    try:
        return datetime(int(year), month, int(day), int(hour), int(minute), int(second))
    except ValueError:
        return None


def last_stamp(objects: Any) -> Stamp:
    """Return the latest of the stamps of some objects; empty texts if none has any."""
    latest, found = datetime.min, Stamp("", "")
    for one in objects:
        if not isinstance(one, dict):
            continue
        when = moment(one.get("date"))
        if when and when >= latest:
            user = one.get("user")
            latest, found = when, Stamp(user if isinstance(user, str) else "", one["date"])
    return found

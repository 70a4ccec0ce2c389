"""What a check finds: severity, name of the check, and what was found."""

from typing import NamedTuple

# In the order in which people should care.
SEVERITIES = ("error", "warning", "note")


class Problem(NamedTuple):
    """Something odd about one file.

    error: the file cannot be used as it is. warning: it can, but someone should look at it.
    note: worth knowing.
    """

    severity: str
    check: str  # a short name, the same for all problems of one sort: "wrong size"
    what: str  # one line: what was found, and what would be right

"""A finding of a check: severity, name of the check, and details."""

from typing import NamedTuple

# In descending severity.
SEVERITIES = ("error", "warning", "note")


class Problem(NamedTuple):
    """A problem of one file.

    error: the file cannot be used as it is. warning: it can, but should be looked at.
    note: worth knowing.
    """

    severity: str
    check: str  # a short name, the same for all problems of one sort: "wrong size"
    what: str  # one line: what was found, and what would be right

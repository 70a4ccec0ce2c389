"""Retries after network errors, with longer and longer pauses."""

import datetime
import email.utils
import logging
import random
import re
import sys
import time
from dataclasses import dataclass

from cityscapes.errors import DataError, printable


@dataclass(frozen=True)
class RetryPolicy:
    """Limits of retries: tries in a row, seconds of the first and of the longest pause."""

    tries: int = 8
    pause: float = 1.0
    longest: float = 300.0


class TransientError(Exception):
    """An error that a retry may solve: no connection, a busy server, an expired session."""

    def __init__(self, reason: str, wait: float | None = None, at_once: bool = False):
        """`wait` is the pause in seconds that the server asks for, if it does.

        `at_once` says that no pause is needed, unless a try before this one failed, too.
        """
        super().__init__(reason)
        self.wait = wait
        self.at_once = at_once


class Retries:
    """Counts the tries for one thing. Half of each pause is random, so that clients spread."""

    def __init__(self, policy: RetryPolicy, what: str):
        self._policy = policy
        self._what = what
        self._failed = 0

    def progress(self) -> None:
        """Count the tries from the first again, after a success."""
        self._failed = 0

    def pause(self, trouble: TransientError) -> None:
        """Wait for the next try; raise DataError after the last one."""
        self._failed += 1
        tries, longest = self._policy.tries, self._policy.longest
        if self._failed >= tries:
            raise DataError(f"{self._what}: {trouble}; given up after {tries} tries")
        wait = min(longest, self._policy.pause * 2 ** (self._failed - 1)) * random.uniform(0.5, 1)
        if trouble.wait is not None:
            if trouble.wait > longest:
                raise DataError(
                    f"{self._what}: {trouble}; the site asks to wait {trouble.wait:.0f} s: "
                    "run again then"
                )
            wait = max(wait, trouble.wait)
        if trouble.at_once and self._failed == 1:
            wait = 0.0
        _say(f"{self._what}: {trouble}; next try in {wait:.1f} s")
        time.sleep(wait)


def seconds_to_wait(retry_after: str | None) -> float | None:
    """Return the seconds of a Retry-After header, a number or a date; None if it is neither."""
    if retry_after is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", retry_after):
        return float(retry_after)
    try:
        date = email.utils.parsedate_to_datetime(retry_after)
        # "-0000" also means UTC, from an unknown time zone.
        date = date if date.tzinfo else date.replace(tzinfo=datetime.UTC)
        return max(0.0, date.timestamp() - time.time())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _say(line: str) -> None:
    logging.info(line)
    # The log of a workflow's job is a file: print the line for the user at the terminal, too.
    if not sys.stderr.isatty():
        print(printable(line), flush=True)

"""Progress of long work: a bar in a terminal, lines with counts in a log."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator

from tqdm import tqdm

from cityscapes.files.whole import size_text

SECONDS_BETWEEN_LINES = 10


def progress(items: Iterable, total: int, what: str) -> Iterator:
    """Yield the items, and show in terminal or log how many of `total` are done and how fast."""
    if sys.stderr.isatty():
        yield from tqdm(items, total=total, desc=what, unit="frame")
        return
    begin = said = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if done == total or now - said >= SECONDS_BETWEEN_LINES:
            said = now
            rate = done / max(now - begin, 1e-6)
            logging.info("%s: %d of %d frames, %.1f frames/s", what, done, total, rate)


class Bytes:
    """Progress of a large file: a bar in a terminal, lines in a log.

    The workflow's jobs write their log to a file and may still have a terminal, as their standard
    output: then it is both. No bar is shown in the first second. Use it as a context manager.
    """

    def __init__(self, what: str, total: int | None, done: int = 0):
        self._what, self._total, self._done = what, total, done
        self._begin = self._said = time.monotonic()
        self._new = 0
        terminal = next((file for file in (sys.stderr, sys.stdout) if file.isatty()), None)
        self._bar = tqdm(
            total=total, initial=done, desc=what, unit="B", unit_scale=True,
            file=terminal, disable=terminal is None, mininterval=0.5, delay=1,
        )  # fmt: skip

    def __enter__(self) -> "Bytes":
        return self

    def __exit__(self, failure: type | None, *_: object) -> None:
        self._bar.close()
        if not failure:
            self._say()

    def add(self, number: int) -> None:
        """Count more bytes as done."""
        self._bar.update(number)
        self._done += number
        self._new += number
        if time.monotonic() - self._said >= SECONDS_BETWEEN_LINES:
            self._say()

    def _say(self) -> None:
        self._said = time.monotonic()
        if sys.stderr.isatty():
            return
        rate = self._new / max(self._said - self._begin, 1e-6)
        line = f"{self._what}: {size_text(self._done)}"
        if self._total:
            line += f" of {size_text(self._total)}"
        line += f", {size_text(rate)}/s"
        if self._total and rate and self._done < self._total:
            line += f", {(self._total - self._done) / rate:.0f} s left"
        logging.info(line)

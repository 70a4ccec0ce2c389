"""How long work shows that it goes on: a bar in a terminal, lines with counts in a log."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 10


def progress(items: Iterable, total: int, what: str) -> Iterator:
    """The items, while the terminal or log shows how many of `total` are done and how fast."""
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

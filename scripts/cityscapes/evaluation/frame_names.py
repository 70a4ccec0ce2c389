"""Finding the frame of a predicted file in its name, with any prefix and suffix.

Pure standard library: the Snakefile imports it each time it is read.
"""

import re
from collections.abc import Collection, Container

from cityscapes.layout import composed

_WORD = re.compile(r"[^\W_]+")
_FRAME_AT_BEGIN = re.compile(r"([^/]+?_\d{6}_\d{6})(?!\d)")


def frame_in(name: str, frames: Collection[str]) -> str | None:
    """Return the one of `frames` in a file's name with any prefix, suffix and folder; else None.

    A frame's name begins and ends with a word, and the longest match counts. A name that
    begins with a frame's name is that frame's, as in the reference (getPrediction).

    >>> frames = {"ulm_000000_000019", "bonn_000001_000019"}
    >>> frame_in("my_net/bonn_000001_000019_leftImg8bit_pred.png", frames)
    'bonn_000001_000019'
    """
    base = re.split(r"[/\\]", name)[-1]
    if not base.isascii():  # macOS may have changed its Unicode form
        spelled = {composed(frame): frame for frame in frames}
        found = _frame_in(composed(base), spelled)
        return spelled[found] if found else None
    return _frame_in(base, frames)


def _frame_in(base: str, frames: Container[str]) -> str | None:
    begin = _FRAME_AT_BEGIN.match(base)
    if begin and begin[1] in frames:
        return begin[1]
    words = [found.span() for found in _WORD.finditer(base)]
    parts = {base[first:end] for first, _ in words for _, end in words if first < end}
    known = [part for part in parts if part in frames]
    return max(known, key=lambda part: (len(part), part), default=None)

"""Reading JSON documents from elsewhere: from bytes to a value, or a message."""

import json
import re
from pathlib import Path
from typing import Any

from cityscapes.errors import DataError
from cityscapes.files.regular import open_regular
from cityscapes.files.whole import size_text

# A byte order mark; programs on Windows write one.
MARK = b"\xef\xbb\xbf"
# Python converts no integers with more digits than this. Source: sys.get_int_max_str_digits.
MOST_DIGITS = 4300
# ASSUME: no file of one frame is larger, in bytes; polygon files have some 50 kB.
MOST_OF_A_FRAME = 16_000_000

_LONG_NUMBER = re.compile(rf"\d{{{MOST_DIGITS + 1},}}")
# The NUL character, and lone surrogates: JSON can hold both, a path neither.
_NO_NAME = re.compile("[\0\ud800-\udfff]")


def parse_document(data: bytes, most: int = MOST_OF_A_FRAME) -> Any:
    """Parse a JSON document of at most `most` bytes, in UTF-8 with or without a byte order mark.

    NaN and Infinity are read as Python writes them; whether NaN is allowed is up to the caller,
    who knows the place. Raises DataError if the document is larger, empty, no UTF-8, no
    JSON (with line and column), nested too deeply, or holds an integer of thousands of digits.
    """
    refuse_larger(len(data), most)
    try:
        text = data.removeprefix(MARK).decode()
    except UnicodeDecodeError as error:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise DataError("not JSON: the text is UTF-16, not UTF-8") from None
        raise DataError(
            f"not JSON: not a text file in UTF-8: {error.reason} at byte {error.start}"
        ) from None
    if not text or text.isspace():
        raise DataError("not JSON: the file is empty")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(
            f"not JSON: {error.msg} at line {error.lineno} column {error.colno} "
            f"({len(data)} bytes; is the file truncated?)"
        ) from None
    except RecursionError:
        raise DataError("JSON that cannot be read: nested too deeply") from None
    except ValueError:
        what, place = long_number(text)
        line = text.count("\n", 0, place) + 1
        raise DataError(f"JSON that cannot be read: {what} at line {line}") from None


def read_document(path: Path, most: int) -> Any:
    """Read the value in a JSON file, as `parse_document` does; messages begin with the path."""
    try:
        with open_regular(path) as file:
            data = file.read(most + 1)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return parse_document(data, most)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def refuse_larger(size: int, most: int) -> None:
    """Raise DataError if a document of `size` bytes is larger than `most`."""
    if size > most:
        raise DataError(f"the file is larger than {size_text(most)}, the limit")


def long_number(text: str) -> tuple[str, int]:
    """Return the message for JSON with an integer of more digits than Python converts."""
    found = _LONG_NUMBER.search(text)
    if not found:
        return f"a whole number of more than {MOST_DIGITS} digits", 0
    return f"a whole number of {len(found[0])} digits", found.start()


def is_name(value: Any) -> bool:
    """Return True for a text that a path may hold: not empty, no NUL, no lone surrogates."""
    return isinstance(value, str) and value != "" and not _NO_NAME.search(value)

"""Reading a large JSON document value by value, each with its place in the file."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TextIO

from cityscapes.errors import LONGEST_SHOWN, DataError, quoted
from cityscapes.files.json_document import MARK, long_number, parse_document
from cityscapes.files.whole import size_text

CHUNK = 1 << 20
# ASSUME: no value that is read in one piece is larger, in bytes; a mask of 2048 x 1024 pixels that
# alternate takes 6 MB. Parsed, a value takes up to 26 times its size.
MOST_OF_A_VALUE = 8_000_000

# The longest incomplete token at the end of cut JSON: -Infinit, or half an escape.
_LONGEST_PIECE = 16
_BLANKS = re.compile(r"[ \t\r\n]+")
_DECODER = json.JSONDecoder()


class Value(NamedTuple):
    """A value of the document, and its place in the file."""

    value: Any
    text: str  # as in the file, a character a byte
    begin: int  # first byte
    end: int  # past the last byte


class JsonStream:
    """A JSON document that is read from start to end.

    Each method leaves the stream after the value that it returned. All raise DataError, with the
    byte, if the document is not JSON, is cut, or has a value that is too large to be read.
    """

    def __init__(self, file: TextIO):
        """`file` is open for reading in Latin-1 with newline="": a character is a byte."""
        self._file = file
        self._text = file.read(CHUNK)
        self._begin = 0  # of the text, in the file
        self._at = len(MARK) if self._text.startswith(MARK.decode("latin-1")) else 0

    def upcoming(self) -> str:
        """Return the next non-blank character without consuming it; empty at the end."""
        while True:
            if blanks := _BLANKS.match(self._text, self._at):
                self._at = blanks.end()
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def value(self) -> Value:
        """Read the next value completely."""
        self.upcoming()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
                # A number at the end of the text may go on in the file ("2." is not whole).
                if end < len(self._text) - _LONGEST_PIECE or not self._more():
                    break
            except json.JSONDecodeError as error:
                is_cut = error.pos >= len(self._text) - _LONGEST_PIECE
                is_cut |= error.msg.startswith("Unterminated string")
                if is_cut and len(self._text) - self._at > MOST_OF_A_VALUE:
                    raise self._error(
                        f"a value of more than {size_text(MOST_OF_A_VALUE)}", self._at
                    ) from None
                if not is_cut or not self._more():
                    raise self._error(f"not JSON: {error.msg}", error.pos, is_cut) from None
            except RecursionError:
                raise self._error(
                    "JSON that cannot be read: nested too deeply", self._at
                ) from None
            except ValueError:
                what, place = long_number(self._text[self._at :])
                raise self._error(f"JSON that cannot be read: {what}", self._at + place) from None
        text, begin = self._text[self._at : end], self._begin + self._at
        if not text.isascii():
            try:
                value = parse_document(text.encode("latin-1"), MOST_OF_A_VALUE)
            except DataError as error:
                raise self._error(str(error), self._at) from None
        self._at = end
        return Value(value, text, begin, begin + len(text))

    def elements(self) -> Iterator[Value]:
        """Yield the elements of the list that begins here."""
        self._pass("[")
        if self.upcoming() == "]":
            self._at += 1
            return
        separator = ","
        while separator == ",":
            yield self.value()
            separator = self._pass(",", "]")

    def keys(self) -> Iterator[str]:
        """Yield the keys of the object that begins here; the caller passes their values."""
        self._pass("{")
        if self.upcoming() == "}":
            self._at += 1
            return
        separator = ","
        while separator == ",":
            if self.upcoming() != '"':
                what = "not JSON: a key in double quotes is expected"
                raise self._error(what, self._at, is_cut=not self.upcoming())
            key = self.value().value
            self._pass(":")
            yield key
            separator = self._pass(",", "}")

    def end(self) -> None:
        """Raise DataError if anything but blanks is left."""
        if self.upcoming():
            found = quoted(self._text[self._at : self._at + LONGEST_SHOWN])
            raise self._error(f"{found} follows the end of the document", self._at)

    def _pass(self, *wanted: str) -> str:
        found = self.upcoming()
        if not found or found not in wanted:
            what = f"not JSON: {' or '.join(wanted)} is expected"
            raise self._error(what, self._at, is_cut=not found)
        self._at += 1
        return found

    def _more(self) -> bool:
        """Read on, and drop what was passed; False at the end of the file."""
        # As much again as there is: the work on a value stays within twice its size.
        held = len(self._text) - self._at
        following = self._file.read(max(CHUNK, min(held, MOST_OF_A_VALUE + 1 - held)))
        if not following:
            return False
        self._text = self._text[self._at :] + following
        self._begin += self._at
        self._at = 0
        return True

    def _error(self, what: str, at: int, is_cut: bool = False) -> DataError:
        question = "; is the file truncated?" if is_cut else ""
        return DataError(f"{what} at byte {self._begin + at}{question}")

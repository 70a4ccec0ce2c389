"""Reading the answers of a site, with limits of time and size; headers are not trusted."""

import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions

from cityscapes.errors import DataError
from cityscapes.files.whole import size_text
from cityscapes.packages.retries import TransientError

PIECE = 1 << 16  # bytes that a cut connection may cost
LONGEST_TEXT = 1 << 22  # the site's list of packages has a few thousand bytes
SLOWEST = 1000.0  # bytes a second; 11 GB would take four months
LONGEST_SHOWN = 100
# Raised by the libraries for connections and wrong headers; ValueError
# for addresses and numbers in headers.
ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)

# It logs tracebacks of headers that it cannot parse, with all that the site sent.
logging.getLogger("urllib3").setLevel(logging.ERROR)


def within(seconds: float, ask: Callable[[], Any]) -> Any:
    """Call `ask` and return its result; raise TransientError if it takes longer.

    The time limits of sockets are for one byte: an answer whose headers come byte by byte never
    ends by these. After the time `ask` is left to itself, in a thread that does not keep the
    process alive.
    """
    outcomes: SimpleQueue = SimpleQueue()

    def work() -> None:
        try:
            outcomes.put((ask(), None))
        except BaseException as error:
            outcomes.put((None, error))

    threading.Thread(target=work, daemon=True).start()
    try:
        result, error = outcomes.get(timeout=seconds)
    except Empty:
        raise TransientError("no answer in time") from None
    if error is not None:
        raise error
    return result


def pieces(response: requests.Response, seconds: float) -> Iterator[bytes]:
    """Yield the bytes of an answer, up to 64 kB at a time.

    Raises TransientError where the connection fails, or less than `SLOWEST` comes over so many
    seconds of waiting; DataError for a certificate that cannot be verified.
    """
    packed = response.headers.get("Content-Encoding", "identity")
    if packed != "identity":
        raise TransientError(
            f"the site compresses its answer ({shown(packed)}), although asked not to"
        )
    came, waited = 0, 0.0
    while True:
        begin = time.monotonic()
        try:
            piece = response.raw.read1(PIECE, decode_content=False)
        except ERRORS as error:
            raise trouble(error) from None
        if not piece:
            return
        came, waited = came + len(piece), waited + time.monotonic() - begin
        if waited >= seconds:
            if came < SLOWEST * waited:
                rate = size_text(came / waited)
                raise TransientError(
                    f"the transfer is too slow: {rate}/s, less than {size_text(SLOWEST)}/s"
                )
            came, waited = 0, 0.0
        yield piece


def text(response: requests.Response, seconds: float) -> str:
    """Return a short answer as text, from UTF-8 with or without a byte order mark.

    Raises TransientError where it does not end within so many seconds, DataError if it is no
    short one.
    """
    end = time.monotonic() + seconds
    data = bytearray()
    for piece in pieces(response, seconds):
        data += piece
        if len(data) > LONGEST_TEXT:
            raise DataError(
                f"{shown(response.url)} answers with more than {size_text(LONGEST_TEXT)}, where a "
                "short text is expected"
            )
        if time.monotonic() > end:
            raise TransientError(f"the answer did not end within {seconds:g} s")
    return data.decode("utf-8-sig", "replace")


def whole_number(header: str) -> int | None:
    """Return the number in a header: digits and nothing else; None for other texts."""
    return int(header) if re.fullmatch("[0-9]{1,18}", header) else None


def sent_on_to(response: requests.Response) -> str | None:
    """Return the complete address in the Location of an answer; None if it is invalid."""
    try:
        where = urljoin(response.url, response.headers.get("Location", ""))
        _ = urlsplit(where).port  # parsed on access only
    except ValueError:
        return None
    return where


def shown(value: str) -> str:
    """Return a text from the site for messages: shortened, without control characters."""
    cut = value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 3] + "..."
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)


def trouble(error: BaseException) -> Exception:
    """Describe an error in a few words; the libraries' messages are paragraphs."""
    kinds = tuple(_causes(error))

    def is_due_to(*types: type[BaseException]) -> bool:
        return any(isinstance(kind, types) for kind in kinds)

    if is_due_to(ssl.SSLCertVerificationError):
        return DataError("the certificate of the site cannot be verified: is it the right one?")
    if is_due_to(requests.exceptions.ProxyError, urllib3.exceptions.ProxyError):
        return TransientError("the proxy does not let through")
    if is_due_to(ConnectionRefusedError):
        return TransientError("the site refuses connections")
    if is_due_to(socket.gaierror):
        return TransientError("the name of the site is not known here (no network?)")
    # To urllib3, all connections that cannot be made are such as take too long.
    if is_due_to(requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError):
        return TransientError("no answer in time")
    if is_due_to(requests.exceptions.InvalidHeader, urllib3.exceptions.InvalidHeader):
        return TransientError("the site sends contradictory headers")
    if is_due_to(urllib3.exceptions.ProtocolError, ConnectionResetError, BrokenPipeError):
        return TransientError("the connection was cut")
    return TransientError("the connection failed")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and all its causes, which the libraries nest."""
    seen: set[int] = set()
    found = [error]
    while found:
        each = found.pop()
        if isinstance(each, BaseException) and id(each) not in seen:
            seen.add(id(each))
            yield each
            found += [each.__cause__, each.__context__, getattr(each, "reason", None)]
            found += each.args

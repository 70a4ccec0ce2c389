"""A site whose answers are too long, too slow or odd: one clear line, and never for ever."""

import gzip
import threading
import time
from itertools import chain, repeat

import pytest

from cityscapes.errors import DataError
from cityscapes.packages.answers import LONGEST_TEXT, shown, whole_number, within
from cityscapes.packages.credentials import Credentials
from cityscapes.packages.package_list import Listed
from cityscapes.packages.retries import RetryPolicy, TransientError, seconds_to_wait
from cityscapes.packages.site import Site
from site_server import PASSWORD, USERNAME, serve

OK = b"HTTP/1.1 200 OK\r\n"
LISTED = Listed("a.zip", "1", "1MB", False)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serve({"a.zip": b"PK" + bytes(1000)}) as server:
        yield server


def client(server, timeout=30, tries=2):
    return Site(
        server.url,
        lambda host: Credentials(USERNAME, PASSWORD),
        RetryPolicy(tries=tries, pause=0.001, longest=60),
        timeout,
    )


def refuse(server, **options):
    """Ask for the list, which must end with a message; that message."""
    with pytest.raises(DataError) as caught:
        client(server, **options).packages()
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 400
    return message


def fetch(server, start=0, **options):
    """What one try at a file brings."""
    site = client(server, **options)
    site.packages()
    with site.file(LISTED, start) as answer:
        return b"".join(answer.pieces)


class Stream:
    """A raw answer, and then the same bytes again and again: as often as it is asked for."""

    def __init__(self, head, piece, times=None):
        self._parts = head, piece, times

    def __iter__(self):
        head, piece, times = self._parts
        return chain(head, repeat(piece) if times is None else repeat(piece, times))


def answer(*headers, body=b"", status=b"HTTP/1.1 200 OK"):
    """A raw answer whose headers are as they are given."""
    lines = b"".join(header + b"\r\n" for header in (status, *headers))
    return [lines + b"\r\n" + body]


def test_a_list_without_an_end_is_read_to_a_limit(server):
    server.raw["/downloads/"] = Stream(answer(), b" " * 65536)
    assert "answers with more than 4.194 MB, where a short text is expected" in refuse(server)
    assert server.sent < LONGEST_TEXT + (16 << 20)  # what is between the two in buffers


def test_what_follows_a_redirect_or_an_error_is_not_read(server):
    for status in (b"HTTP/1.1 302 Found\r\nLocation: /login", b"HTTP/1.1 404 Not Found"):
        server.sent = 0
        server.raw["/downloads/"] = Stream(answer(status=status), b" " * 65536)
        assert "the session has ended" in refuse(server) or b"404" in status
        assert server.sent < 32 << 20
    server.raw = {"/login": Stream(answer(), b" " * 65536)}
    assert [package.name for package in client(server).packages()] == ["a.zip"]


@pytest.mark.parametrize("path", ["/login", "/downloads/"])
def test_headers_that_come_byte_by_byte_end(server, path):
    server.raw[path] = Stream([OK], b"x")
    server.pause = 0.02
    assert refuse(server, timeout=0.3).endswith("no answer in time; given up after 2 tries")


def test_a_text_that_comes_byte_by_byte_ends(server):
    server.raw["/downloads/"] = Stream(answer(), b"x")
    server.pause = 0.02
    assert "bytes/s, less than 1 kB/s; given up after 2 tries" in refuse(server, timeout=1)
    server.raw["/downloads/"] = Stream(answer(), b"x" * 2000)  # 100 kB a second
    message = "the answer did not end within 1 s; given up after 2 tries"
    assert message in refuse(server, timeout=1)


def test_a_file_that_comes_byte_by_byte_is_another_try(server):
    server.raw["/file-handling/"] = Stream(answer(body=b"PK"), b"x")
    server.pause = 0.02
    with pytest.raises(TransientError, match=r"too slow: \d+(\.\d+)? bytes/s, less than 1 kB/s"):
        fetch(server, timeout=1)
    # What comes in time goes on for as long as it takes.
    server.raw["/file-handling/"] = Stream(answer(body=b"PK"), b"x" * 2000, 60)
    begin = time.monotonic()
    assert fetch(server, timeout=1) == b"PK" + b"x" * 120_000
    assert time.monotonic() - begin > 1


def test_time_that_is_not_spent_waiting_does_not_count(server):
    server.raw["/file-handling/"] = Stream(answer(body=b"PK"), b"x", 3)
    server.pause = 0.02
    site = client(server, timeout=1)
    site.packages()
    with site.file(LISTED, 0) as found:
        for _ in found.pieces:
            time.sleep(0.4)  # a slow disk


@pytest.mark.parametrize("value", [b"abc", b"-1", b"1_0", b"\xb2", b"9" * 5000, b"\x1b[31m"])
def test_a_length_that_is_no_number_is_said(server, value):
    server.raw["/file-handling/"] = answer(b"Content-Length: " + value, body=b"PK")
    with pytest.raises(TransientError, match="the site gives the length of the file as") as caught:
        fetch(server)
    assert str(caught.value).isprintable()


def test_lengths_that_contradict_each_other_are_said(server):
    server.raw["/file-handling/"] = answer(b"Content-Length: 5", b"Content-Length: 6", body=b"PK")
    with pytest.raises(TransientError, match="sends contradictory headers"):
        fetch(server)


@pytest.mark.parametrize(
    "value", [b"", b"bytes", b"bytes 5-", b"bytes 5-9/*", b"bytes 5-9/" + b"9" * 5000, b"\x1b[1m"]
)
def test_a_range_that_was_not_asked_for_is_said(server, value):
    status = b"HTTP/1.1 206 Partial Content"
    server.raw["/file-handling/"] = answer(b"Content-Range: " + value, status=status)
    with pytest.raises(TransientError, match="the site sends another part of the file") as caught:
        fetch(server, start=5)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("value", [b"http://[", b"http://a:99999999/", b"//\xff[", b"http://[v/"])
@pytest.mark.parametrize("path", ["/login", "/downloads/"])
def test_a_redirect_to_no_address_is_said(server, path, value):
    location = b"Location: " + value
    server.raw[path] = answer(location, status=b"HTTP/1.1 302 Found", body=b"moved")
    assert f"sends on from {path} to " in refuse(server)


def test_what_the_site_says_reaches_no_terminal_as_it_is(server):
    location = b"Location: /\x1b[31mclosed" + b"x" * 5000
    server.raw["/downloads/"] = answer(location, status=b"HTTP/1.1 302 Found")
    assert r"the site sent to /\x1b[31mclosedx" in refuse(server)
    server.raw["/downloads/"] = answer(status=b"HTTP/1.1 500 \x1b[31mOops")
    assert r"the site answers 500 \x1b[31mOops" in refuse(server)
    entry = '{"name": "\\u001b[31m.zip", "packageID": 3, "size": "\\u00071GB", "thirdparty": 0}'
    server.raw["/downloads/"] = answer(body=f"[{entry}]".encode())
    (listed,) = client(server).packages()
    assert listed == Listed(r"\x1b[31m.zip", "3", r"\x071GB", False)


def test_headers_that_cannot_be_parsed_leave_no_traceback_in_the_log(server, caplog):
    server.raw["/downloads/"] = answer(b"Content-Type: text/plain", b"\x1b[31m", b"x", body=b"{")
    assert "has an unknown format" in refuse(server)
    assert not caplog.records


@pytest.mark.parametrize(
    "document",
    [
        *("[" * 100_000, "1", "null", "[1]", "[{}]", '"text"', "{", "", "9" * 5000),
        '[{"name": 1, "packageID": 1, "size": "1", "thirdparty": "0"}]',
        '[{"name": "a", "packageID": "1&packageID=2", "size": "1", "thirdparty": "0"}]',
        '[{"name": "a", "packageID": -1, "size": "1", "thirdparty": "0"}]',
    ],
)
def test_a_list_in_another_format_is_said(server, document):
    server.raw["/downloads/"] = answer(body=document.encode())
    assert "its list of packages has an unknown format" in refuse(server)


def test_a_list_may_begin_with_a_byte_order_mark(server):
    entry = b'[{"name": "\xc3\xa4.zip",\r\n"packageID": "3", "size": "", "thirdparty": "1"}]\r\n'
    server.raw["/downloads/"] = answer(body=b"\xef\xbb\xbf" + entry)
    assert client(server).packages() == [Listed("ä.zip", "3", "", True)]


def test_an_answer_that_is_packed_unasked_is_not_unpacked(server):
    bomb = gzip.compress(bytes(1 << 20))
    server.raw["/downloads/"] = answer(b"Content-Encoding: gzip", body=bomb)
    assert "the site compresses its answer (gzip), although asked not to" in refuse(server)


@pytest.mark.parametrize(
    "value",
    [b"nan", b"inf", b"-1", b"1e999", b"\xb2", b"9" * 400, b"Mon, 99 Foo 99999 99:99:99 GMT"],
)
def test_a_pause_that_makes_no_sense_is_no_pause(server, value):
    status = b"HTTP/1.1 503 Service Unavailable"
    server.raw["/downloads/"] = answer(b"Retry-After: " + value, status=status)
    assert "503 Service Unavailable; given up after 2 tries" in refuse(server)


def test_pauses_that_make_sense():
    assert seconds_to_wait("1.5") == 1.5
    assert seconds_to_wait("Mon, 01 Jan 2001 00:00:00 GMT") == 0
    assert seconds_to_wait("Mon, 01 Jan 2001 00:00:00 -0000") == 0
    assert seconds_to_wait("Fri, 01 Jan 2100 00:00:00 GMT") > 1e9
    assert seconds_to_wait(None) is None


@pytest.mark.parametrize(
    ("size", "number"),
    [
        *(("241MB", 241e6), ("1.3 GB", 1.3e9), ("", None), ("1.2.3GB", None), ("1e400B", None)),
        *(("9" * 400 + "B", None), ("\u0663B", None), (" 5b ", 5)),
    ],
)
def test_the_size_of_a_package_is_a_number_where_it_says_one(size, number):
    assert Listed("a", "1", size, False).bytes == number


def test_numbers_and_texts_of_the_site():
    assert whole_number("12") == 12
    assert [whole_number(text) for text in ("", "+1", "1.0", "\u0663", "1" * 19)] == [None] * 5
    assert shown("a\x1b\n\u202eb") == r"a\x1b\n\u202eb"
    assert len(shown("x" * 1000)) == 100


def test_a_call_that_does_not_end_is_left_to_itself():
    never = threading.Event()
    with pytest.raises(TransientError, match="no answer in time"):
        within(0.05, never.wait)
    never.set()
    assert within(5, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0)

"""The site of the packages, as its clients see it.

    POST /login                        username, password, submit=Login; a redirect is success
    GET  /downloads/?list              JSON: name, packageID, size as text, thirdparty "0" or "1"
    GET  /md5-sum/?packageID=N         text: the md5 sum, then the name
    GET  /file-handling/?packageID=N   the zip file; Range is understood

Facts taken from the reference package's downloader (csDownload). A session is a cookie. Where it
has ended, the site answers with its login page: that is noticed, and the next try logs in again.
Other redirects are not followed: a password or a session goes to the address of the config only.

Nothing that the site sends is trusted: its limits of length, time and form are in answers.py.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests

from cityscapes.errors import DataError, nearest
from cityscapes.packages.answers import (
    ERRORS,
    pieces,
    sent_on_to,
    shown,
    text,
    trouble,
    whole_number,
    within,
)
from cityscapes.packages.credentials import Credentials, host_of
from cityscapes.packages.retries import Retries, RetryPolicy, TransientError, seconds_to_wait

CONNECT_TIMEOUT = 30.0
UNITS = {"B": 1.0, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}


class Listed(NamedTuple):
    """A package that the account may download."""

    name: str
    id: str
    size: str  # for people, such as 241MB
    third_party: bool

    @property
    def bytes(self) -> float | None:
        """Return the size as a number, as exact as the site gives it; None if unknown."""
        match = re.fullmatch(r"([0-9.]+) ?([KMGT]?B)", self.size.strip().upper())
        try:
            size = float(match[1]) * UNITS[match[2]] if match else math.inf
        except ValueError:
            return None
        return size if math.isfinite(size) else None


class Answer(NamedTuple):
    """A download: its size in bytes if known, the offset of its first byte, and the bytes."""

    total: int | None
    first: int
    pieces: Iterator[bytes]


class Site:
    """A session at the site; it logs in before the first request that needs it.

    All methods retry after network errors, and raise DataError when that does not or cannot help.
    """

    def __init__(
        self,
        url: str,
        account: Callable[[str], Credentials],
        retry_policy: RetryPolicy | None = None,
        timeout: float = 60.0,
    ):
        """Take a function `account`, which is called with the host.

        `timeout` is the longest silence in seconds, the longest time of a short answer, and the
        time over which a file must not come too slowly.
        """
        self._host = host_of(url)
        self._url = url.rstrip("/")
        self._account = account
        self.retry_policy = retry_policy or RetryPolicy()
        self._seconds = timeout
        self._timeout = (min(CONNECT_TIMEOUT, timeout), timeout)
        self._credentials: Credentials | None = None
        self._session: _Session | None = None
        self._offered: list[Listed] | None = None

    def packages(self) -> list[Listed]:
        """Return the packages that the account may download, in the site's order."""

        def ask() -> list[Listed]:
            with self._get("/downloads/?list") as response:
                return _listed(self._text(response), self._url)

        if self._offered is None:
            self._offered = self._patiently(f"{self._host}: the list of packages", ask)
        return self._offered

    def package(self, name: str) -> Listed:
        """Return one package by its file name; raise DataError if the account may not have it."""
        offered = {listed.name: listed for listed in self.packages()}
        if name not in offered:
            raise DataError(
                f"{name}: not among the {len(offered)} packages that {self._url} offers to this "
                f"account{nearest(name, offered)}. Some need a request on the site first; "
                "`snakemake packages_list` shows all"
            )
        return offered[name]

    def md5(self, listed: Listed) -> str:
        """Return the md5 sum that the site gives for a package, 32 hexadecimal digits."""

        def ask() -> str:
            with self._get(f"/md5-sum/?packageID={listed.id}", listed.name) as response:
                words = self._text(response).split()
            if not words or not re.fullmatch("[0-9a-fA-F]{32}", words[0]):
                raise DataError(f"{listed.name}: what {self._url} gives is not an md5 sum")
            return words[0].lower()

        return self._patiently(f"{listed.name}: md5 sum", ask)

    @contextmanager
    def file(self, listed: Listed, start: int) -> Iterator[Answer]:
        """Download a package from byte `start` on, or from 0 if the server ignores that.

        One try: raises TransientError, also while the pieces are read.
        """
        headers = {"Range": f"bytes={start}-"} if start else {}
        path = f"/file-handling/?packageID={listed.id}"
        with self._get(path, listed.name, headers) as response:
            if "html" in response.headers.get("Content-Type", ""):
                raise self._logged_out()
            where = response.headers.get("Content-Range", "")
            match = re.fullmatch(r"bytes (?:([0-9]{1,18})-[0-9]{1,18}|\*)/([0-9]{1,18})", where)
            if response.status_code == 200:
                yield Answer(_length(response), 0, self._zip(response))
            elif match and response.status_code == 416:  # no bytes are left
                yield Answer(int(match[2]), start, iter(()))
            elif match and response.status_code == 206 and match[1] == str(start):
                yield Answer(int(match[2]), start, pieces(response, self._seconds))
            else:
                part = shown(where) or "none"
                raise TransientError(f"the site sends another part of the file ({part})")

    def _text(self, response: requests.Response) -> str:
        found = text(response, self._seconds)
        if found.lstrip().startswith("<"):
            raise self._logged_out()
        return found

    def _zip(self, response: requests.Response) -> Iterator[bytes]:
        coming = pieces(response, self._seconds)
        first = b""
        while len(first) < 2 and (piece := next(coming, b"")):
            first += piece
        if not first.startswith(b"PK"):
            raise self._logged_out()
        yield first
        yield from coming

    def _patiently(self, what: str, ask: Callable):
        retries = Retries(self.retry_policy, what)
        while True:
            try:
                return ask()
            except TransientError as trouble:
                retries.pause(trouble)

    @contextmanager
    def _get(
        self, path: str, name: str = "", headers: dict[str, str] | None = None
    ) -> Iterator[requests.Response]:
        """Request a page or file that needs a login; `name` is its package, for messages."""
        if self._session is None:
            self._session = self._logged_in()
        # Packed on its way, a file's length would not be that of its bytes.
        headers = {"Accept-Encoding": "identity", **(headers or {})}
        with self._ask(self._session, "GET", path, headers=headers) as response:
            code = response.status_code
            self._stop_if_elsewhere(response)
            if code in (401, 440) or 300 <= code < 400:
                raise self._logged_out(response.headers.get("Location", "/login"))
            if code == 403:
                raise DataError(
                    f"{name or path}: {self._url} refuses it to this account (403). "
                    "Some packages need a request on the site first"
                )
            _stop_or_try_again(response, name or path)
            yield response

    def _ask(
        self, session: "_Session", method: str, path: str, **options: Any
    ) -> requests.Response:
        """Send a request and return the answer with its headers; the body is still to be read."""

        def ask() -> requests.Response:
            return session.request(
                method,
                self._url + path,
                allow_redirects=False,
                stream=True,
                timeout=self._timeout,
                **options,
            )

        try:
            return within(sum(self._timeout), ask)
        except ERRORS as error:
            raise trouble(error) from None

    def _logged_in(self) -> "_Session":
        self._credentials = self._credentials or self._account(self._host)
        session = _Session()
        form = {**self._credentials._asdict(), "submit": "Login"}
        for method, data in (("GET", None), ("POST", form)):
            with self._ask(session, method, "/login", data=data) as response:
                self._stop_if_elsewhere(response)
                if response.status_code in (301, 307, 308):
                    raise self._moved(response)
                _stop_or_try_again(response, "login")
        if response.status_code not in (302, 303):
            raise DataError(f"{self._url} does not accept this username and password")
        return session

    def _logged_out(self, place: str = "/login") -> TransientError:
        self._session = None
        page = "its login page" if "login" in place else f"to {shown(place)} in place of it"
        return TransientError(f"the site sent {page}: the session has ended", at_once=True)

    def _stop_if_elsewhere(self, response: requests.Response) -> None:
        """Raise DataError for a redirect to another host, another scheme, or nowhere."""
        if 300 <= response.status_code < 400:
            where = sent_on_to(response)
            if where is None or urlsplit(where)[:2] != urlsplit(response.url)[:2]:
                raise self._moved(response)

    def _moved(self, response: requests.Response) -> DataError:
        where = sent_on_to(response)
        here = f"{self._url} sends on from {urlsplit(response.url).path}"
        if where is None:
            return DataError(f"{here} to {shown(response.headers['Location'])}: no address")
        return DataError(
            f"{here} to {shown(where)}, which is not followed. Has the site moved? Then set its "
            "new address as `site` in the config"
        )


class _Session(requests.Session):
    """A session that keeps cookies and has no other default behaviour of `requests`."""

    def __init__(self) -> None:
        super().__init__()
        # Without this, requests would send what a netrc file holds with every request.
        self.auth = lambda request: request

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: `requests` would read the body of a redirect, and parse its address."""


def _length(response: requests.Response) -> int | None:
    """Return the number of bytes that an answer announces; raise TransientError if invalid."""
    header = response.headers.get("Content-Length")
    if header is None:
        return None
    if (length := whole_number(header)) is None:
        raise TransientError(f"the site gives the length of the file as {shown(header)}")
    return length


def _stop_or_try_again(response: requests.Response, what: str) -> None:
    """Raise TransientError if the server is busy or broken, DataError for permanent errors."""
    code = response.status_code
    if code in (408, 425, 429) or code >= 500:
        wait = seconds_to_wait(response.headers.get("Retry-After"))
        raise TransientError(f"the site answers {code} {shown(response.reason)}", wait)
    if code >= 400 and code != 416:
        raise DataError(f"{what}: {response.url} answers {code} {shown(response.reason)}")


def _listed(document: str, url: str) -> list[Listed]:
    try:
        return [
            Listed(
                shown(_text_of(entry["name"])),
                str(_number_of(entry["packageID"])),
                shown(_text_of(entry["size"])),
                str(entry["thirdparty"]) == "1",
            )
            for entry in json.loads(document)
        ]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise DataError(f"{url}: its list of packages has an unknown format") from None


def _text_of(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number_of(value: object) -> int:
    # It becomes part of an address.
    if (number := whole_number(str(value))) is None:
        raise ValueError
    return number

"""Downloads from the site of the packages: their list, md5 sums and files.

    POST /login                        username, password, submit=Login; a redirect is success
    GET  /downloads/?list              JSON: name, packageID, size as text, thirdparty "0" or "1"
    GET  /md5-sum/?packageID=N         text: the md5 sum, then the name
    GET  /file-handling/?packageID=N   the zip file; Range is understood

Facts taken from the reference package's downloader (csDownload).

Nothing that the site sends is trusted: its limits of length, time and form are in answers.py.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import requests

from cityscapes.errors import DataError, nearest
from cityscapes.packages.answers import pieces, shown, whole_number
from cityscapes.packages.credentials import Credentials
from cityscapes.packages.package_list import Listed, read_list
from cityscapes.packages.retries import Retries, RetryPolicy, TransientError
from cityscapes.packages.session import Session


class Answer(NamedTuple):
    """A download: its size in bytes if known, the offset of its first byte, and the bytes."""

    total: int | None
    first: int
    pieces: Iterator[bytes]


class Site:
    """The site of the packages: their list, md5 sums and files.

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
        self._session = Session(url, account, timeout)
        self.retry_policy = retry_policy or RetryPolicy()
        self._offered: list[Listed] | None = None

    def packages(self) -> list[Listed]:
        """Return the packages that the account may download, in the site's order."""

        def ask() -> list[Listed]:
            with self._session.get("/downloads/?list") as response:
                return read_list(self._session.text(response), self._session.url)

        if self._offered is None:
            self._offered = self._patiently(f"{self._session.host}: the list of packages", ask)
        return self._offered

    def package(self, name: str) -> Listed:
        """Return one package by its file name; raise DataError if the account may not have it."""
        offered = {listed.name: listed for listed in self.packages()}
        if name not in offered:
            raise DataError(
                f"{name}: not among the {len(offered)} packages that {self._session.url} offers "
                f"to this account{nearest(name, offered)}. Some need a request on the site first; "
                "`snakemake packages_list` shows all"
            )
        return offered[name]

    def md5(self, listed: Listed) -> str:
        """Return the md5 sum that the site gives for a package, 32 hexadecimal digits."""

        def ask() -> str:
            with self._session.get(f"/md5-sum/?packageID={listed.id}", listed.name) as response:
                words = self._session.text(response).split()
            if not words or not re.fullmatch("[0-9a-fA-F]{32}", words[0]):
                raise DataError(f"{listed.name}: what {self._session.url} gives is not an md5 sum")
            return words[0].lower()

        return self._patiently(f"{listed.name}: md5 sum", ask)

    @contextmanager
    def file(self, listed: Listed, start: int) -> Iterator[Answer]:
        """Download a package from byte `start` on, or from 0 if the server ignores that.

        One try: raises TransientError, also while the pieces are read.
        """
        headers = {"Range": f"bytes={start}-"} if start else {}
        path = f"/file-handling/?packageID={listed.id}"
        with self._session.get(path, listed.name, headers) as response:
            if "html" in response.headers.get("Content-Type", ""):
                raise self._session.logged_out()
            where = response.headers.get("Content-Range", "")
            match = re.fullmatch(r"bytes (?:([0-9]{1,18})-[0-9]{1,18}|\*)/([0-9]{1,18})", where)
            if response.status_code == 200:
                yield Answer(_length(response), 0, self._zip(response))
            elif match and response.status_code == 416:  # no bytes are left
                yield Answer(int(match[2]), start, iter(()))
            elif match and response.status_code == 206 and match[1] == str(start):
                yield Answer(int(match[2]), start, pieces(response, self._session.seconds))
            else:
                part = shown(where) or "none"
                raise TransientError(f"the site sends another part of the file ({part})")

    def _zip(self, response: requests.Response) -> Iterator[bytes]:
        coming = pieces(response, self._session.seconds)
        first = b""
        while len(first) < 2 and (piece := next(coming, b"")):
            first += piece
        if not first.startswith(b"PK"):
            raise self._session.logged_out()
        yield first
        yield from coming

    def _patiently(self, what: str, ask: Callable):
        retries = Retries(self.retry_policy, what)
        while True:
            try:
                return ask()
            except TransientError as trouble:
                retries.pause(trouble)


def _length(response: requests.Response) -> int | None:
    """Return the number of bytes that an answer announces; raise TransientError if invalid."""
    header = response.headers.get("Content-Length")
    if header is None:
        return None
    if (length := whole_number(header)) is None:
        raise TransientError(f"the site gives the length of the file as {shown(header)}")
    return length

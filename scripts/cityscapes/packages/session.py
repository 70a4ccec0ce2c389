"""A session at the site: logging in, requests, and the errors of their answers.

A session is a cookie. After it has ended, the site answers with its login page: that is noticed,
and the next try logs in again. Other redirects are not followed: a password or a session goes to
the address of the config only.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests

from cityscapes.errors import DataError
from cityscapes.packages.answers import ERRORS, sent_on_to, shown, text, trouble, within
from cityscapes.packages.credentials import Credentials, host_of
from cityscapes.packages.retries import TransientError, seconds_to_wait

CONNECT_TIMEOUT = 30.0


class Session:
    """A session at the site; it logs in before the first request that needs it."""

    def __init__(self, url: str, account: Callable[[str], Credentials], timeout: float):
        """Take a function `account`, which is called with the host; for `timeout` see `Site`."""
        self.host = host_of(url)
        self.url = url.rstrip("/")
        self.seconds = timeout
        self._account = account
        self._timeout = (min(CONNECT_TIMEOUT, timeout), timeout)
        self._credentials: Credentials | None = None
        self._session: _Requests | None = None

    @contextmanager
    def get(
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
                raise self.logged_out(response.headers.get("Location", "/login"))
            if code == 403:
                raise DataError(
                    f"{name or path}: {self.url} refuses it to this account (403). "
                    "Some packages need a request on the site first"
                )
            _stop_or_try_again(response, name or path)
            yield response

    def _ask(
        self, session: "_Requests", method: str, path: str, **options: Any
    ) -> requests.Response:
        """Send a request and return the answer with its headers; the body is still to be read."""

        def ask() -> requests.Response:
            return session.request(
                method,
                self.url + path,
                allow_redirects=False,
                stream=True,
                timeout=self._timeout,
                **options,
            )

        try:
            return within(sum(self._timeout), ask)
        except ERRORS as error:
            raise trouble(error) from None

    def _logged_in(self) -> "_Requests":
        self._credentials = self._credentials or self._account(self.host)
        session = _Requests()
        form = {**self._credentials._asdict(), "submit": "Login"}
        for method, data in (("GET", None), ("POST", form)):
            with self._ask(session, method, "/login", data=data) as response:
                self._stop_if_elsewhere(response)
                if response.status_code in (301, 307, 308):
                    raise self._moved(response)
                _stop_or_try_again(response, "login")
        if response.status_code not in (302, 303):
            raise DataError(f"{self.url} does not accept this username and password")
        return session

    def logged_out(self, place: str = "/login") -> TransientError:
        """Return the error for an ended session; the next request logs in again."""
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
        here = f"{self.url} sends on from {urlsplit(response.url).path}"
        if where is None:
            return DataError(f"{here} to {shown(response.headers['Location'])}: no address")
        return DataError(
            f"{here} to {shown(where)}, which is not followed. Has the site moved? Then set its "
            "new address as `site` in the config"
        )

    def text(self, response: requests.Response) -> str:
        """Return a short answer as text; raise TransientError if the session has ended."""
        found = text(response, self.seconds)
        if found.lstrip().startswith("<"):
            raise self.logged_out()
        return found


class _Requests(requests.Session):
    """A session that keeps cookies and has no other default behaviour of `requests`."""

    def __init__(self) -> None:
        super().__init__()
        # Without this, requests would send what a netrc file holds with every request.
        self.auth = lambda request: request

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: `requests` would read the body of a redirect, and parse its address."""


def _stop_or_try_again(response: requests.Response, what: str) -> None:
    """Raise TransientError if the server is busy or broken, DataError for permanent errors."""
    code = response.status_code
    if code in (408, 425, 429) or code >= 500:
        wait = seconds_to_wait(response.headers.get("Retry-After"))
        raise TransientError(f"the site answers {code} {shown(response.reason)}", wait)
    if code >= 400 and code != 416:
        raise DataError(f"{what}: {response.url} answers {code} {shown(response.reason)}")

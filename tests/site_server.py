"""A site on 127.0.0.1 that gives packages as the real one does, and misbehaves when told to."""

import hashlib
import json
import re
import threading
from collections.abc import Iterable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

USERNAME = "someone@example.org"
PASSWORD = "sesame-7Zq%& open"
LOGIN_PAGE = b"<!DOCTYPE html><html><form action='/login'>Login</form></html>"


class SiteServer:
    """The packages of the site, what it was asked, and what it is to do wrong.

    `cuts` are lengths after which the next answers with a file end; `errors` are (status, headers)
    of the next answers but for the login; `forbidden` are packages that no account may have;
    `moved` is (status, new address) by path; `raw` is by path what is sent in place of any answer,
    piece by piece with a `pause` in seconds before each, `sent` counts its bytes.
    """

    def __init__(self, packages: dict[str, bytes]):
        self.packages = packages
        self.md5 = {name: hashlib.md5(data).hexdigest() for name, data in packages.items()}
        self.asked: list[tuple[str, str | None]] = []  # path, Range
        self.sessions: set[str] = set()
        self.logins = 0
        self.cuts: list[int] = []
        self.errors: list[tuple[int, dict]] = []
        self.forbidden: set[str] = set()
        self.moved: dict[str, tuple[int, str]] = {}
        self.raw: dict[str, Iterable[bytes]] = {}
        self.pause = 0.0
        self.sent = 0
        self.ignores_ranges = False
        self.sessions_end_with_files = False  # the answer to a cut file's rest is the login page
        self.trickle: float | None = None  # seconds between two thousandths of a file
        self.silent_after: int | None = None  # bytes of a file, until `go_on`
        self.is_silent = threading.Event()
        self.go_on = threading.Event()
        self.url = ""

    def ranges(self) -> list[str | None]:
        """The Range of each question for a file."""
        return [asked for path, asked in self.asked if "file-handling" in path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        site = self.server.site
        assert "/login" not in site.moved, "a password was sent to a site that has moved"
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        expected = {"username": [USERNAME], "password": [PASSWORD], "submit": ["Login"]}
        if form != expected:
            return self._send(200, LOGIN_PAGE, {"Content-Type": "text/html"})
        site.logins += 1
        site.sessions.add(f"id{site.logins}")
        self._send(302, b"", {"Location": "/", "Set-Cookie": f"session=id{site.logins}"})

    def do_GET(self):
        site = self.server.site
        parts = urlsplit(self.path)
        if parts.path in site.raw:
            return self._raw(site.raw[parts.path])
        if parts.path in site.moved:
            status, address = site.moved[parts.path]
            return self._send(status, b"", {"Location": address})
        if parts.path == "/login":
            return self._send(200, LOGIN_PAGE, {"Content-Type": "text/html"})
        site.asked.append((self.path, self.headers["Range"]))
        assert "Authorization" not in self.headers
        if site.errors:
            status, headers = site.errors.pop(0)
            return self._send(status, b"sorry", headers)
        if self.headers.get("Cookie", "").removeprefix("session=") not in site.sessions:
            return self._send(302, b"", {"Location": "/login"})
        if parts.path == "/downloads/":
            return self._send(200, self._list())
        name = list(site.packages)[int(parse_qs(parts.query)["packageID"][0]) - 1]
        if parts.path == "/md5-sum/":
            return self._send(200, f"{site.md5[name]}  {name}\n".encode())
        if name in site.forbidden:
            return self._send(403, b"no")
        return self._file(site.packages[name])

    def _list(self):
        return json.dumps(
            [
                {
                    **{"name": name, "packageID": str(number), "size": f"{len(data)}B"},
                    "thirdparty": "1" if "cityPersons" in name else "0",
                }
                for number, (name, data) in enumerate(self.server.site.packages.items(), start=1)
            ]
        ).encode()

    def _file(self, data):
        site = self.server.site
        total, first, status, headers = len(data), 0, 200, {"Content-Type": "application/zip"}
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        if asked and not site.ignores_ranges:
            first = int(asked[1])
            if first >= total:
                return self._send(416, b"", {"Content-Range": f"bytes */{total}"})
            status, headers["Content-Range"] = 206, f"bytes {first}-{total - 1}/{total}"
        self._head(status, total - first, headers)
        data = data[first:]
        if site.cuts:
            self._write(data[: site.cuts.pop(0)])
            if site.sessions_end_with_files:
                site.sessions.clear()
            self.close_connection = True
        elif site.silent_after is not None:
            self._write(data[: site.silent_after])
            site.is_silent.set()
            site.go_on.wait(300)
            self.close_connection = True
        elif site.trickle is not None:
            for start in range(0, len(data), total // 1000):
                self._write(data[start : start + total // 1000])
                site.go_on.wait(site.trickle)
        else:
            self._write(data)

    def _raw(self, pieces):
        site = self.server.site
        self.close_connection = False
        for piece in pieces:
            site.go_on.wait(site.pause)
            self._write(piece)
            if self.close_connection or site.go_on.is_set():
                break
            site.sent += len(piece)
        self.close_connection = True

    def _send(self, status, body, headers=()):
        self._head(status, len(body), dict(headers))
        self._write(body)

    def _head(self, status, length, headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _write(self, data):
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):  # the client was killed
            self.close_connection = True


@contextmanager
def serve(packages: dict[str, bytes] | Path):
    """Serve packages, or the zip files of a folder, on a free port while the block runs."""
    if isinstance(packages, Path):
        packages = {path.name: path.read_bytes() for path in sorted(packages.glob("*.zip"))}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.site = SiteServer(packages)
    server.site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.site
    finally:
        server.site.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()

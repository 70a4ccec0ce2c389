"""The server of the page: files and routes behind an access check."""

import secrets
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Any

import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from cityscapes.errors import DataError
from cityscapes.viewer.project import Project
from cityscapes.viewer.routes import routes
from cityscapes.viewer.security import Guard
from cityscapes.viewer.thumbnails import Thumbnails
from cityscapes.viewer.viewer import Viewer
from cityscapes.workflow.may_write import check_apart

PAGES = Path(__file__).parent / "pages"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Each may hold some images of 2048 x 1024 pixels.
THREADS = 2


class _Quiet(uvicorn.Server):
    """A server that ends on Ctrl+C and SIGTERM as on Quit: no traceback, exit code 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let the signals end the server; uvicorn would raise them again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@dataclass(frozen=True)
class Addition:
    """What another tool adds to the viewer: pages, routes, and data for the page."""

    pages: Path
    routes: Callable[[Viewer], list[Route]]
    about: dict[str, Any]


class Server:
    """A viewer of a project, on a bound socket."""

    def __init__(self, project: Project, bound: socket, addition: Addition | None = None):
        self.token = secrets.token_urlsafe(32)
        self.port: int = bound.getsockname()[1]
        self._socket = bound
        self._thumbnails = Thumbnails(project.results if _may_write(project) else None)
        self.viewer = Viewer(project, self._thumbnails, self.quit)
        folders, more = [PAGES], []
        if addition:
            self.viewer.about = addition.about
            folders, more = [PAGES, addition.pages], addition.routes(self.viewer)
        self.viewer.list_frames()
        config = uvicorn.Config(
            application(self.viewer, self.token, self.port, folders, more),
            http="h11",
            ws="none",
            loop="asyncio",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=2,
        )
        self._server = _Quiet(config)

    def run(self) -> None:
        """Answer until `quit`, Ctrl+C or SIGTERM."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._thumbnails.close()

    def quit(self) -> None:
        """End `run` after all pending answers."""
        self._server.should_exit = True


def application(
    viewer: Viewer, token: str, port: int, folders: list[Path], more: list[Route]
) -> ASGIApp:
    """Return the pages of some folders and the routes, with `more` of them, behind the guard."""
    pages = [
        Route("/" if path.name == "index.html" else f"/{path.name}", _page(path))
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.suffix in MEDIA_TYPES
    ]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield

    app = Starlette(
        routes=[*pages, *routes(viewer), *more],
        lifespan=lifespan,
        exception_handlers={HTTPException: _refused, Exception: _bug},
    )
    app.router.redirect_slashes = False
    return Guard(app, token, port)


def _page(path: Path):
    body, media_type = path.read_bytes(), MEDIA_TYPES[path.suffix]

    async def page(request: Request) -> Response:
        return Response(body, headers={"Content-Type": media_type})

    return page


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


async def _bug(request: Request, error: Exception) -> Response:
    what = "a bug of the viewer: its traceback stands where the server was started"
    return JSONResponse({"error": f"{type(error).__name__}: {what}"}, status_code=500)


def _may_write(project: Project) -> bool:
    """Return True if the cache of thumbnails may be in the results: no link leaves them."""
    try:
        check_apart(project.settings, project.shards)
    except (DataError, OSError):
        return False
    return True

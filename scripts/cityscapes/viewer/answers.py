"""Answers of all routes: from threads, as JSON with error messages, or as packed arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from zlib_ng import zlib_ng

from cityscapes.errors import DataError, printable
from cityscapes.viewer.packed import pack

BINARY = "application/octet-stream"
GZIP = 31  # wbits: a gzip file with the largest window


class Unknown(Exception):
    """A name that the server never gave to the page."""


def answer(function: Callable[[Request], Response]) -> Callable:
    """Wrap a route so that it works in a thread and reports wrong names and files as JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            if await request.is_disconnected():  # scrolled past while it waited
                return Response(status_code=499)
            return await run_in_threadpool(function, request)
        except Unknown as error:
            return JSONResponse({"error": printable(str(error))}, status_code=404)
        except DataError as error:
            return JSONResponse({"error": printable(str(error))}, status_code=422)
        except OSError as error:
            what = f"{error.filename}: cannot be read: {error.strerror}"
            return JSONResponse({"error": printable(what)}, status_code=422)

    return endpoint


def one_of(request: Request, names: tuple[str, ...]) -> str:
    name = request.path_params["type"]
    if name not in names:
        raise Unknown(f"there is no such type here; there are {', '.join(names)}")
    return name


def packed(request: Request, document: dict[str, Any], **arrays: np.ndarray) -> Response:
    """Return arrays and a document; gzip shrinks label images to a twentieth, for ssh."""
    data = pack(document, **arrays)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(data, media_type=BINARY)
    return Response(
        zlib_ng.compress(data, 1, GZIP),
        media_type=BINARY,
        headers={"Content-Encoding": "gzip"},
    )

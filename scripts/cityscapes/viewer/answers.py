"""Answers of all routes: in threads, in JSON with what is wrong, or packed arrays."""

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
    """A name that is none of those the server told the page."""


def answer(function: Callable[[Request], Response]) -> Callable:
    """A route that works in a thread, and tells in JSON what is wrong with names and files."""

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
    """Arrays and a document; gzip makes a twentieth of label images, which helps over ssh."""
    data = pack(document, **arrays)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(data, media_type=BINARY)
    return Response(
        zlib_ng.compress(data, 1, GZIP),
        media_type=BINARY,
        headers={"Content-Encoding": "gzip"},
    )

"""Requests that change something or have a body: parsing, checks and status codes."""

import json
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from cityscapes.editing.durable import FORBIDDEN, FULL, NotWritten
from cityscapes.editing.entries import EntryProblems, without_nan
from cityscapes.editing.lock import Held
from cityscapes.errors import DataError, printable
from cityscapes.ground_truth.polygons import MB, PolygonRules, read_document
from cityscapes.viewer.answers import Unknown
from cityscapes.viewer.security import MOST_OF_A_BODY

# The guard counts the bytes; lists and objects are counted here, as each takes 200 bytes.
RULES = PolygonRules(max_mb=MOST_OF_A_BODY / MB)


class Refused(Exception):
    """A request that is refused in the present state: its status and message."""

    def __init__(self, status: int, document: dict[str, Any]):
        self.status, self.document = status, document
        super().__init__(document.get("error", ""))


def with_body(function: Callable[[Request, dict], Response]) -> Callable:
    """Wrap a route that takes a JSON object: it works in a thread and reports errors as JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            data = await request.body()
        except ClientDisconnect:
            return Response(status_code=499)
        return await run_in_threadpool(_answered, function, request, data)

    return endpoint


def told(document: Any, status: int = 200) -> Response:
    """Return a JSON answer, even for NaN and lone surrogates, which files may contain."""
    try:
        text = json.dumps(document, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(without_nan(document), separators=(",", ":"))
    return Response(text.encode(), status, media_type="application/json")


def version_asked(request: Request) -> str:
    """Return the version in a request's `If-Match`; raise Refused if it is missing."""
    given = request.headers.getlist("if-match")
    if len(given) != 1:
        what = "If-Match is missing: it says which version of the file the page knows"
        raise Refused(428, {"error": what})
    return given[0].strip().removeprefix("W/").strip('"')


def whole(value: Any, least: int, most: int, name: str) -> int:
    """Return a whole number of a body; raise DataError if it is none."""
    if type(value) is not int or not least <= value <= most:
        raise DataError(f"{name} is not a whole number from {least} to {most}")
    return value


def _answered(function: Callable, request: Request, data: bytes) -> Response:
    try:
        return function(request, read_document(data, RULES))
    except Unknown as error:
        return _error(404, error)
    except Refused as error:
        return told(error.document, error.status)
    except EntryProblems as error:
        listed = [
            {"entry": place, "error": printable(problem)} for place, problem in error.problems
        ]
        return told({"error": printable(str(error)), "problems": listed}, 422)
    except NotWritten as error:
        full, forbidden = error.number in FULL, error.number in FORBIDDEN
        return _error(507 if full else 403 if forbidden else 500, error)
    except Held as error:
        return _error(503, error)
    except DataError as error:
        return _error(422, error)
    except RecursionError:
        return told({"error": "the body is nested too deeply"}, 422)
    except OSError as error:
        return _error(422, f"{error.filename}: cannot be read: {error.strerror}")


def _error(status: int, error: Exception | str) -> Response:
    return told({"error": printable(str(error))}, status)

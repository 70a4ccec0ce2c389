"""Access control: only the page of this server, opened by the link, gets answers.

The server listens on the loopback interface alone. Other users of the machine lack the token;
pages of other sites lack it, too, and are recognized by the headers that browsers send.
"""

import hmac
import json
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = "127.0.0.1"
# Scripts of other sites cannot send it without a CORS preflight, which is never answered.
PAGE_HEADER = "x-cityscapes-page"
API = "/api/"
MOST_OF_A_BODY = 16 << 20

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Passes permitted requests to `app`; all others get a status and a reason."""

    def __init__(self, app: ASGIApp, token: str, port: int, most_of_a_body: int = MOST_OF_A_BODY):
        self._app = app
        self._token = token.encode()
        self._hosts = {f"{HOST}:{port}", f"localhost:{port}"}
        self._most = most_of_a_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no web sockets: the server closes them

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = [(name.lower().encode(), text.encode()) for name, text in HEADERS.items()]
                names = {name for name, _ in ours}
                kept = [pair for pair in message.get("headers", ()) if pair[0] not in names]
                message = {**message, "headers": [*kept, *ours]}
            await send(message)

        refusal = self._refusal(scope)
        if refusal:
            await _refuse(send_guarded, *refusal)
            return
        await self._app(scope, self._counted(receive), send_guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and reason if a request is refused."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return 421, "this server is asked as 127.0.0.1 or localhost, with its port, only"
        if _length(headers) > self._most:
            return 413, f"more than {self._most} bytes"
        if not scope["path"].startswith(API):
            return None
        allowed = {f"http://{host}" for host in self._hosts}
        if not set(headers.getlist("origin")) <= allowed:
            return 403, "the request comes from another site"
        if not set(headers.getlist("sec-fetch-site")) <= {"same-origin"}:
            return 403, "the request comes from another site"
        if headers.getlist(PAGE_HEADER) != ["1"]:
            return 403, "the request comes from no page of this server"
        scheme, _, token = headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(token.encode(), self._token)
        if scheme != "Bearer" or not right:
            return 401, (
                "the token of the link is missing, or that of a server that has ended: open the "
                "link that stands where the server was started"
            )
        if scope["method"] not in ("GET", "HEAD"):
            if headers.getlist("content-type") != ["application/json"]:
                return 415, "the content type is not application/json"
        return None

    def _counted(self, receive: Receive) -> Receive:
        count = 0

        async def receive_counted() -> Message:
            nonlocal count
            message = await receive()
            count += len(message.get("body", b""))
            if count > self._most:
                too_large = f"more than {self._most} bytes"
                raise HTTPException(413, too_large, headers={"Connection": "close"})
            return message

        return receive_counted


def _length(headers: Headers) -> int:
    lengths: Iterable[str] = headers.getlist("content-length")
    return max((int(text) for text in lengths if text.isdigit()), default=0)


async def _refuse(send: Send, status: int, reason: str) -> None:
    body = json.dumps({"error": reason}).encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"connection", b"close"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})

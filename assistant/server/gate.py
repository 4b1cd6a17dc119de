"""What every request passes: a known host, our own origin, a bounded body, an open route; and the headers back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.problems import problem
from assistant.server.csp import STRICT

MAX_BODY_BYTES = 262_144
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = _SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
# What the chat page itself uses of Gradio; uploads, files, proxies, its API and its monitoring are not among it.
_GRADIO = re.compile(
    r"/(?:theme\.css|favicon\.ico|assets/.+|static/.+|svelte/.+"
    r"|gradio_api/(?:queue/(?:join|data)|heartbeat/\w+|cancel|reset|startup-events|theme\.css))?"
)
_OURS = re.compile(r"/(?:api/|healthz$|readyz$|docs$|openapi\.json$|page/|browse$|documents/|clause/|about$|answers/)")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Gate:
    """ASGI middleware. hosts: the names this server answers to; "*" for any.

    A browser that was led here by another site (DNS rebinding, a form posted across) is turned away.
    """

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            status, detail = refusal
            await problem(status, detail, instance=scope["path"])(scope, receive, _with_headers(send, scope["path"]))
            return
        bounded = _Bounded(receive, MAX_BODY_BYTES)
        await self._app(scope, bounded, _with_headers(send, scope["path"]))

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if "*" not in self._hosts and _name(host) not in self._hosts:
            return 400, f"this server does not answer to this host name; open it as {sorted(self._hosts)[0]}"
        path = scope["path"]
        if not (_OURS.match(path) or _GRADIO.fullmatch(path)):
            return 404, "there is nothing at this address; the pages start at / and the API is described at /docs"
        if scope["method"] not in _METHODS:
            return 405, "this address takes GET, HEAD and POST only"
        if scope["method"] not in _SAFE_METHODS and _is_foreign(headers, host):
            return 403, "this request comes from another site; send it from this server's own page, or without Origin"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            return 413, _TOO_LARGE
        return None


_TOO_LARGE = f"the body is over {MAX_BODY_BYTES // 1024} KiB; send a shorter question or fewer turns"


class _Bounded:
    """Receives a body up to a number of bytes, for one that did not state its length."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise HTTPException(413, _TOO_LARGE)
        return message


def _name(host: str) -> str:
    """The host's name without its port: "127.0.0.1", "[::1]"."""
    return re.sub(r":\d+$", "", host.lower())


def _is_foreign(headers: Headers, host: str) -> bool:
    """Whether a browser says that another site sent this. Programs send neither header."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != host


def _with_headers(send: Send, path: str) -> Send:
    kept_back = not path.startswith(("/assets/", "/static/", "/page/", "/theme.css", "/favicon.ico"))

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", STRICT)
            if kept_back:  # questions and answers stay out of caches on shared computers
                headers["Cache-Control"] = "no-store"
            for name in ("access-control-allow-origin", "access-control-allow-credentials", "server"):
                if name in headers:
                    del headers[name]
        await send(message)

    return sending

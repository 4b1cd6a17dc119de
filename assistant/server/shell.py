"""What stands around Gradio's page: header, reader, footer, style; and the policy that fits its inline scripts."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.pages.environment import render
from assistant.server.csp import policy_for

_BODY = re.compile(rb"<body[^>]*>", re.IGNORECASE)
# Link previews for other sites, with addresses on other hosts; the frame script, which nothing here uses; the
# manifest, which offers to install the page as an app.
_FOREIGN = re.compile(
    rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>'
    rb'|<link rel="manifest"[^>]*>'
    rb"|<script>\s*\(\(\) => \{\s*const root =.*?</script>"
    rb"|<script data-gradio-mode>.*?</script>",
    re.DOTALL,
)


class Shell:
    """ASGI middleware that finishes the HTML of the pages in `paths`; everything else passes untouched.

    chat: the path of Gradio's page, which gets the header, the reader and the footer.
    """

    def __init__(self, app: ASGIApp, *, chat: str = "/", others: tuple[str, ...] = ("/docs",)) -> None:
        self._app = app
        self._chat = chat
        self._paths = frozenset({chat, *others})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in self._paths or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def gather(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                await self._finish(scope["path"], start, bytes(body), send)

        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": plain}, receive, gather)

    async def _finish(self, path: str, start: Message, body: bytes, send: Send) -> None:
        headers = [(k, v) for k, v in start["headers"] if k.lower() not in {b"content-length", b"content-encoding"}]
        if any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers):
            if path == self._chat:
                body = framed(body)
            headers.append((b"content-security-policy", policy_for(body).encode()))
        headers.append((b"content-length", str(len(body)).encode()))
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def framed(html: bytes) -> bytes:
    """Gradio's page with ours around it, and without what points to other hosts."""
    html = _FOREIGN.sub(b"", html)
    head, before, after = (render(f"chat/{part}.html").encode() for part in ("head", "before", "after"))
    html = html.replace(b"</head>", head + b"</head>", 1)
    html = _BODY.sub(lambda found: found[0] + before, html, count=1)
    return html.replace(b"</gradio-app>", b"</gradio-app>" + after, 1)

"""Start the server: bind first, so that a taken port is told at once; then load what takes time."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import sys
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Callable

from assistant.errors import ServeError
from assistant.service import Service

log = logging.getLogger(__name__)
_OPEN_SECONDS = 60
# Seconds that a quiet connection stays open: people read an answer for longer than uvicorn's five, and a question sent
# just as it closes is lost.
_KEPT_OPEN = 75


def check_host(host: str, *, allowed: bool) -> None:
    """Raises ServeError for an address that other machines can reach, unless a setting allows it."""
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError as error:
        raise ServeError(f"{host!r} is no address; give one such as 127.0.0.1, or leave --host out") from error
    if not local and not allowed:
        raise ServeError(
            f"{host} can be reached from other machines, and there is no sign-in yet: anybody there could ask, read "
            "every document and send feedback; leave --host out, or set ASSISTANT_WITHOUT_SIGN_IN=accepted if the "
            "network itself keeps others away"
        )


def bind(host: str, port: int) -> socket.socket:
    """A bound socket. Raises ServeError where the port is taken or may not be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        bound.close()
        raise ServeError(f"port {port} cannot be used ({error}); give another with --port, such as 7871") from error
    return bound


def serve(service: Service, *, host: str, port: int, browser: bool, say: Callable[[str], None]) -> None:
    """Serve until interrupted. say: told once the page is ready. browser: open it there where there is one."""
    bound = bind(host, port)
    import uvicorn
    from threadpoolctl import threadpool_limits

    from assistant.server.app import LOCAL_HOSTS, create_app

    # Several questions are answered at once: where each spreads its sums over every core, they wait for each other,
    # and comparing one with the examples takes four times as long.
    threadpool_limits(limits=1, user_api="blas")

    shown = f"[{host}]" if ":" in host else host
    loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    app = create_app(service, hosts=[*LOCAL_HOSTS, shown] if loopback else ["*"])
    address = f"http://{shown}:{bound.getsockname()[1]}"
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=_KEPT_OPEN,
    )
    threading.Thread(target=_announce, args=(address, browser, say), daemon=True).start()
    uvicorn.Server(config).run(sockets=[bound])


def _has_a_screen() -> bool:
    """Whether a browser would open in a window: in a bare terminal it would be a text browser, in the way."""
    return sys.platform in {"darwin", "win32"} or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def _announce(address: str, browser: bool, say: Callable[[str], None]) -> None:
    """Say so when questions are answered, or what is missing."""
    deadline = time.monotonic() + _OPEN_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as response:
                if response.status == 200:
                    break
        except OSError:
            time.sleep(0.1)
    say(f"The assistant is at {address} (stop it with Ctrl+C).")
    if browser and _has_a_screen():
        try:
            webbrowser.open(address)
        except webbrowser.Error:
            log.info("no browser could be opened")

"""Serves the page to this machine alone, and asks nothing of any other."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import tempfile
import threading
import warnings
import webbrowser
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sim.errors import InputError, Problem
from sim.scenario.schema import Scenario

LOOPBACK = "127.0.0.1"
NOWHERE = "http://127.0.0.1:9/"
"""Where Solara would fetch assets that are not installed: a port that nothing answers."""

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class OnlyOwnPages:
    """Refuses requests and sockets that a page from elsewhere makes through somebody's browser."""

    def __init__(self, app: Application, port: int) -> None:
        self.app = app
        self.host = f"{LOOPBACK}:{port}".encode()

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Pass on what comes from our own page."""
        headers = dict(scope.get("headers", ()))
        own = headers.get(b"host") == self.host and headers.get(b"origin", b"") in (b"", b"http://" + self.host)
        if scope["type"] == "lifespan" or own:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"Open http://" + self.host + b"/\n"})


def serve(files: list[Scenario], port: int, announce: Callable[[str], None], *, open_browser: bool = False) -> None:
    """Serve the dashboard on the loopback interface until it is interrupted.

    Parameters
    ----------
    files : scenarios to choose from besides those that ship
    port : 1 to 65535
    announce : called with the page's address once it can be opened
    open_browser : whether to open the page in the default browser

    Raises
    ------
    InputError
        If something else listens on ``port``.
    """
    listening = _socket(port)
    warnings.filterwarnings("ignore", "Cookies with samesite=none")
    with tempfile.TemporaryDirectory(prefix="corridor-") as home:
        _settle(home)
        import uvicorn

        from sim.dashboard.page import open_library

        open_library(files)
        from solara.server.starlette import app

        url = f"http://{LOOPBACK}:{port}/"
        config = uvicorn.Config(OnlyOwnPages(app, port), log_level="critical", lifespan="on")
        announce(url)
        if open_browser:
            threading.Timer(1.0, webbrowser.open, [url]).start()
        server = uvicorn.Server(config)
        server.force_exit = True  # open pages are not waited for
        server.run(sockets=[listening])


def _settle(home: str) -> None:
    """Tell Solara, before it is imported, to report to nobody, fetch nothing and keep nothing."""
    os.environ |= {
        "SOLARA_APP": "sim.dashboard.page",
        "SOLARA_HOME": home,
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
        "SOLARA_ASSETS_CDN": NOWHERE,
        "SOLARA_THEME_TITLE": "Corridor",
        "SOLARA_THEME_SHOW_BANNER": "False",
        "SOLARA_CHECK_HOOKS": "off",
        "SOLARA_SESSION_SECRET_KEY": secrets.token_hex(16),
    }


def _socket(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
        listening.listen()  # who comes before the page is ready waits
    except OSError as error:
        listening.close()
        found = f"{port} ({(error.strerror or str(error)).lower()})"
        raise InputError(Problem("command line", "--port", found, "a free port", "Choose another one")) from error
    return listening

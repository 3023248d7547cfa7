"""The web application that `bnnlab app` serves: the lab, warmed up, for the names it was asked to answer to."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from socket import AF_INET, AF_INET6, IPPROTO_TCP, SO_ACCEPTCONN, SOL_SOCKET, TCP_NODELAY, socket
from threading import enumerate as threads
from typing import Any

import streamlit as st
import torch
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bnnlab.app.ahead import PICTURE_OF, modules_of_page, picture_path
from bnnlab.app.handout import HANDOUT, handout
from bnnlab.app.head import StyleInHead
from bnnlab.app.launch import url, url_path
from bnnlab.app.live.files import FILES, files
from bnnlab.app.live.route import LIVE, live
from bnnlab.app.live.runs import RUNS
from bnnlab.app.live.spare import SPARE
from bnnlab.app.recording import RECORDED, recorded, version
from bnnlab.app.style import IN_HEAD
from bnnlab.bits.disassembly import disassemble
from bnnlab.train import RunConfig, train
from bnnlab.widgets.bundle import PICTURES, bundle

SWEEP_EVERY_S = 30.0
SWITCH_EVERY_S = 0.0005  # a frame passes three threads; beside one that trains each would wait the usual 5 ms


def _path(path: str) -> str:
    """Where something of ours is found, under the base path that the lab was started with."""
    found: str = url_path(st.get_option("server.baseUrlPath"), path)
    return found


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Do everything once that is slow the first time, so that the first page opens at once.

    Frozen objects are left out of garbage collection: Streamlit collects after every run of a script, which
    with torch loaded would stop the training threads for a fifth of a second each time.
    """
    torch.set_num_threads(1)  # the sessions' threads share the cores; they must not fight over them too
    sys.setswitchinterval(SWITCH_EVERY_S)
    with train(RunConfig()) as run:
        next(run)
        run.snapshot()
    with suppress(NotImplementedError):  # on this CPU no machine code can be read
        disassemble("lecture")
    send_at_once()
    gc.collect()
    gc.freeze()
    address, port = st.get_option("browser.serverAddress"), st.get_option("server.port")
    print(
        f"The lab is on {url(address, port, st.get_option('server.baseUrlPath'))} (Ctrl+C ends it)",
        flush=True,
    )
    sweeping = asyncio.create_task(_sweep())
    SPARE.prepare()
    yield None
    sweeping.cancel()
    await asyncio.to_thread(SPARE.close)
    await asyncio.to_thread(RUNS.close)


def send_at_once() -> None:
    """Let no answer wait until the browser has confirmed the part before it, which takes 40 ms.

    asyncio sees to that itself, but not for Streamlit's socket, which does not say that it is one of TCP; and nobody
    hands that socket on. What it accepts inherits the option.
    """
    for one in gc.get_objects():
        if type(one) is not socket or one.fileno() < 0 or one.family not in (AF_INET, AF_INET6):
            continue
        if one.getsockopt(SOL_SOCKET, SO_ACCEPTCONN):
            one.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)


async def _sweep() -> None:
    """Now and then close the runs that nobody came back to."""
    while True:
        await asyncio.sleep(SWEEP_EVERY_S)
        RUNS.sweep()


async def stats(_: Request) -> JSONResponse:
    """How many training threads and runs there are, for those who look after a server."""
    trainers = sum(thread.name == "bnnlab-trainer" for thread in threads())
    return JSONResponse({"trainers": trainers, **RUNS.counts()})


class PicturesInOnePiece:
    """Serves each interactive picture as one module, and announces what a page needs with the page itself.

    A picture is made of some thirty modules, which a browser would find and fetch one behind the other, after
    Streamlit has started. Like this it fetches one, and while Streamlit starts.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.base = st.get_option("server.baseUrlPath")
        self.pictures = {
            picture_path(self.base, name): Response(
                bundle(name), media_type="text/javascript", headers={"cache-control": "no-cache"}
            )
            for name in PICTURES
        }
        self.pages: dict[str | None, str] = {_path("").rstrip("/"): ""}
        self.pages |= {_path(page): page for page in PICTURE_OF}
        self.recording = f"<{_path(RECORDED)}?{version()}>; rel=preload; as=fetch; crossorigin"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for the pictures, and pass all else on."""
        path = scope.get("path") if scope["type"] == "http" else None
        if path in self.pictures:
            await self.pictures[path](scope, receive, send)
            return
        if path not in self.pages:
            await self.app(scope, receive, send)
            return
        announcement = self._announcement(self.pages[path], scope["query_string"].decode("latin-1"))

        async def send_with_announcement(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"link", announcement.encode())]
            await send(message)

        await self.app(scope, receive, send_with_announcement)

    def _announcement(self, page: str, query: str) -> str:
        links = [f"<{module}>; rel=modulepreload" for module in modules_of_page(self.base, page, query)]
        if PICTURE_OF[page] == "lab" and not query:  # only there the recorded beginning is shown
            links.append(self.recording)
        return ", ".join(links)


def _hosts() -> list[str]:
    """The names to answer to, as the middleware wants them: IPv6 addresses in brackets."""
    names: list[str] = st.get_option("server.allowedHosts")
    return [f"[{name}]" if ":" in name else name for name in names] or ["*"]


app = st.App(
    Path(__file__).with_name("main.py"),
    lifespan=warm,
    # Streamlit puts an app's own routes beside the base path, not under it.
    routes=[
        Route(_path("api/bnn/stats"), stats),
        Route(_path(RECORDED), recorded),
        Route(_path(HANDOUT), handout),
        Route(_path(f"{FILES}/{{name}}"), files),
        WebSocketRoute(_path(LIVE), live),
    ],
    middleware=[
        # A page of another site that resolves its own name to this machine (DNS rebinding) is turned away.
        Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(), www_redirect=False),
        Middleware(PicturesInOnePiece),
        Middleware(StyleInHead, style=IN_HEAD),
    ],
)

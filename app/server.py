"""The web application that `bnnlab app` serves: the lab, warmed up, for this machine's own names only."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import enumerate as threads
from typing import Any

import streamlit as st
import torch
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bnnlab.train import RunConfig, train
from bnnlab.widgets.jupyter import modules_of


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Do everything once that is slow the first time, so that the first page opens at once.

    Frozen objects are left out of garbage collection: Streamlit collects after every run of a script, which
    with torch loaded would stop the training threads for a fifth of a second each time.
    """
    torch.set_num_threads(1)  # the sessions' threads share the cores; they must not fight over them too
    with train(RunConfig()) as run:
        next(run)
        run.snapshot()
    gc.collect()
    gc.freeze()
    print(
        f"The lab is on http://{st.get_option('server.address')}:{st.get_option('server.port')} (Ctrl+C ends it)"
    )
    yield None


async def stats(_: Request) -> JSONResponse:
    """How many training threads are alive, for those who look after a server."""
    return JSONResponse({"trainers": sum(thread.name == "bnnlab-trainer" for thread in threads())})


class PreloadPicture:
    """Tells the browser, with the page itself, which modules the Lab's picture is made of.

    It then fetches them while Streamlit starts, instead of finding them one behind the other afterwards.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        folder = "/_stcore/bidi-components/bnnlab.lab"
        links = (f"<{folder}/{name}>; rel=modulepreload" for name in modules_of("lab.js"))
        self.header = (b"link", ", ".join(links).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the header to the answer if it asks for the page."""

        async def send_with_links(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], self.header]
            await send(message)

        is_page = scope["type"] == "http" and scope["path"] in ("/", "/lab")
        await self.app(scope, receive, send_with_links if is_page else send)


app = st.App(
    Path(__file__).with_name("main.py"),
    lifespan=warm,
    routes=[Route("/api/bnn/stats", stats)],
    middleware=[
        # A page of another site that resolves its own name to this machine (DNS rebinding) is turned away.
        Middleware(TrustedHostMiddleware, allowed_hosts=st.get_option("server.allowedHosts") or ["*"]),
        Middleware(PreloadPicture),
    ],
)

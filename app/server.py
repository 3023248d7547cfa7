"""The web application that `bnnlab app` serves: the lab, warmed up, for the names it was asked to answer to."""

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
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bnnlab.train import RunConfig, train
from bnnlab.widgets.bundle import PICTURES, bundle


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


class PicturesInOnePiece:
    """Serves each interactive picture as one module, and announces the Lab's with the page itself.

    A picture is made of some thirty modules, which a browser would find and fetch one behind the other, after
    Streamlit has started. Like this it fetches one, and while Streamlit starts.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.pictures = {
            f"/_stcore/bidi-components/bnnlab.{name}/{name}/{name}.js": Response(
                bundle(name), media_type="text/javascript", headers={"cache-control": "no-cache"}
            )
            for name in PICTURES
        }
        self.announcement = (b"link", f"<{next(iter(self.pictures))}>; rel=modulepreload".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for the pictures, and pass all else on."""

        async def send_with_announcement(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], self.announcement]
            await send(message)

        path = scope.get("path") if scope["type"] == "http" else None
        if path in self.pictures:
            await self.pictures[path](scope, receive, send)
        else:
            await self.app(scope, receive, send_with_announcement if path in ("/", "/lab") else send)


app = st.App(
    Path(__file__).with_name("main.py"),
    lifespan=warm,
    routes=[Route("/api/bnn/stats", stats)],
    middleware=[
        # A page of another site that resolves its own name to this machine (DNS rebinding) is turned away.
        Middleware(TrustedHostMiddleware, allowed_hosts=st.get_option("server.allowedHosts") or ["*"]),
        Middleware(PicturesInOnePiece),
    ],
)

"""The socket on which the cockpit gets its frames and sends its commands."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.websockets import WebSocket, WebSocketDisconnect

from bnnlab.app.launch import HOSTS
from bnnlab.app.live.runs import RUNS, Runs
from bnnlab.cockpit.viewer import Viewer

LIVE: Final = "api/bnn/live"
AFTER_S: Final = 0.014  # from an acknowledgement to asking for the next frame: see `_send_frames`
LOOK_EVERY_S: Final = 0.03  # while there is nothing new
FRESH_WITHIN_S: Final = 0.05
MIN_COMMAND_S: Final = 0.01
MAX_MESSAGE: Final = 64 * 1024
NO_TEXT, NOT_OURS, TOO_LONG, NO_JSON = 1003, 1008, 1009, 1007  # codes of RFC 6455


class Connection:
    """One open socket: which frame it waits to see acknowledged."""

    def __init__(self) -> None:
        self.shown = asyncio.Event()


async def live(socket: WebSocket) -> None:
    """Serve one socket until it closes: see `serve`."""
    await serve(socket, RUNS)


async def serve(socket: WebSocket, runs: Runs) -> None:
    """Send frames, each after the one before was acknowledged, and obey commands.

    Args:
        socket: Not yet accepted; it is refused unless the page's origin is ours and its token that of a session.
        runs: Where the token is looked up.
    """
    viewer = runs.find(socket.query_params.get("token", ""))
    if viewer is None or not is_own(socket.headers.get("origin"), socket.headers.get("host")):
        await socket.close(NOT_OURS)
        return
    await socket.accept()
    connection = Connection()
    viewer.attach(connection)
    sending = asyncio.create_task(_send_frames(socket, viewer, connection))
    taking = asyncio.create_task(_take_messages(socket, viewer, connection))
    try:
        await asyncio.wait([sending, taking], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, taking):
            task.cancel()
            with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await task
        with suppress(RuntimeError, WebSocketDisconnect):  # closed by the other side already
            await socket.close(NOT_OURS)


def is_own(origin: str | None, host: str | None) -> bool:
    """Whether a page of this origin is the lab's own, served under the name that this socket was asked for.

    Behind a proxy the host may lack the port that the page has; a name that was allowed by option is then enough.
    """
    if origin is None or host is None:
        return False
    try:
        page = urlsplit(origin)
    except ValueError:  # not even an address
        return False
    if page.scheme not in ("http", "https") or not page.hostname:
        return False
    allowed = {name.lower() for name in st.get_option("server.allowedHosts")} - set(HOSTS)
    return page.netloc.lower() == host.lower() or page.hostname in allowed


async def _send_frames(socket: WebSocket, viewer: Viewer, connection: Connection) -> None:
    while viewer.client is connection:
        message = await asyncio.to_thread(viewer.next_frame, FRESH_WITHIN_S) if viewer.has_news() else None
        if message is None:
            await asyncio.sleep(LOOK_EVERY_S)
            continue
        connection.shown.clear()
        await socket.send_bytes(message)
        await connection.shown.wait()
        # A page draws sixty times a second and acknowledges as it begins to. What is asked for so much later arrives
        # just before it draws the second time, and is fresh then: asked for at once it would wait for that.
        await asyncio.sleep(AFTER_S)


async def _take_messages(socket: WebSocket, viewer: Viewer, connection: Connection) -> None:
    """Until the socket closes, or says what nobody can read."""
    while (received := await socket.receive())["type"] != "websocket.disconnect":
        text = received.get("text")
        if text is None or len(text) > MAX_MESSAGE:
            return await socket.close(NO_TEXT if text is None else TOO_LONG)
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return await socket.close(NO_JSON)
        if isinstance(message, dict) and message.keys() == {"ack"}:
            if viewer.client is connection and viewer.acknowledge(message["ack"]):
                connection.shown.set()
        else:
            await asyncio.to_thread(viewer.command, message)
            await asyncio.sleep(MIN_COMMAND_S)  # who floods us waits
    return None

"""The socket: who gets one, when a frame is sent, and that nothing said on it does harm."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import WebSocketRoute
from websockets import Origin
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from bnnlab.app.live import route
from bnnlab.app.live.route import MAX_MESSAGE, is_own, serve
from bnnlab.cockpit.viewer import Viewer

from ..cockpit.fakes import FakeRun, viewer_of

PATIENCE_S = 30


class Lab:
    """A server with the one route, for the viewer of one run."""

    viewer: Viewer

    def __init__(self, port: int) -> None:
        self.port = port

    def find(self, token: str) -> Viewer | None:
        return self.viewer if token == self.viewer.token else None

    def connect(self, **named: Any) -> ClientConnection:
        token = named.pop("token", self.viewer.token)
        host = named.pop("host", "127.0.0.1")
        origin = named.pop("origin", f"http://{host}:{self.port}")
        connection: ClientConnection = connect(
            f"ws://{host}:{self.port}/live?token={token}",
            origin=None if origin is None else Origin(origin),
            open_timeout=PATIENCE_S,
            proxy=None,
            **named,
        )
        return connection


@pytest.fixture
def run() -> FakeRun:
    return FakeRun()


@pytest.fixture(scope="module")
def served() -> Iterator[Lab]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        lab = Lab(listening.getsockname()[1])
        runs: Any = lab
        app = Starlette(
            routes=[WebSocketRoute("/live", partial(serve, runs=runs))],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1"])],
        )
        config = uvicorn.Config(app, log_config=None, ws="websockets-sansio", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield lab
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
        assert not thread.is_alive()


@pytest.fixture
def lab(served: Lab, run: FakeRun) -> Lab:
    served.viewer = viewer_of(run)
    return served


def frame(connection: ClientConnection) -> dict[str, Any]:
    meta: dict[str, Any] = json.loads(connection.recv(PATIENCE_S))
    return meta


def say(connection: ClientConnection, message: object) -> None:
    connection.send(json.dumps(message))


def refused(lab: Lab, **named: Any) -> int:
    with pytest.raises(InvalidStatus) as answer, lab.connect(**named):
        pass
    return answer.value.response.status_code


@pytest.mark.parametrize("token", ["", "x", "a" * 22, "%C3%A9" * 500])
def test_a_token_that_is_not_ours_opens_nothing(lab: Lab, run: FakeRun, token: str) -> None:
    assert refused(lab, token=token) == 403
    assert run.looks == 0


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example.org",
        "http://127.0.0.1:1",
        "http://127.0.0.1.evil.example.org",
        "file://127.0.0.1",
    ],
)
def test_a_page_that_is_not_ours_gets_nothing(lab: Lab, run: FakeRun, origin: str | None) -> None:
    assert refused(lab, origin=origin) == 403
    assert run.looks == 0


def test_a_name_that_the_lab_does_not_answer_to_opens_nothing(lab: Lab, run: FakeRun) -> None:
    assert refused(lab, host="localhost") == 400
    assert run.looks == 0


def test_a_name_that_was_allowed_may_lose_its_port_at_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = ["127.0.0.1", "lab.example.org", "localhost"]
    monkeypatch.setattr(route.st, "get_option", lambda name: {"server.allowedHosts": allowed}[name])
    assert is_own("https://lab.example.org:8443", "lab.example.org")
    assert is_own("http://[::1]:8501", "[::1]:8501")
    assert not is_own("http://localhost:3000", "localhost:8501")
    assert not is_own("https://other.example.org", "lab.example.org")
    assert not is_own("http://[", "lab.example.org")


def test_the_first_frame_is_complete_and_the_next_one_waits_for_a_change(lab: Lab, run: FakeRun) -> None:
    with lab.connect() as page:
        first = frame(page)
        assert (first["serial"], first["complete"]) == (1, True)
        say(page, {"ack": 1})
        run.set(step=7)
        second = frame(page)
        assert (second["serial"], second["complete"], second["step"]) == (2, False, 7)


def test_a_socket_that_never_acknowledges_gets_one_frame_and_nothing_grows(lab: Lab, run: FakeRun) -> None:
    with lab.connect() as page:
        assert frame(page)["serial"] == 1
        for step in range(1, 31):
            run.set(step=step)
            say(page, {"do": "pause"})
            assert run.called.acquire(timeout=20)
        assert run.looks == 1
        for wrong in (0, 2, -1, "1", None, [1], 1e300):
            say(page, {"ack": wrong})
        say(page, {"ack": 1})
        assert (latest := frame(page))["serial"] == 2
        assert latest["step"] == 30


def test_a_second_socket_takes_over_and_begins_complete(lab: Lab, run: FakeRun) -> None:
    with lab.connect() as first:
        assert frame(first)["complete"]
        with lab.connect() as second:
            assert frame(second)["complete"]
            say(first, {"ack": 1})
            run.set(step=5)
            say(second, {"ack": 2})
            assert frame(second)["step"] == 5


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("7", 'must be an object with a "do"'),
        ("[]", 'must be an object with a "do"'),
        ('{"do": 1}', 'must be an object with a "do"'),
        ('{"do": "explode"}', "There is no command 'explode'; there are play, pause"),
        ('{"do": "speed", "value": NaN}', "Value must be one of 1, 10, fast, start"),
        ('{"ack": 1, "do": "set"}', "The command lacks 'settings'"),
    ],
)
def test_a_mistake_is_said_with_the_next_frame(lab: Lab, message: str, says: str) -> None:
    with lab.connect() as page:
        assert frame(page)["notice"] is None
        page.send(message)
        say(page, {"ack": 1})
        assert says in frame(page)["notice"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", 1007),
        ("\x00", 1007),
        ("[" * 30_000, 1007),
        ("x" * (MAX_MESSAGE + 1), 1009),
        (b"\x00\x01", 1003),
    ],
)
def test_garbage_closes_the_socket_and_the_lab_lives_on(lab: Lab, message: str | bytes, code: int) -> None:
    with lab.connect() as page:
        frame(page)
        page.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            page.recv(PATIENCE_S)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code
    with lab.connect() as again:
        assert frame(again)["complete"]


def test_a_message_cut_short_on_the_wire_does_no_harm(lab: Lab) -> None:
    with lab.connect() as page:
        frame(page)
        announced = struct.pack("!BB", 0x81, 0x80 | 100) + b"mask"  # 100 bytes, of which one comes
        page.socket.sendall(announced + b"{")
        page.socket.shutdown(socket.SHUT_RDWR)
    with lab.connect() as again:
        assert frame(again)["complete"]


def test_commands_reach_the_run_in_their_order(lab: Lab, run: FakeRun) -> None:
    with lab.connect() as page:
        frame(page)
        for command in ({"do": "play"}, {"do": "speed", "value": "fast"}, {"do": "pause"}):
            say(page, command)
            assert run.called.acquire(timeout=20)
    assert run.calls == [("play", 0.0), ("set_speed", None), ("pause",)]

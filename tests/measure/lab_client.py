"""A visitor of the lab without a browser: opens Streamlit's session, then the live socket, and acknowledges frames."""

from __future__ import annotations

import json
import threading
import time
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Origin, Subprotocol
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from bnnlab.widgets.encoding import unpack_frame

PATIENCE_S = 60


class LabClient:
    """One session that plays and acknowledges every frame at once, until the block ends.

    Args:
        url: Address of the lab.
        query: What stands behind the question mark.
    """

    def __init__(self, url: str, query: str = "") -> None:
        self._address = url.replace("http://", "ws://")
        self._origin = Origin(url)
        self._query = query
        self.steps: list[tuple[float, int]] = []  # when a frame came, and its step
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        # Held open by hand: they are closed in the order of `__exit__`.
        self._page = connect(
            f"{self._address}/_stcore/stream",
            origin=self._origin,
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            proxy=None,
        ).__enter__()
        token = self._token()
        self._live: ClientConnection = connect(
            f"{self._address}/api/bnn/live?token={token}", origin=self._origin, max_size=None, proxy=None
        ).__enter__()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.close()
        self._page.close()
        self._thread.join(PATIENCE_S)

    def _token(self) -> str:
        """What the page says in its first frame, once its script has run."""
        ask = BackMsg()
        ask.rerun_script.query_string = self._query
        self._page.send(ask.SerializeToString())
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            message = ForwardMsg()
            message.ParseFromString(bytes(self._page.recv(PATIENCE_S)))  # type: ignore[arg-type]
            data = message.delta.new_element.bidi_component.bytes
            if data:
                meta, _ = unpack_frame(data)
                return str(meta["connect"]["token"])
        raise TimeoutError("the page brought no frame")

    def _follow(self) -> None:
        try:
            while True:
                meta, _ = unpack_frame(bytes(self._live.recv()))  # type: ignore[arg-type]
                self.steps.append((time.monotonic(), meta["step"]))
                self._live.send(json.dumps({"ack": meta["serial"]}))
        except ConnectionClosed:
            return

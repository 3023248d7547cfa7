"""A Firefox without a window, steered by the WebDriver BiDi that is built into it: it needs no geckodriver."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE_S = 60
MAX_ANSWER = 2**24
QUIET = """\
user_pref("app.normandy.enabled", false);
user_pref("app.update.auto", false);
user_pref("browser.safebrowsing.downloads.remote.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,none");
"""


class Firefox:
    """One tab. It is an `Engine`.

    Attributes:
        errors: What scripts of the page threw and nobody caught.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._numbers = socket, count(1)
        self.errors: list[str] = []
        self._ask("session.new", capabilities={})
        self._ask("session.subscribe", events=["log.entryAdded"])
        self._tab = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def resize(self, width: int, height: int) -> None:
        """Give the page so many pixels."""
        size = {"width": width, "height": height}
        self._ask("browsingContext.setViewport", context=self._tab, viewport=size)

    def goto(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        self._ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, as far as JSON can tell it."""
        answer = self._ask(
            "script.evaluate",
            target={"context": self._tab},
            expression=f"JSON.stringify({expression}) ?? 'null'",
            awaitPromise=False,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def click(self, x: float, y: float) -> None:
        """Click at a place of what is seen of the page."""
        steps = [
            {"type": "pointerMove", "x": round(x), "y": round(y)},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "actions": steps}
        self._ask("input.performActions", context=self._tab, actions=[mouse])

    def _ask(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(timeout=PATIENCE_S))
            if answer.get("method") == "log.entryAdded":
                entry = answer["params"]
                if entry["type"] == "javascript" and entry["level"] == "error":
                    self.errors.append(entry["text"])
            elif answer.get("id") == number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]


@contextmanager
def firefox(program: str, folder: Path) -> Iterator[Firefox]:
    """One that runs while the block does.

    Args:
        program: Where Firefox is.
        folder: Empty; for its profile and log.
    """
    (folder / "user.js").write_text(QUIET)
    command = [program, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port=0"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "about:blank"], stdout=log, stderr=subprocess.STDOUT)
    try:
        address = _address(process, folder)
        with connect(f"{address}/session", max_size=MAX_ANSWER, open_timeout=PATIENCE_S) as socket:
            yield Firefox(socket)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)


def _address(process: subprocess.Popen[bytes], folder: Path) -> str:
    """Where it listens, which it says in its log."""
    said, deadline = "", time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        said = (folder / "log").read_text(errors="replace")
        _, listens, rest = said.partition("WebDriver BiDi listening on ")
        if listens and "\n" in rest:
            return rest.splitlines()[0].strip()
        time.sleep(0.1)
    raise RuntimeError(f"Firefox did not start: {said}")

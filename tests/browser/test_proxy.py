"""The lab behind a reverse proxy: under a path and a public name, with WebSockets and without."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from .conftest import PATIENCE_MS, SIZE, free_ports, lab_server
from .nginx import BASE_PATH, PUBLIC_NAME, start
from .programs import NGINX


@dataclass(frozen=True)
class Doors:
    """Ports of the proxy and of the lab itself."""

    open: int
    cut: int
    lab: int


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    path = NGINX.find()
    if not path:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NGINX.help)
    ports = Doors(*free_ports(3))
    folder = tmp_path_factory.mktemp("proxied")
    options = ["--base-path", BASE_PATH, "--allowed-host", PUBLIC_NAME]
    with lab_server(folder, ports.lab, options, health=f"{BASE_PATH}/_stcore/health"):
        proxy = start(path, folder, lab_port=ports.lab, open_port=ports.open, cut_port=ports.cut)
        try:
            yield ports
        finally:
            proxy.terminate()
            proxy.wait(timeout=20)
    said = (folder / "log").read_text()
    assert f"The lab is on http://127.0.0.1:{ports.lab}{BASE_PATH} " in said


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZE)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


def address(port: int, path: str = "/") -> str:
    return f"http://{PUBLIC_NAME}:{port}{BASE_PATH}{path}"


def moves(page: Page) -> None:
    lab = page.locator(".bnnlab").element_handle()
    page.wait_for_function("node => Number(node.dataset.draws) >= 5", arg=lab)


def test_frames_come_by_the_socket_under_the_base_path(stranger: Page, doors: Doors) -> None:
    sockets: list[WebSocket] = []
    failed: list[str] = []
    stranger.on("websocket", lambda socket: sockets.append(socket))
    stranger.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    stranger.goto(address(doors.open))
    moves(stranger)
    assert any(f"{BASE_PATH}/api/bnn/live" in socket.url for socket in sockets)
    modules = stranger.evaluate(
        """() => performance.getEntriesByType('resource').map(entry => entry.name)
                            .filter(name => name.includes('/bidi-components/'))"""
    )
    paths = [module.split("?")[0].removeprefix(address(doors.open, "")) for module in modules]
    # One module a picture: the page's own, the tour's card, and perhaps what was fetched ahead of the next click.
    at_once, ahead = [
        {f"/_stcore/bidi-components/bnnlab.{name}/{name}/{name}.js" for name in names}
        for names in (("lab", "tour"), ("stepper",))
    ]
    assert at_once <= set(paths) <= at_once | ahead
    stranger.get_by_role("link", name="XNOR-GEMM").first.click()
    expect(stranger.get_by_text("step 1 of 4", exact=True)).to_be_visible()
    assert not failed


def test_a_cut_socket_leaves_the_page_to_carry_frames_and_commands(stranger: Page, doors: Doors) -> None:
    stranger.goto(address(doors.cut, "/?speed=10"))
    moves(stranger)
    assert stranger.evaluate("sessionStorage.getItem('bnnlab.run')")


@pytest.mark.parametrize(
    ("host", "status"),
    [(PUBLIC_NAME, 200), (f"{PUBLIC_NAME}:8443", 200), ("127.0.0.1", 200), ("evil.example.org", 400)],
)
def test_the_lab_answers_to_its_names_alone(doors: Doors, host: str, status: int) -> None:
    connection = HTTPConnection("127.0.0.1", doors.lab, timeout=10)
    connection.request("GET", f"{BASE_PATH}/api/bnn/stats", headers={"Host": host})
    assert connection.getresponse().status == status
    connection.close()

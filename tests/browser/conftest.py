"""A real server and a real browser, once for all journeys."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from .nginx import PUBLIC_NAME
from .programs import CHROMIUM

PATIENCE_MS = 30_000
SIZE: ViewportSize = {"width": 1366, "height": 768}

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a lab started from an empty folder, as a user would."""
    (port,) = free_ports(1)
    with lab_server(tmp_path_factory.mktemp("empty"), port) as url:
        yield url


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def lab_server(
    folder: Path, port: int, options: Sequence[str] = (), health: str = "/_stcore/health"
) -> Iterator[str]:
    """Address of a lab that serves while the block runs, and must not have failed anywhere.

    Args:
        folder: Where it is started, and writes its log.
        port: Where it listens.
        options: More options of `bnnlab app`.
        health: Path that answers once it is there.
    """
    command = [str(Path(sys.executable).with_name("bnnlab")), "app", "--port", str(port), "--no-browser"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, *options], cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(url + health, process, folder / "log")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)
    said = (folder / "log").read_text()
    assert "Traceback" not in said, said


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the lab did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = CHROMIUM.find()
    if not path:
        pytest.fail(CHROMIUM.help)
    with sync_playwright() as playwright:
        names = f"--host-resolver-rules=MAP {PUBLIC_NAME} 127.0.0.1"
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", names]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(browser: Browser, server: str) -> Iterator[BrowserContext]:
    """What all visitors share: a cache. Who they are the lab tells by their tabs."""
    context = browser.new_context(viewport=SIZE, base_url=server)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def visitor(context: BrowserContext) -> Iterator[Callable[[], Page]]:
    """Opens a tab, as a new visitor does; the test fails if a page reported an error of its own."""
    pages: list[Page] = []
    errors: list[str] = []

    def opened() -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert not errors


@pytest.fixture
def page(visitor: Callable[[], Page]) -> Page:
    """The tab of a new visitor."""
    return visitor()


@pytest.fixture
def phone(browser: Browser, server: str) -> Iterator[Page]:
    """The tab of a new visitor with a phone."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=server, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def check_fits(page: Page) -> None:
    """Nothing on the page is wider than its window, once it has settled."""
    page.wait_for_function(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
                 .every(node => node.scrollWidth <= node.clientWidth)"""
    )

"""WebKitGTK's own small browser, on a screen that nobody sees, steered by its own driver."""

from __future__ import annotations

import json
import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

PATIENCE_S = 60
LISTEN = """
window.thrown = [];
addEventListener('error', event => window.thrown.push(event.message));
addEventListener('unhandledrejection', event => window.thrown.push(String(event.reason)));
"""


class WebKit:
    """One window. It is an `Engine`."""

    def __init__(self, driver: webdriver.WebKitGTK) -> None:
        self._driver = driver

    @property
    def errors(self) -> list[str]:
        """What scripts of the page threw and nobody caught, after it had loaded."""
        return list(self.evaluate("window.thrown ?? []"))

    def resize(self, width: int, height: int) -> None:
        """Make the page so wide, and at least so high as fits below the window's own bars."""
        self._driver.set_window_size(width, height)

    def goto(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        self._driver.get(url)
        self._driver.execute_script(LISTEN)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, as far as JSON can tell it."""
        return json.loads(self._driver.execute_script(f"return JSON.stringify({expression}) ?? 'null'"))

    def click(self, x: float, y: float) -> None:
        """Click at a place of what is seen of the page."""
        chain = ActionBuilder(self._driver)
        chain.pointer_action.move_to_location(round(x), round(y)).click()  # type: ignore[no-untyped-call]
        chain.perform()


@contextmanager
def webkit(program: str, driver: str, screen: str) -> Iterator[WebKit]:
    """One that runs while the block does.

    Args:
        program: Where MiniBrowser is.
        driver: Where WebKitWebDriver is.
        screen: Where Xvfb is.
    """
    with _shown_to_nobody(screen) as display:
        options = Options()
        options.binary_location = program
        options.add_argument("--automation")
        service = Service(driver, env={**os.environ, "DISPLAY": display, "GDK_BACKEND": "x11"})
        with warnings.catch_warnings():  # selenium warns of its own way of connecting
            warnings.simplefilter("ignore", DeprecationWarning)
            browser = webdriver.WebKitGTK(options=options, service=service)
        try:
            yield WebKit(browser)
        finally:
            browser.quit()


@contextmanager
def _shown_to_nobody(program: str) -> Iterator[str]:
    """Name of a screen that is there while the block runs."""
    reading, writing = os.pipe()
    command = [program, "-displayfd", str(writing), "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
    process = subprocess.Popen(
        command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as number:
            said = number.readline().strip()
        if not said:
            raise RuntimeError("Xvfb did not start")
        yield f":{said}"
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)

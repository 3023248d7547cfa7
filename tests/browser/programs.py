"""Finds the programs that browser tests need, or installs them: `python tests/browser/programs.py`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 60


def _nothing() -> str | None:
    return None


@dataclass(frozen=True)
class Program:
    """One program, under the names that it has on different systems.

    Attributes:
        title: Its name for people.
        names: What it may be called; a name with a slash is a path.
        package: Debian's package.
        variable: Environment variable that names another path, or None.
        asks: What makes it answer and end, so that one knows that it runs; None if nothing does.
        elsewhere: Another place where it may be.
    """

    title: str
    names: tuple[str, ...]
    package: str
    variable: str | None = None
    asks: str | None = "--version"
    elsewhere: Callable[[], str | None] = _nothing

    def find(self) -> str | None:
        """Path of one that runs, or None."""
        named = os.environ.get(self.variable) if self.variable else None
        candidates = [named, *map(shutil.which, self.names), self.elsewhere()]
        return next((path for path in candidates if path and self._runs(path)), None)

    @property
    def help(self) -> str:
        """What to do where there is none."""
        or_named = f", or set {self.variable} to its path" if self.variable else ""
        return (
            f"{self.title} is neither here nor could it be installed. Install it with your system's package manager "
            f"(on Debian: apt-get install {self.package}){or_named}."
        )

    def _runs(self, path: str) -> bool:
        if self.asks is None:
            return os.access(path, os.X_OK)
        try:
            asked = subprocess.run([path, self.asks], capture_output=True, timeout=PATIENCE_S)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return asked.returncode == 0


def _chromium_of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _minibrowser() -> str | None:
    """Debian keeps it among the libraries, in a folder for each architecture and version."""
    return next((str(path) for path in sorted(Path("/usr/lib").glob("*/webkit2gtk-*/MiniBrowser"))), None)


CHROMIUM = Program(
    "Chromium",
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    "chromium",
    "BNNLAB_CHROMIUM",
    elsewhere=_chromium_of_playwright,
)
NGINX = Program("nginx", ("nginx", "/usr/sbin/nginx"), "nginx-light", "BNNLAB_NGINX", asks="-v")
FIREFOX = Program("Firefox", ("firefox", "firefox-esr"), "firefox-esr", "BNNLAB_FIREFOX")
WEBKIT_DRIVER = Program("WebKitGTK's driver", ("WebKitWebDriver",), "webkit2gtk-driver", asks="--help")
WEBKIT = Program(
    "WebKitGTK's MiniBrowser", ("MiniBrowser",), "webkit2gtk-driver", asks=None, elsewhere=_minibrowser
)
SCREEN = Program("Xvfb, the screen of WebKitGTK,", ("Xvfb",), "xvfb", asks="-help")

ALL = (CHROMIUM, NGINX, FIREFOX, WEBKIT_DRIVER, WEBKIT, SCREEN)


def missing() -> list[Program]:
    """Those of `ALL` that are not here."""
    return [program for program in ALL if not program.find()]


def install(programs: list[Program]) -> None:
    """Ask Playwright for Chromium, and the system's package manager for all; what fails is left to `find`."""
    if CHROMIUM in programs:
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    programs = [program for program in programs if not program.find()]
    if programs and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        packages = sorted({program.package for program in programs})
        _run("apt-get", "update", "-q")
        if _run("apt-get", "install", "-y", "-q", "--no-install-recommends", *packages):
            for package in packages:  # so that one that this system lacks does not keep the others away
                _run("apt-get", "install", "-y", "-q", "--no-install-recommends", package)


def _run(*command: str) -> int:
    print("+", " ".join(command), flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, check=False, env=environment).returncode


def main() -> None:
    """Make sure they are here; end with an explanation without Chromium: what needs another is skipped, and says so."""
    if needed := missing():
        install(needed)
    for program in ALL:
        print(f"{program.title}: {program.find() or program.help}")
    if not CHROMIUM.find():
        sys.exit(1)


if __name__ == "__main__":
    main()

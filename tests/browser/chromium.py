"""Finds Chromium for the browser tests, or installs it: `python tests/browser/chromium.py`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

HELP = """\
The browser tests need Chromium, and it could be neither found nor installed here. Install it with your
system's package manager (on Debian: apt-get install chromium) or set BNNLAB_CHROMIUM to its path."""


def find() -> str | None:
    """Path of a Chromium that runs, or None."""
    candidates = [os.environ.get("BNNLAB_CHROMIUM"), *map(shutil.which, NAMES), _playwright_s_own()]
    return next((path for path in candidates if path and _runs(path)), None)


def install() -> None:
    """Ask Playwright for its build, then the system's package manager; what fails is left to `find`."""
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        attempts += [["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]]
    for command in attempts:
        print("+", " ".join(command), flush=True)
        subprocess.run(command, check=False)
        if find():
            return


def _playwright_s_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _runs(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> None:
    """Make sure there is one, or end with an explanation."""
    if not find():
        install()
    path = find()
    if not path:
        sys.exit(HELP)
    print("Chromium:", path)


if __name__ == "__main__":
    main()

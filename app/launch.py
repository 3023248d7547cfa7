"""Starts the server of the lab with its settings."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

HOSTS = ("localhost", "127.0.0.1")

SETTINGS: dict[str, object] = {
    "browser.gatherUsageStats": False,
    "client.showErrorLinks": False,
    "client.toolbarMode": "viewer",
    "logger.hideWelcomeMessage": True,  # and with it an advertisement on the page
    "runner.postScriptGC": False,  # see app/server.py: garbage collection would stop training
    "server.disconnectedSessionTTL": 20,  # seconds
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 5,  # MB
    "server.showEmailPrompt": False,
    "theme.light.primaryColor": "#1B4F9C",
    "theme.light.secondaryBackgroundColor": "#F5F6F9",
    "theme.dark.primaryColor": "#4A86E8",
    "theme.dark.backgroundColor": "#0E1117",
    "theme.dark.secondaryBackgroundColor": "#1A1F2B",
}


def launch(address: str, port: int, browser: bool) -> None:
    """Serve the lab until interrupted.

    Args:
        address: Network address to listen on.
        port: TCP port.
        browser: Whether to open the page in a browser.
    """
    from click import Abort
    from streamlit.web.cli import main

    # Who listens on every address answers to every name; else only to this machine's and the one given.
    everywhere = address in ("0.0.0.0", "::")
    settings = SETTINGS | {
        "server.address": address,
        "server.port": port,
        "server.headless": not browser,
        "server.allowedHosts": [] if everywhere else sorted({*HOSTS, address}),
        "browser.serverAddress": "localhost" if everywhere else address,
    }
    server = Path(__file__).with_name("server.py")
    with suppress(Abort):  # Ctrl+C is how one ends it
        main(["run", str(server), *_flags(settings)], prog_name="bnnlab app", standalone_mode=False)


def _flags(settings: dict[str, object]) -> Iterator[str]:
    for name, value in settings.items():
        values = value if isinstance(value, list) else [value]
        for one in values:
            yield f"--{name}={str(one).lower() if isinstance(one, bool) else one}"

"""Starts the server of the lab with its settings."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

HOSTS = ("localhost", "127.0.0.1")

SETTINGS: dict[str, object] = {
    "browser.gatherUsageStats": False,
    "client.showErrorLinks": False,
    "client.toolbarMode": "viewer",
    "global.disableWidgetStateDuplicationWarning": True,  # a click sets controls that have a default of their own
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


def launch(
    address: str, port: int, browser: bool, base_path: str = "", allowed_hosts: tuple[str, ...] = ()
) -> None:
    """Serve the lab until interrupted.

    Args:
        address: Network address to listen on.
        port: TCP port.
        browser: Whether to open the page in a browser.
        base_path: Path under which a reverse proxy hands requests on, such as ``"/bnn"``.
        allowed_hosts: Names that the lab answers to besides this machine's own, such as a proxy's public one.
    """
    from click import Abort
    from streamlit.web.cli import main

    # Who listens on every address answers to every name, unless told names; else only to this machine's and its own.
    everywhere = address in ("0.0.0.0", "::")
    own = {*HOSTS} if everywhere else {*HOSTS, address}
    settings = SETTINGS | {
        "server.address": address,
        "server.port": port,
        "server.headless": not browser,
        "server.allowedHosts": [] if everywhere and not allowed_hosts else sorted({*own, *allowed_hosts}),
        "server.baseUrlPath": base_path.strip("/"),
        # A proxy may hand on a name without its port; the page's own port is then unknown to Streamlit.
        "server.corsAllowedOrigins": [
            f"{scheme}://{host}" for host in allowed_hosts for scheme in ("http", "https")
        ],
        "browser.serverAddress": "localhost" if everywhere else _bracketed(address),
    }
    server = Path(__file__).with_name("server.py")
    with suppress(Abort):  # Ctrl+C is how one ends it
        main(["run", str(server), *_flags(settings)], prog_name="bnnlab app", standalone_mode=False)


def url(address: str, port: int, base_path: str = "") -> str:
    """The lab's address as one clicks it.

    Args:
        address: Name or network address of the machine.
        port: TCP port.
        base_path: Path under which the lab is served.
    """
    return f"http://{_bracketed(address)}:{port}{url_path(base_path)}".rstrip("/")


def url_path(base_path: str, path: str = "") -> str:
    """A path of the lab under its base path; both with or without slashes around them."""
    base = base_path.strip("/")
    return f"/{base}/{path}" if base else f"/{path}"


def _bracketed(address: str) -> str:
    """IPv6 addresses stand in brackets in a URL, so that their colons are no port's."""
    return f"[{address}]" if ":" in address and not address.startswith("[") else address


def _flags(settings: dict[str, object]) -> Iterator[str]:
    for name, value in settings.items():
        values = value if isinstance(value, list) else [value]
        for one in values:
            yield f"--{name}={str(one).lower() if isinstance(one, bool) else one}"

"""The command `bnnlab app`."""

from __future__ import annotations

import errno
import socket
from typing import Annotated

import typer

from bnnlab.commands.errors import one_line_errors


@one_line_errors
def open_lab(
    port: Annotated[int, typer.Option(min=1, max=65535, help="TCP port.")] = 8501,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open the lab."""
    from bnnlab.app.launch import launch

    _check_free(address, port)
    launch(address, port, browser)


def _check_free(address: str, port: int) -> None:
    try:
        with socket.create_server((address, port)):
            pass
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ValueError(f"port {port} of {address} is in use; --port chooses another") from None
        reason = str(error.strerror).partition(" (while")[0]
        raise ValueError(f"cannot listen on {address}, port {port}: {reason}") from None

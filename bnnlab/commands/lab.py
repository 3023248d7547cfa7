"""The command `bnnlab app`."""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
from typing import Annotated, Final

import typer

from bnnlab.commands.errors import one_line_errors

BASE_PATH: Final = re.compile(r"/?([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?/?")
HOST: Final = re.compile(r"(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


@one_line_errors
def open_lab(
    port: Annotated[int, typer.Option(min=1, max=65535, help="TCP port.")] = 8501,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    base_path: Annotated[
        str, typer.Option(help="Path under which a reverse proxy hands requests on, such as /bnn.")
    ] = "",
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(help="Name to answer to, such as a proxy's public one; may be given more than once."),
    ] = None,
) -> None:
    """Open the lab."""
    from bnnlab.app.launch import launch

    hosts = tuple(allowed_host or ())
    _check_names(base_path, hosts)
    _check_free(address, port)
    launch(address, port, browser, base_path, hosts)


def _check_names(base_path: str, hosts: tuple[str, ...]) -> None:
    if not BASE_PATH.fullmatch(base_path) or "." in base_path.split("/") or ".." in base_path.split("/"):
        raise ValueError(f"--base-path must be a path such as /bnn, got {base_path!r}")
    for host in hosts:
        if not HOST.fullmatch(host) and not _is_ipv6(host):
            raise ValueError(
                f"--allowed-host must be a name such as lab.example.org, without scheme and port, got {host!r}"
            )


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


def _check_free(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.create_server((address, port), family=family):
            pass
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ValueError(f"port {port} of {address} is in use; --port chooses another") from None
        reason = str(error.strerror).partition(" (while")[0]
        raise ValueError(f"cannot listen on {address}, port {port}: {reason}") from None

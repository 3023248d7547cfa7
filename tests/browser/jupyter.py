"""A JupyterLab of its own, from an empty folder, and its notebooks in a browser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Page

from .conftest import free_ports

PATIENCE_S = 30

# Only this computer can reach it, so it asks for no token; nothing is fetched from elsewhere.
OPTIONS = (
    "--no-browser",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--IdentityProvider.token=",
    "--ServerApp.allow_root=True",
    "--LabApp.expose_app_in_browser=True",
)

NEWS = {"@jupyterlab/apputils-extension:announcements": True}


@contextmanager
def jupyterlab_server(folder: Path) -> Iterator[str]:
    """Address of a JupyterLab that serves the notebooks in `folder` while the block runs."""
    import anywidget

    (port,) = free_ports(1)
    own = folder / "jupyter"
    shared = Path(anywidget.__file__).parents[4] / "share" / "jupyter"  # where its part for the browser is
    places = {f"JUPYTER_{name}_DIR": str(own / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")} | {
        f"JUPYTERLAB_{name}_DIR": str(own / name.lower()) for name in ("SETTINGS", "WORKSPACES")
    }
    command = [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--ServerApp.port={port}"]
    environment = os.environ | places | {"JUPYTER_PATH": str(shared), "IPYTHONDIR": str(own / "ipython")}
    url = f"http://127.0.0.1:{port}"
    (own / "config" / "labconfig").mkdir(parents=True)
    (own / "config" / "labconfig" / "page_config.json").write_text(json.dumps({"disabledExtensions": NEWS}))
    with (own / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until_there(url + "/api", server, own / "log")
        yield url
    finally:
        server.terminate()  # it stops its kernels first
        server.wait(timeout=30)


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """Write a notebook with these cells of code."""
    notebook = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],  # type: ignore[no-untyped-call]
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


class Notebook:
    """One notebook in a page.

    Args:
        page: A page of a browser.
        url: Of the server.
        name: The notebook's file.
    """

    def __init__(self, page: Page, url: str, name: str) -> None:
        self.page = page
        page.goto(f"{url}/doc/tree/{name}")
        page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.context?.isReady", timeout=1000 * PATIENCE_S
        )

    def wait_for_kernel(self) -> None:
        """Wait until cells can be run."""
        self.page.wait_for_function(
            """() => {
                const { session } = window.jupyterapp.shell.currentWidget.context.sessionContext;
                return session?.kernel?.connectionStatus === 'connected' && session.kernel.status === 'idle';
            }""",
            timeout=1000 * PATIENCE_S,
        )

    def start(self, cell: int) -> None:
        """Begin to run a cell."""
        self.page.evaluate(
            """cell => {
                const app = window.jupyterapp;
                app.shell.currentWidget.content.activeCellIndex = cell;
                app.commands.execute('notebook:run-cell');
            }""",
            cell,
        )

    def wait_for(self, cell: int) -> None:
        """Wait until a cell has run, whose number then stands beside it."""
        self.page.wait_for_function(
            """cell => {
                const { content } = window.jupyterapp.shell.currentWidget;
                const { model } = content.widgets[cell];
                return model.executionCount !== null && model.executionState !== 'running';
            }""",
            arg=cell,
            timeout=1000 * PATIENCE_S,
        )

    def run(self, cell: int) -> None:
        """Run a cell."""
        self.start(cell)
        self.wait_for(cell)

    def is_running(self, cell: int) -> bool:
        """Whether a cell is being run; the kernel's own state also tells of messages that it hears meanwhile."""
        return bool(
            self.page.evaluate(
                """cell => {
                    const { model } = window.jupyterapp.shell.currentWidget.content.widgets[cell];
                    return model.executionState === 'running';
                }""",
                cell,
            )
        )

    def text(self, cell: int) -> str:
        """What a cell printed, errors included."""
        return str(
            self.page.evaluate(
                """cell => {
                    const { outputs } = window.jupyterapp.shell.currentWidget.content.widgets[cell].model;
                    return outputs.toJSON().map(out => [out.text ?? '', out.evalue ?? ''].flat().join('')).join('');
                }""",
                cell,
            )
        )

    def interrupt(self, cell: int) -> None:
        """Stop a cell that runs; one that is started before it has ended would be called off with it."""
        self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.interrupt()"
        )
        self.wait_for(cell)

    def save(self) -> None:
        """Save it, as the menu would."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")

    def shut_down(self) -> None:
        """Stop its kernel."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")


def _wait_until_there(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")

"""The command `bnnlab`: its commands, put together.

Torch is imported by the commands that need it, so that `bnnlab --help` answers at once. Input that makes no
sense ends with exit code 2 and one line on stderr; what fails at work, such as a download, with exit code 1.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import bnnlab
from bnnlab.commands.bench import bench
from bnnlab.commands.data import data
from bnnlab.commands.disassemble import disassemble
from bnnlab.commands.errors import BAD_INPUT
from bnnlab.commands.export import export
from bnnlab.commands.import_bmxnet import import_bmxnet
from bnnlab.commands.lab import open_lab
from bnnlab.commands.predict import predict
from bnnlab.commands.summary import summarise
from bnnlab.commands.train import train

app = typer.Typer(
    name="bnnlab",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("app")(open_lab)
app.command()(train)
app.command()(predict)
app.command("summary")(summarise)
app.command()(export)
app.command("import-bmxnet")(import_bmxnet)
app.command()(disassemble)
app.add_typer(bench, name="bench")
app.add_typer(data, name="data")


def main() -> None:
    """Run the command; the entry point of the installed script."""
    try:
        code = app(standalone_mode=False)
    except Exception as error:
        if not hasattr(error, "format_message"):  # a mistyped option; typer has no public name for it
            raise
        if message := error.format_message():  # empty where the help was printed instead
            typer.echo(f"bnnlab: {message}", err=True)
        code = BAD_INPUT
    sys.exit(code if isinstance(code, int) else 0)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """A laboratory for binary neural networks."""
    if show:
        typer.echo(bnnlab.__version__)
        raise typer.Exit

"""The command `bnnlab disassemble`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

import bnnlab
from bnnlab.bits.disassembly import as_text
from bnnlab.commands.errors import one_line_errors


@one_line_errors
def disassemble(
    kernel: Annotated[str, typer.Argument(help="One of `bnnlab.kernels()`, or auto.")] = "lecture",
    as_json: Annotated[bool, typer.Option("--json", help="Print as one JSON document.")] = False,
) -> None:
    """Print the machine code of a kernel as it is loaded; a bar marks the loop that counts."""
    try:
        instructions = bnnlab.disassemble(kernel)
    except NotImplementedError as error:  # on this CPU
        raise ValueError(str(error)) from None
    if as_json:
        rows = [asdict(one) | {"bytes": one.bytes.hex()} for one in instructions]
        typer.echo(json.dumps({"kernel": kernel, "instructions": rows}, indent=2))
    else:
        typer.echo(as_text(instructions))

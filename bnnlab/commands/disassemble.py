"""The command `bnnlab disassemble`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

import bnnlab
from bnnlab import _xnor
from bnnlab.bits.disassembly import as_text, extent
from bnnlab.bits.listing import KERNEL_SOURCES
from bnnlab.bits.weights import chosen_kernel
from bnnlab.commands.errors import one_line_errors


@one_line_errors
def disassemble(
    kernel: Annotated[str, typer.Argument(help="One of `bnnlab.kernels()`, or auto.")] = "lecture",
    word_bits: Annotated[
        int, typer.Option(help="Bits in a word; the lecture's loop is compiled for 8, 16 and 32 too.")
    ] = 64,
    as_json: Annotated[bool, typer.Option("--json", help="Print as one JSON document.")] = False,
) -> None:
    """Print the machine code of a kernel as it is loaded; a bar marks the loop that counts."""
    kernel = chosen_kernel(kernel)
    try:
        instructions = bnnlab.disassemble(kernel, word_bits)
    except NotImplementedError as error:  # on this CPU
        raise ValueError(str(error)) from None
    library = _xnor.__file__
    if as_json:
        rows = [asdict(one) | {"bytes": one.bytes.hex()} for one in instructions]
        typer.echo(json.dumps({"kernel": kernel, "library": library, "instructions": rows}, indent=2))
    else:
        file = KERNEL_SOURCES[kernel].file
        typer.echo(f"Kernel {kernel}: the function of ext/{file} with its innermost loop, in {library}")
        typer.echo(extent(instructions))
        typer.echo(
            f"| marks the loop; a jump to +1f leads to the instruction at 1f.\n\n{as_text(instructions)}"
        )

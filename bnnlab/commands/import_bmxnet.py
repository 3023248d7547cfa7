"""The command `bnnlab import-bmxnet`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from bnnlab.commands.errors import one_line_errors
from bnnlab.commands.options import check_different, input_shape_from_text
from bnnlab.deploy.bmxnet.loading import load_bmxnet
from bnnlab.deploy.evaluation import answers, fits_mnist, mnist_test
from bnnlab.deploy.graph import CHUNK, PackedModel
from bnnlab.deploy.outline import OutlineRow, outline


@one_line_errors
def import_bmxnet(
    params: Annotated[Path, typer.Argument(help="The .params file.")],
    symbol: Annotated[Path, typer.Argument(help="The -symbol.json file.")],
    output: Annotated[
        Path | None, typer.Option(help="Save the network in bnnlab's own format, *.bnn.")
    ] = None,
    input_shape: Annotated[
        str | None, typer.Option(help="Shape of one example, such as 1x28x28, where it cannot be guessed.")
    ] = None,
    divisor: Annotated[
        float, typer.Option(help="What pixels are divided by before the network sees them.")
    ] = 255.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print as one JSON document.")] = False,
) -> None:
    """Read a network of BMXNet: its layers, their sizes, and how many of MNIST's digits it recognises."""
    check_different((params, output))
    check_different((symbol, output))
    shape = None if input_shape is None else input_shape_from_text(input_shape)
    model = load_bmxnet(params, symbol, input_shape=shape, divisor=divisor)
    if output is not None:
        model.save(output)
    rows, right = outline(model), _recognised(model) if fits_mnist(model) else None
    if as_json:
        typer.echo(json.dumps(_report(model, rows, right, output), indent=2))
        return
    _print(model, rows, right)
    if output is not None:
        typer.echo(f"saved as {output}")


def _recognised(model: PackedModel) -> NDArray[np.bool_]:
    images, labels = mnist_test()
    console = Console(stderr=True)
    parts = track(
        answers(model, images, labels),
        "recognising digits",
        total=-(-len(images) // CHUNK),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    return np.concatenate(list(parts))


def _report(
    model: PackedModel, rows: tuple[OutlineRow, ...], right: NDArray[np.bool_] | None, output: Path | None
) -> dict[str, Any]:
    return {
        "input_shape": model.input_shape,
        "classes": len(model.class_names),
        "bytes": sum(row.nbytes for row in rows),
        "layers": [asdict(row) for row in rows],
        "mnist": None
        if right is None
        else {"images": right.size, "recognised": int(right.sum()), "accuracy": right.mean()},
        "saved": None if output is None else str(output),
    }


def _print(model: PackedModel, rows: tuple[OutlineRow, ...], right: NDArray[np.bool_] | None) -> None:
    table = Table("layer", "operation", "gives", box=None, pad_edge=False)
    table.add_column("bytes", justify="right")
    for row in rows:  # as plain text: names come from outside, and brackets would be markup
        gives = f"{' x '.join(map(str, row.shape))} {row.gives}"
        table.add_row(Text(row.name), row.op, gives, f"{row.nbytes:,}")
    Console().print(table)
    shape = " x ".join(map(str, model.input_shape))
    typer.echo(
        f"takes {shape}, gives {len(model.class_names)} classes, keeps {sum(row.nbytes for row in rows):,} bytes"
    )
    if right is None:
        typer.echo("MNIST's test images do not fit, so it was not tested")
    else:
        typer.echo(f"recognises {right.sum():,} of MNIST's {right.size:,} test images: {right.mean():.2%}")

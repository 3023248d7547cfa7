"""The command `bnnlab import-bmxnet`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from bnnlab.commands.errors import one_line_errors
from bnnlab.commands.options import check_different, input_shape_from_text
from bnnlab.deploy.bmxnet.loading import load_bmxnet
from bnnlab.deploy.evaluation import LabelledImages, answers, fitting_images
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
    """Read a network of BMXNet: its layers, their sizes, and how many test images of digits it recognises."""
    check_different((params, output))
    check_different((symbol, output))
    shape = None if input_shape is None else input_shape_from_text(input_shape)
    model = load_bmxnet(params, symbol, input_shape=shape, divisor=divisor)
    if output is not None:
        model.save(output)
    rows, examples = outline(model), fitting_images(model)
    test = None if examples is None else _test(model, examples)
    if as_json:
        typer.echo(json.dumps(_report(model, rows, test, output), indent=2))
        return
    _print(model, rows, test)
    if output is not None:
        typer.echo(f"saved as {output}")


def _test(model: PackedModel, examples: LabelledImages) -> dict[str, Any]:
    """How many of the images it recognises."""
    console = Console(stderr=True)
    parts = track(
        answers(model, examples),
        "recognising digits",
        total=-(-len(examples.images) // CHUNK),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    right = np.concatenate(list(parts))
    return {
        "data": examples.title,
        "images": right.size,
        "recognised": int(right.sum()),
        "accuracy": right.mean(),
    }


def _report(
    model: PackedModel, rows: tuple[OutlineRow, ...], test: dict[str, Any] | None, output: Path | None
) -> dict[str, Any]:
    return {
        "input_shape": model.input_shape,
        "classes": len(model.class_names),
        "bytes": sum(row.nbytes for row in rows),
        "layers": [asdict(row) for row in rows],
        "test": test,
        "saved": None if output is None else str(output),
    }


def _print(model: PackedModel, rows: tuple[OutlineRow, ...], test: dict[str, Any] | None) -> None:
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
    if test is None:
        typer.echo("none of the test images that come with the lab fit, so it was not tested")
    else:
        typer.echo(
            f"recognises {test['recognised']:,} of {test['images']:,} test images of {test['data']}: "
            f"{test['accuracy']:.2%}"
        )

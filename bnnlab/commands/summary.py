"""The command `bnnlab summary`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bnnlab.commands.errors import one_line_errors
from bnnlab.commands.options import input_shape_from_text
from bnnlab.deploy.claims import energy_claim, op_count_speedup
from bnnlab.deploy.costs import summary
from bnnlab.deploy.energy import ENERGY_PRESETS, estimate_energy
from bnnlab.deploy.graph import MOST_CLASSES, PackedModel
from bnnlab.records import LayerSummary, NetworkSummary
from bnnlab.records.claims import ratio_text

MOST_WEIGHTS = 1 << 27
"""Of an untrained network: half a gigabyte in float32."""

COLUMNS = 140  # also where the output is no terminal, which rich takes to be narrow


DEFAULTS: dict[str, Any] = {
    "input_shape": "1x28x28",
    "classes": 10,
    "widths": "256,256",
    "first_layer": "float",
    "last_layer": "float",
}
"""What describes an untrained network, where it is not said."""


def _option(name: str, what: str) -> Any:
    return typer.Option(help=f"{what} {DEFAULTS[name]} if left out.")


@one_line_errors
def summarise(
    file: Annotated[
        Path | None, typer.Argument(help="A packed network, as PackedModel.save wrote it.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Or a kind of network, untrained: mlp or convnet.")
    ] = None,
    input_shape: Annotated[
        str | None, _option("input_shape", "One example of it, channels x height x width:")
    ] = None,
    classes: Annotated[int | None, _option("classes", "Its outputs:")] = None,
    widths: Annotated[str | None, _option("widths", "Sizes of its hidden layers:")] = None,
    first_layer: Annotated[str | None, _option("first_layer", "float or binary:")] = None,
    last_layer: Annotated[str | None, _option("last_layer", "float or binary:")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as one JSON document.")] = False,
) -> None:
    """Count what a packed network takes: weights, bytes and multiplications by precision, and a model of energy."""
    described = {
        "input_shape": input_shape,
        "classes": classes,
        "widths": widths,
        "first_layer": first_layer,
        "last_layer": last_layer,
    }
    if file is None and model is None:
        raise ValueError("a file or --model must be given")
    if file is not None and model is not None:
        raise ValueError(f"a file ({file}) and --model ({model}) exclude each other: give one of them")
    given = {name: value for name, value in described.items() if value is not None}
    if file is not None and given:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise ValueError(f"{options} can only be given with --model, not with a file ({file})")
    packed = PackedModel.load(file) if file is not None else _untrained(str(model), **DEFAULTS | given)
    counted = summary(packed)
    if as_json:
        typer.echo(json.dumps(_document(counted), indent=2))
    else:
        _print(counted, Console(width=max(Console().width, COLUMNS)))


def _untrained(
    model: str, input_shape: str, classes: int, widths: str, first_layer: str, last_layer: str
) -> PackedModel:
    import torch

    from bnnlab.nn import MODELS, ModelSpec

    if model not in MODELS:
        raise ValueError(f"--model must be one of {', '.join(MODELS)}; got {model!r}")
    precisions: Any = (first_layer, last_layer)
    for name, precision in zip(("--first-layer", "--last-layer"), precisions, strict=True):
        if precision not in ("float", "binary"):
            raise ValueError(f"{name} must be float or binary, got {precision!r}")
    shape, sizes = input_shape_from_text(input_shape), _sizes("--widths", widths)
    if not 1 <= classes <= MOST_CLASSES:
        raise ValueError(f"--classes must be in 1..{MOST_CLASSES}, got {classes}")
    spec = ModelSpec(shape, classes, sizes, *precisions)
    with torch.device("meta"):  # binary layers have shapes there, and take no memory
        binary = MODELS[model](replace(spec, first_layer="binary", last_layer="binary"), torch.Generator())
    weights = sum(parameter.numel() for parameter in binary.parameters())
    if weights > MOST_WEIGHTS:
        raise ValueError(f"the network must have at most {MOST_WEIGHTS:,} weights, it would have {weights:,}")
    module = MODELS[model](spec, torch.Generator().manual_seed(0)).eval()
    return PackedModel.from_module(module, shape, divisor=128.0 if len(shape) == 3 else None)


def _sizes(name: str, text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and 0 < int(part[:7]) <= 65_536 for part in parts):
        raise ValueError(f"{name} must be whole numbers of 1..65536 separated by commas, got {text!r}")
    return tuple(map(int, parts))


def _document(counted: NetworkSummary) -> dict[str, Any]:
    return counted.to_dict() | {
        "op_count_speedup": {
            layer.name: op_count_speedup(layer.depth) for layer in counted.layers if layer.macs.bit_bit
        },
        "energy_model": {name: estimate_energy(counted, name).to_dict() for name in ENERGY_PRESETS},
    }


def _print(counted: NetworkSummary, console: Console) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("layer", "multiplies", "output"):
        table.add_column(heading, no_wrap=True)
    for heading in ("products", "1-bit", "float32", "thresholds", "bytes", "in float32"):
        table.add_column(heading, justify="right", no_wrap=True)
    for layer in counted.layers:
        shape = "x".join(map(str, layer.output_shape))
        table.add_row(Text(layer.name), layer.precision, shape, *_counts(layer))
    table.add_row("all", "", "", *_counts(counted), style="bold")
    console.print(table)
    ratio = counted.float32_bytes / counted.stored_bytes
    for line in (
        f"Size: {ratio:.1f} times smaller than in float32. 32 is what one weight saves.",
        f"Products of signs with signs: {counted.macs.binary_share:.1%} of all.",
        "Energy of one example, by a model of published constants; nothing was measured:",
        *(f"  {_energy(counted, preset)}" for preset in ENERGY_PRESETS),
    ):
        console.print(line, soft_wrap=True, highlight=False)


def _counts(of: LayerSummary | NetworkSummary) -> list[str]:
    counts = (
        of.macs.total, of.binary_weights, of.float_values, of.thresholds, of.stored_bytes, of.float32_bytes
    )  # fmt: skip
    return [f"{count:,}" for count in counts]


def _energy(counted: NetworkSummary, preset: str) -> str:
    *_, network = energy_claim(counted, preset).values
    return f"{ENERGY_PRESETS[preset].title}: {ratio_text(network.ratio)} less, {network.detail}"

"""The command `bnnlab export`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bnnlab.commands.errors import one_line_errors
from bnnlab.commands.options import check_different

if TYPE_CHECKING:
    from bnnlab.deploy import PackedModel


@one_line_errors
def export(
    model_file: Annotated[
        Path | None,
        typer.Argument(
            help="A packed network, as PackedModel.save wrote it. A page can do without: it then shows the default "
            "network, which is trained for it."
        ),
    ] = None,
    onnx: Annotated[Path | None, typer.Option(help="Write an ONNX file here.")] = None,
    c: Annotated[Path | None, typer.Option(help="Write a C header here.")] = None,
    npz: Annotated[Path | None, typer.Option(help="Write an archive of NumPy arrays here.")] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            help="Write a page here that needs no server: a recorded run, packing, the stepper, and a field to draw "
            "digits in."
        ),
    ] = None,
    pixels: Annotated[
        bool,
        typer.Option("--pixels", help="Give the ONNX file an input of uint8 pixels, not float32 numbers."),
    ] = False,
    name: Annotated[
        str | None, typer.Option(help="What names in the C header begin with; else that of the file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as one JSON document.")] = False,
) -> None:
    """Write a packed network for other programs, or as a page that needs none but a browser."""
    rows = _written(model_file, onnx, c, npz, html, pixels, name)
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['file']}: {row['kind']}, {row['bytes']} bytes")


def _written(
    model_file: Path | None,
    onnx: Path | None,
    c: Path | None,
    npz: Path | None,
    html: Path | None,
    pixels: bool,
    name: str | None,
) -> list[dict[str, Any]]:
    from bnnlab.deploy import PackedModel
    from bnnlab.deploy.export import export_c, export_npz, export_onnx

    wanted: list[tuple[str, Path | None, Callable[[PackedModel, Path], None]]] = [
        ("ONNX", onnx, lambda model, path: export_onnx(model, path, pixels=pixels)),
        ("C header", c, lambda model, path: export_c(model, path, name=name)),
        ("NumPy arrays", npz, export_npz),
    ]
    if not any((onnx, c, npz, html)):
        raise ValueError("one of --onnx, --c, --npz and --html must be given")
    if pixels and not onnx:
        raise ValueError("--pixels belongs to --onnx")
    if name is not None and not c:
        raise ValueError("--name belongs to --c")
    if model_file is None and any((onnx, c, npz)):
        raise ValueError("a packed network must be named, unless only --html is given")
    check_different((model_file, onnx, c, npz, html))
    model = None if model_file is None else PackedModel.load(model_file)
    rows = []
    for kind, path, write in wanted:
        if path is not None and model is not None:
            write(model, path)
            rows.append({"file": str(path), "kind": kind, "bytes": path.stat().st_size})
    if html is not None:
        _write_page(html, model)
        rows.append({"file": str(html), "kind": "page", "bytes": html.stat().st_size})
    return rows


def _write_page(path: Path, model: PackedModel | None) -> None:
    import torch

    from bnnlab.page import record_run, write_page
    from bnnlab.train import RunConfig

    torch.set_num_threads(1)  # a network this small only loses time by sharing its sums between threads
    write_page(path, record_run(RunConfig()), model)

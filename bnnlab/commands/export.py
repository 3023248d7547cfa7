"""The command `bnnlab export`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from bnnlab.commands.errors import one_line_errors
from bnnlab.commands.options import check_different


@one_line_errors
def export(
    model_file: Annotated[Path, typer.Argument(help="A packed network, as PackedModel.save wrote it.")],
    onnx: Annotated[Path | None, typer.Option(help="Write an ONNX file here.")] = None,
    c: Annotated[Path | None, typer.Option(help="Write a C header here.")] = None,
    npz: Annotated[Path | None, typer.Option(help="Write an archive of NumPy arrays here.")] = None,
    pixels: Annotated[
        bool,
        typer.Option("--pixels", help="Give the ONNX file an input of uint8 pixels, not float32 numbers."),
    ] = False,
    name: Annotated[
        str | None, typer.Option(help="What names in the C header begin with; else that of the file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as one JSON document.")] = False,
) -> None:
    """Write a packed network for other programs."""
    rows = _written(model_file, onnx, c, npz, pixels, name)
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['file']}: {row['kind']}, {row['bytes']} bytes")


def _written(
    model_file: Path, onnx: Path | None, c: Path | None, npz: Path | None, pixels: bool, name: str | None
) -> list[dict[str, Any]]:
    from bnnlab.deploy import PackedModel
    from bnnlab.deploy.export import export_c, export_npz, export_onnx

    wanted: list[tuple[str, Path | None, Callable[[PackedModel, Path], None]]] = [
        ("ONNX", onnx, lambda model, path: export_onnx(model, path, pixels=pixels)),
        ("C header", c, lambda model, path: export_c(model, path, name=name)),
        ("NumPy arrays", npz, export_npz),
    ]
    if not any((onnx, c, npz)):
        raise ValueError("one of --onnx, --c and --npz must be given")
    if pixels and not onnx:
        raise ValueError("--pixels belongs to --onnx")
    if name is not None and not c:
        raise ValueError("--name belongs to --c")
    check_different((model_file, onnx, c, npz))
    model = PackedModel.load(model_file)
    rows = []
    for kind, path, write in wanted:
        if path is not None:
            write(model, path)
            rows.append({"file": str(path), "kind": kind, "bytes": path.stat().st_size})
    return rows

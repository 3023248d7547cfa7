"""The page as one text, and as a file."""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.listing import listing
from bnnlab.deploy import PackedModel
from bnnlab.deploy.export.memory import export_memory
from bnnlab.page.recorded_run import RecordedRun
from bnnlab.records.writing import replace_file
from bnnlab.widgets import stepper
from bnnlab.widgets.bundle import inlined
from bnnlab.widgets.shared.machine_code import encode_listing, reading

FOLDER: Final = Path(__file__).parent
TITLE: Final = "A binary network, down to the bit"
INTRODUCTION: Final = (
    "What packs, multiplies and recognises here is the compiled C of bnnlab, as WebAssembly in your browser. The page "
    "needs no server and no network: save it, send it, open it anywhere."
)
DRAWINGS: Final = {((1, 8, 8), 8.0, 16): "digits", ((1, 28, 28), 128.0, 255): "mnist"}
"""Data sets whose images a drawing can be made like (``ext/drawing.c``): the input shape of networks that learned them,
the divisor of their pixels, and the brightest of these."""

DRAW: Final = (
    "With mouse, pen or finger. The network sees it as its data set has digits, and answers while you draw."
)
WRITERS: Final = {
    "digits": "Those who wrote its data crossed the 7 and gave the 1 a hook: so does whoever wants to be understood.",
    "mnist": "",
}


def write_page(path: str | os.PathLike[str], run: RecordedRun, network: PackedModel | None = None) -> None:
    """Write a page that shows a recorded run, two matrices in words, and a network that recognises drawn digits.

    Args:
        path: The file. It is replaced as a whole, or not at all.
        run: What the lab's picture plays.
        network: The network that recognises; that of the run if None. One that sees no such digits gets no field to
            draw in.

    Raises:
        ValueError: If the network has no C form.
        OSError: If the file cannot be written.
    """
    replace_file(path, page_text(run, network).encode())


def page_text(run: RecordedRun, network: PackedModel | None = None) -> str:
    """The page; see `write_page`."""
    model = run.network if network is None else network
    memory, drawing = export_memory(model), drawing_of(model)
    origin = (
        "It is the one above, after its last step."
        if network is None
        else "It is another than the one above."
    )
    held = {
        "wasm": _text(files("bnnlab.page").joinpath("bnnlab.wasm").read_bytes()),
        "run": {"frames": _text(run.frames), "slow_parts_every": run.slow_parts_every},
        "image": _text(gzip.compress(memory.image, 9, mtime=0)),
        "network": {
            "end": memory.end,
            "calls": memory.calls,
            "given": memory.given,
            "inputs": memory.inputs,
            "pixels": memory.pixels,
            "result": memory.result,
            "class_names": memory.class_names,
        },
        "drawing": drawing,
        "product": _product(),
    }
    return Template((FOLDER / "page.html").read_text(encoding="utf-8")).substitute(
        title=html.escape(TITLE),
        introduction=html.escape(INTRODUCTION),
        run=html.escape(
            f"A run of {run.steps[-1]:,} steps on {run.dataset}, recorded: {len(run.steps)} of its moments, at first "
            "every step. Play it, or drag through it."
        ),
        drawing=html.escape("" if drawing is None else f"{DRAW} {origin} {WRITERS[drawing['dataset']]}"),
        held=_in_script(json.dumps(held, separators=(",", ":"))),
        script=_script(),
    )


def drawing_of(model: PackedModel) -> dict[str, Any] | None:
    """How drawings become images for a network: the data set that they are made like, and its brightest pixel."""
    for (shape, divisor, white), dataset in DRAWINGS.items():
        if model.pixels == (divisor, -1.0) and tuple(model.input_shape) == shape:
            return {"dataset": dataset, "white": white}
    return None


def _product() -> dict[str, Any]:
    """Two matrices to begin with, and what the stepper says of every product."""
    rng = np.random.default_rng(1)
    a, b = (np.round(rng.standard_normal(shape), 1) for shape in ((2, 12), (12, 3)))
    texts = {"listing": encode_listing(listing("lecture")), "cast": stepper.NARROW, "reading": reading([])}
    return {"a": _matrix(a), "b": _matrix(b), **texts}


def _matrix(matrix: NDArray[np.float64]) -> dict[str, Any]:
    rows, columns = matrix.shape
    return {"rows": rows, "columns": columns, "values": matrix.ravel().tolist()}


def _script() -> str:
    script = inlined(FOLDER / "page.js")
    if "</script" in script.lower():
        raise ValueError("a script that holds </script would end there")
    return script


def _in_script(text: str) -> str:
    """JSON in which nothing can be taken for markup."""
    return text.replace("<", "\\u003c")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()

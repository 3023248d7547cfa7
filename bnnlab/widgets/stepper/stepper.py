"""What the stepper shows: a recorded product, its source line and where its numbers came from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab.bits.disassembly import Instruction
from bnnlab.bits.listing import Listing
from bnnlab.bits.packing import WORD_BITS
from bnnlab.bits.trace import GemmTrace
from bnnlab.widgets.encoding import hex_words, identity
from bnnlab.widgets.shared.edits import Edits
from bnnlab.widgets.shared.machine_code import encode_instructions, encode_listing, encode_results, reading

MAX_STEPS_SHOWN = 32_768
MAX_XNOR_SENT = 4_096
"""Up to here the recorded xnor words travel too; beyond, the browser derives them from a and b."""

NARROW = (
    "C computes with at least 32 bits, so ~ turns round more bits than a word has here. The line as it is on slides is "
    "for words of 64. For narrower ones the cast (BINARY_WORD) cuts the result back to a word, which takes one "
    "instruction more."
)


@dataclass(frozen=True, slots=True)
class NeuronContext:
    """The neuron whose pre-activation a trace computes in its last step.

    Attributes:
        layer: Name of its layer.
        neuron: Its index in the layer.
        pre_activation: What the network itself computed for this neuron and this input.
        scale: Factor between the dot product and the pre-activation: 1.0 in a plain binary layer, the
            neuron's alpha with XNOR-Net scaling.
        image: `(height, width)` uint8 input image, 0 black .. 255 white, or None.
        note: One more sentence for the reader, or "".
        outcome: One that tells the result, so it is for the last step; or "".
        noun: What it is: ``"neuron"`` or ``"filter"``.
        weight_name: What is multiplied with the one of its weights that is looked at, or None.
        bit: Which of the products that one is, counted along the depth; None if no bit stands for it.
    """

    layer: str
    neuron: int
    pre_activation: float
    scale: float = 1.0
    image: NDArray[np.uint8] | None = None
    note: str = ""
    outcome: str = ""
    noun: str = "neuron"
    weight_name: str | None = None
    bit: int | None = None


def encode(
    trace: GemmTrace,
    *,
    reference: ArrayLike,
    listing: Listing,
    instructions: Sequence[Instruction] = (),
    start_step: int | None = None,
    context: NeuronContext | None = None,
    guess: bool = False,
    edits: Edits | None = None,
) -> dict[str, Any]:
    """A trace as JSON for ``stepper.js``.

    Args:
        trace: The recorded product.
        reference: `(M, N)`, the same product of +1 and -1 computed in float.
        listing: Source of the loop that ran, with the one line that a step executes.
        instructions: Machine code of the kernel ``"lecture"``; empty where it cannot be had.
        start_step: Step shown first; one outside the trace is moved to its nearest end. None takes the step that
            counts the marked bit, and without one the first.
        context: The trained neuron that the last step completes, if any.
        guess: Whether each count stays hidden until the reader has guessed it.
        edits: Signs that the reader turned, which the trace has turned already; None if none can be turned.

    Raises:
        ValueError: If the trace has more than `MAX_STEPS_SHOWN` steps or is not in the loop's order m, k, n, the
            marked bit lies outside its depth, `reference` has another shape than the result, `listing` has not one
            active line, or `instructions` do not stand in the order of their addresses.
    """
    steps = trace.steps
    rows, columns = trace.result.shape
    if not 0 < len(steps) <= MAX_STEPS_SHOWN:
        raise ValueError(
            f"trace must have 1 to {MAX_STEPS_SHOWN} steps to be shown, this one has {len(steps)}; "
            "take fewer rows of A or columns of B"
        )
    expected = np.asarray(reference, dtype=np.float64)
    if expected.shape != (rows, columns):
        raise ValueError(f"reference must have shape {(rows, columns)}, got {expected.shape}")
    if len(listing.active) != 1:
        raise ValueError(f"listing must have one active line, got {listing.active}")
    words = _words(trace.depth, trace.word_bits)
    ordered = _in_loop_order(steps, rows, words, columns)
    mark = None if context is None else _mark(context, trace)
    if start_step is None:
        start_step = 0 if mark is None else mark["step"]
    shown: dict[str, Any] = {
        "rows": rows,
        "columns": columns,
        "words": words,
        "depth": trace.depth,
        "word_bits": trace.word_bits,
        "guess": guess,
        "edit": None if edits is None else edits.encode(),
        "cast": NARROW if trace.word_bits < WORD_BITS else "",
        "padding": trace.padding,
        "a": hex_words(ordered["a"][:, :, 0]),
        "b": hex_words(ordered["b"][0]),
        "xnor": hex_words(steps["xnor"]) if len(steps) <= MAX_XNOR_SENT else None,
        "popcount": steps["popcount"].tolist(),
        "acc": steps["acc"].tolist(),
        "result": trace.result.ravel().tolist(),
        "reference": expected.ravel().tolist(),
        "listing": encode_listing(listing),
        "instructions": [row for row in encode_instructions(instructions) if row["in_loop"]],
        "results": encode_results([one for one in instructions if one.in_loop]),
        "reading": reading(instructions),
        "context": None if context is None else _context(context, int(trace.result[-1, -1])),
        "mark": mark,
    }
    # The step is no part of the identity: the page sends it back, and that must not restart the picture.
    return {
        "id": identity(shown),
        "start_step": min(max(start_step, 0), len(steps) - 1),
        **shown,
    }


def _words(depth: int, word_bits: int) -> int:
    return -(-depth // word_bits)


def _in_loop_order(steps: NDArray[Any], rows: int, words: int, columns: int) -> NDArray[Any]:
    """The steps as `(rows, words, columns)`, checked to stand in the order m, k, n."""
    in_order = len(steps) == rows * words * columns
    if in_order:
        m, k, n = np.indices((rows, words, columns)).reshape(3, -1)
        in_order = all(np.array_equal(steps[name], index) for name, index in (("m", m), ("k", k), ("n", n)))
    if not in_order:
        raise ValueError(f"trace must hold {rows} x {words} x {columns} steps in the order m, k, n")
    return steps.reshape(rows, words, columns)


def _context(context: NeuronContext, dot: int) -> dict[str, Any]:
    scaled = context.scale * dot
    if not math.isfinite(context.pre_activation):
        raise ValueError(f"pre_activation must be finite, got {context.pre_activation}")
    # A scale other than 1 is applied in float32 by the network, in whichever order its library chooses.
    equal = (
        context.pre_activation == dot
        if context.scale == 1.0
        else bool(np.isclose(context.pre_activation, scaled, rtol=1e-5, atol=0.0))
    )
    return {
        "layer": context.layer,
        "noun": context.noun,
        "neuron": context.neuron,
        "pre_activation": float(context.pre_activation),
        "scale": float(context.scale),
        "equal": equal,
        "image": None if context.image is None else _image(context.image),
        "note": context.note,
        "outcome": context.outcome,
    }


def _mark(context: NeuronContext, trace: GemmTrace) -> dict[str, Any] | None:
    """Where the weight that is looked at is counted: in which step, as which bit of its word."""
    if context.bit is None:
        return None
    if not 0 <= context.bit < trace.depth:
        raise ValueError(f"bit must be in 0..{trace.depth - 1}, got {context.bit}")
    columns, (word, bit) = trace.result.shape[1], divmod(context.bit, trace.word_bits)
    last_row = len(trace.steps) - _words(trace.depth, trace.word_bits) * columns
    return {
        "step": last_row + word * columns + columns - 1,
        "bit": bit,
        "weight": context.weight_name or f"product {context.bit}",
        "of": f"{context.noun} {context.neuron}",
    }


def _image(image: NDArray[np.uint8]) -> dict[str, Any]:
    if image.ndim != 2 or image.dtype != np.uint8:
        raise ValueError(f"image must be 2-D uint8, got {image.ndim}-D {image.dtype}")
    return {"height": image.shape[0], "width": image.shape[1], "grey": image.ravel().tolist()}

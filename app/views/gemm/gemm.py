"""XNOR-GEMM: the compiled loop, one word at a time, on a small matrix or on the network just trained."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from streamlit.navigation.page import StreamlitPage

import bnnlab
from bnnlab.app import components, session
from bnnlab.app.matrix_input import matrix_input, random_matrix
from bnnlab.app.session import IN_ADDRESS
from bnnlab.app.views.gemm import bmxnet_input, journey
from bnnlab.app.views.gemm.journey import NETWORK
from bnnlab.app.views.gemm.neuron_input import Operands, neuron_input
from bnnlab.app.views.kernel import kernel as kernel_page
from bnnlab.bits import reference
from bnnlab.bits.disassembly import Instruction
from bnnlab.bits.listing import listing
from bnnlab.bits.packing import WORD_BITS
from bnnlab.bits.trace import WORD_WIDTHS
from bnnlab.widgets import stepper
from bnnlab.widgets.shared.edits import Edits, turned
from bnnlab.widgets.shared.machine_code import meaning

MATRICES = "two small matrices"
EDIT = "gemm_edit"
"""Key of the signs that the reader turned; it outlasts a visit to another page."""

INTRODUCTION = (
    "Two equal signs multiply to +1, two different ones to −1. So a whole word of products is one **xor**, one **not** "
    "and one **popcount** (count the ones)."
)


@dataclass(frozen=True)
class Preset:
    """Sizes worth looking at: M, K and N, and the width of a word."""

    rows: int
    depth: int
    columns: int
    word_bits: int


SIZES = ("gemm_m", "gemm_k", "gemm_n", "word")
"""Keys of the controls that a preset sets, in the order of its fields."""

PRESETS = {
    "4 mul, 3 add": Preset(2, 4, 2, 8),
    "two words each": Preset(2, 12, 2, 8),
    "784 values": Preset(1, 784, 2, 64),
    "two full words": Preset(2, 128, 2, 64),
}


def page(lab: StreamlitPage | None = None, kernel: StreamlitPage | None = None) -> None:
    """Draw the page.

    Args:
        lab: The page to go back to from a weight; None draws no link.
        kernel: The page that shows all of the loop's machine code; None draws no link.
    """
    head = st.container(horizontal=True, vertical_alignment="center")
    head.title("XNOR-GEMM", anchor=False, width="content")
    source = head.segmented_control(
        "What to multiply",
        list(SOURCES),
        default=MATRICES,
        required=True,
        label_visibility="collapsed",
        key="source",
        **IN_ADDRESS,
    )
    # Who comes from a weight knows it, and wants to see the bit at once; on the tour the card says it.
    if source != NETWORK and not session.on_tour():
        st.markdown(INTRODUCTION)
    # The controls of a network take a row of their own: there, the width of a word stands beside the title.
    row = st.container(horizontal=True, vertical_alignment="bottom") if source == MATRICES else head
    if source == MATRICES:
        st.session_state["gemm_preset"] = _preset_of_sizes()
        row.pills("An example", list(PRESETS), key="gemm_preset", on_change=_take_preset)
    word_bits = _word_bits(row, small=source == MATRICES)
    operands = SOURCES[str(source)](row)
    if source == NETWORK and lab is not None:
        journey.link_back(head, lab, None if operands is None else operands.selection)
    if operands is not None:
        instructions = _machine_code(word_bits)
        _step_through(operands, instructions, word_bits)
        _link_to_kernel(kernel, instructions)


def _word_bits(row: Any, small: bool) -> int:
    """The width of a word, and whether counts are to be guessed first.

    Args:
        row: Where the controls stand.
        small: Whether two small matrices are multiplied, which narrow words suit; a network's have 64 bits in the Lab.
    """
    width = row.segmented_control(
        "Bits in a word",
        list(WORD_WIDTHS),
        default=WORD_WIDTHS[0] if small else WORD_BITS,
        required=True,
        key="word" if small else "network_word",
        label_visibility="visible" if small else "collapsed",
        help="The kernels use 64. The lecture's loop is compiled for narrower words too, so that a whole word can be "
        "seen at a glance.",
        **IN_ADDRESS,
    )
    row.toggle(
        "guess counts first",
        key="gemm_guess",
        help="The count stays hidden until you have guessed it.",
        **IN_ADDRESS,
    )
    return int(width)


def _step_through(operands: Operands, instructions: list[Instruction], word_bits: int) -> None:
    pa, pb = bnnlab.pack_rows(operands.a), bnnlab.pack_columns(operands.b)
    steps = pa.shape[0] * -(-pa.depth // word_bits) * pb.shape[1]
    if steps > stepper.MAX_STEPS_SHOWN:
        st.error(
            f"This product takes {steps:,} steps, one for each word of each output; this page shows at most "
            f"{stepper.MAX_STEPS_SHOWN:,}. Take fewer rows of A or columns of B.",
            icon=":material/error:",
        )
        return
    trace = bnnlab.trace_gemm(pa, pb, word_bits=word_bits)
    source = listing("lecture")
    data = stepper.encode(
        trace,
        reference=reference.sign(operands.a).astype(np.float32) @ reference.sign(operands.b),
        listing=source,
        instructions=instructions,
        start_step=_linked_step(),
        context=operands.context,
        guess=bool(st.session_state.get("gemm_guess")),
        edits=operands.edits,
    )
    product = data["id"] if operands.edits is None else (operands.edits.base, word_bits)
    if st.session_state.setdefault("stepped", product) != product:
        # The step in the address belonged to another product, or to another of its weights.
        st.session_state["stepped"] = product
        data["start_step"] = 0 if data["mark"] is None else data["mark"]["step"]
        st.query_params.pop("step", None)
    components.picture["stepper"](
        key="stepper", data=data, on_step_change=_remember_step, on_edit_change=_remember_edit
    )
    st.caption(
        f"Source of the loop: ext/{source.file} from line {source.numbers[0]}, compiled for words of {word_bits} bits. "
        + ("The same loop without `record` is the kernel `lecture`." if word_bits == WORD_BITS else "")
    )


def _machine_code(word_bits: int) -> list[Instruction]:
    """The instructions of the loop's kernel; none on a CPU whose code cannot be read here."""
    try:
        return bnnlab.disassemble("lecture", word_bits)
    except NotImplementedError:
        return []


def _link_to_kernel(kernel: StreamlitPage | None, instructions: list[Instruction]) -> None:
    """Lead to the whole function that this loop is in, with the instruction marked that counts."""
    meanings = ((one, meaning(one)) for one in instructions)
    counting = next((one for one, meant in meanings if meant is not None and meant.role == "count"), None)
    if kernel is None or counting is None:
        return
    st.page_link(
        kernel,
        label=f"The whole function on the Kernel page, with {counting.mnemonic} marked",
        icon=":material/memory:",
        query_params={kernel_page.MARKED: counting.mnemonic},
    )


def _linked_step() -> int | None:
    text = st.query_params.get("step", "")
    return int(text) if text.isdecimal() and len(text) < 8 else None


def _remember_step() -> None:
    """Put the step into the address, so that a link leads back to it."""
    st.query_params["step"] = str(st.session_state["stepper"]["step"])


def _remember_edit() -> None:
    st.session_state[EDIT] = st.session_state["stepper"]["edit"]


def _matrices(controls: Any) -> Operands | None:
    with controls.popover("Other numbers", icon=":material/edit:"):
        sizes = st.container(horizontal=True, vertical_alignment="bottom")
        m, k, n, seed = (
            int(sizes.number_input(label, 1, most, start, key=key, help=text, **IN_ADDRESS, width=150))
            for label, most, start, key, text in (
                ("M: rows of A", 8, 2, "gemm_m", "One row for each input."),
                ("K: depth", 784, 4, "gemm_k", "Products per output. 784 is an MNIST image."),
                ("N: columns of B", 8, 2, "gemm_n", "One column for each output neuron."),
                ("Seed", 9999, 1, "gemm_seed", "Another seed, other numbers."),
            )
        )
        # In a form: who types into one table must not be interrupted by the other.
        with st.form(f"gemm_own_{m}_{k}_{n}_{seed}", border=False):
            left, right = st.columns(2)
            with left:
                st.markdown("**A**, packed row by row")
                a = matrix_input(f"gemm_a_{m}_{k}_{seed}", "A", random_matrix(m, k, seed))
            with right:
                st.markdown("**B**, packed column by column")
                b = matrix_input(f"gemm_b_{k}_{n}_{seed}", "B", random_matrix(k, n, seed + 1))
            st.form_submit_button("Use these numbers")
    if a is None or b is None:
        return None
    if a.shape[1] != b.shape[0]:
        st.error(
            f"A has {a.shape[1]} columns but B has {b.shape[0]} rows: they must be equally many to multiply.",
            icon=":material/error:",
        )
        return None
    edits = Edits.told(st.session_state.get(EDIT), a, b)
    return Operands(turned(a, edits.a), turned(b, edits.b), edits=edits)


def _take_preset() -> None:
    """Set the sizes of the example that was chosen."""
    preset = PRESETS.get(str(st.session_state.get("gemm_preset")))
    if preset is not None:
        st.session_state.update(zip(SIZES, dataclasses.astuple(preset), strict=True))


def _preset_of_sizes() -> str | None:
    """The example whose sizes are set, so that none is marked that is not shown."""
    usual = dict(zip(SIZES, dataclasses.astuple(next(iter(PRESETS.values()))), strict=True))
    asked = {key: int(text) for key in SIZES if (text := st.query_params.get(key, "")[:4]).isdecimal()}
    sizes = tuple(st.session_state.get(key, (usual | asked)[key]) for key in SIZES)
    return next((name for name, preset in PRESETS.items() if dataclasses.astuple(preset) == sizes), None)


SOURCES: dict[str, Callable[[Any], Operands | None]] = {
    MATRICES: _matrices,
    NETWORK: lambda _row: neuron_input(),
    bmxnet_input.NETWORK: lambda _row: bmxnet_input.bmxnet_input(),
}

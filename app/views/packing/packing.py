"""Packing: numbers become signs, signs become bits, bits become words."""

import streamlit as st

import bnnlab
from bnnlab.app import components
from bnnlab.app.matrix_input import matrix_input, random_matrix
from bnnlab.app.session import IN_ADDRESS
from bnnlab.bits.packing import Axis
from bnnlab.bits.trace import WORD_WIDTHS
from bnnlab.widgets import packing


def page() -> None:
    """Draw the page."""
    st.title("Packing", anchor=False)
    st.markdown(
        "A sign needs one bit: +1 is written as 1, −1 as 0. Sixty-four of them fit into one machine word, so one "
        "instruction can work on 64 at once. **Activations are packed row by row, weights column by column**, "
        "so that the words which meet in a matrix product lie in the same order."
    )
    axis, word_bits, rows, columns, seed = _controls()
    with st.expander("Edit the matrix, or load one", icon=":material/edit:"):
        matrix = matrix_input(
            f"packing_{rows}_{columns}_{seed}", "Matrix", random_matrix(rows, columns, seed)
        )
    if matrix is None:
        return
    if matrix.size > packing.MAX_ELEMENTS_SHOWN:
        st.error(
            f"This page draws every element, so the matrix may have at most "
            f"{packing.MAX_ELEMENTS_SHOWN:,} of them; this one has {matrix.size:,}.",
            icon=":material/error:",
        )
        return
    trace = bnnlab.trace_pack(matrix, axis, word_bits)
    components.picture["packing"](key="packing", data=packing.encode(trace, matrix))


def _controls() -> tuple[Axis, int, int, int, int]:
    row = st.container(horizontal=True, vertical_alignment="top")
    axis = row.segmented_control(
        "Pack along",
        ["rows", "columns"],
        default="rows",
        required=True,
        help="The kernel wants activations packed along rows and weights along columns.",
        key="pack_axis",
        **IN_ADDRESS,
    )
    word_bits = row.segmented_control(
        "Bits in a word",
        list(WORD_WIDTHS),
        default=8,
        required=True,
        key="pack_word",
        **IN_ADDRESS,
        help="The kernel uses 64; smaller words show the same bits cut at other places.",
    )
    sizes = [
        row.number_input(label, 1, most, start, key=key, **IN_ADDRESS, width=150)
        for label, most, start, key in (
            ("Rows", 64, 4, "pack_rows"),
            ("Columns", 64, 12, "pack_columns"),
            ("Seed", 9999, 1, "pack_seed"),
        )
    ]
    return axis, int(word_bits), *(int(size) for size in sizes)

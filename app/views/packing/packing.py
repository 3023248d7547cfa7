"""Packing: numbers become signs, signs become bits, bits become words, and words are multiplied."""

from typing import Any

import streamlit as st

from bnnlab.app import components, session
from bnnlab.app.matrix_input import Matrix, matrix_input, random_matrix
from bnnlab.app.session import IN_ADDRESS
from bnnlab.bits.packing import Axis
from bnnlab.bits.trace import WORD_WIDTHS
from bnnlab.widgets import packing
from bnnlab.widgets.shared.edits import Edits

EDIT = "packing_edit"
"""Key of what the reader changed in the picture; it outlasts a visit to another page."""

MAX_ROWS, MAX_COLUMNS = 64, 130


def page() -> None:
    """Draw the page."""
    controls = st.container(horizontal=True, vertical_alignment="top", key="packing_controls")
    controls.title("Packing", anchor=False, width="content")
    axis, word_bits = _controls(controls)
    if not session.on_tour():  # there the card says it
        st.markdown(
            "A sign needs one bit: +1 is written as 1, −1 as 0. **Inputs A are packed row by row, weights B column by "
            "column**, so that in the product bit meets bit. Click a sign to turn it."
        )
    with controls.popover("Other sizes or numbers", icon=":material/edit:"):
        rows, depth, columns, seed = _sizes()
        a = matrix_input(f"packing_a_{rows}_{depth}_{seed}", "A", random_matrix(rows, depth, seed))
        b = matrix_input(f"packing_b_{depth}_{columns}_{seed}", "B", random_matrix(depth, columns, seed + 1))
    if a is None or b is None or not _fits(a, b):
        return
    edits = Edits.told(st.session_state.get(EDIT), a, b)
    components.picture["packing"](
        key="packing",
        data=packing.encode_pair(a, b, axis, word_bits, edits),
        on_edit_change=_remember_edit,
    )


def _remember_edit() -> None:
    st.session_state[EDIT] = st.session_state["packing"]["edit"]


def _fits(a: Matrix, b: Matrix) -> bool:
    """Whether the two can be multiplied and drawn; if not, it has been said why."""
    problem = None
    if a.shape[1] != b.shape[0]:
        problem = (
            f"A has {a.shape[1]} columns but B has {b.shape[0]} rows: they must be equally many to multiply."
        )
    for name, matrix in (("A", a), ("B", b)):
        if matrix.size > packing.MAX_ELEMENTS_SHOWN:
            problem = (
                f"This page draws every number, so {name} may have at most {packing.MAX_ELEMENTS_SHOWN:,} of them; "
                f"this one has {matrix.size:,}."
            )
    if problem is not None:
        st.error(problem, icon=":material/error:")
    return problem is None


def _controls(row: Any) -> tuple[Axis, int]:
    axis = row.segmented_control(
        "Step through",
        ["rows", "columns"],
        format_func={"rows": "A, by rows", "columns": "B, by columns"}.__getitem__,
        default="rows",
        required=True,
        help="Play shows how the numbers become words, one by one.",
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
    return axis, int(word_bits)


def _sizes() -> tuple[int, ...]:
    row = st.container(horizontal=True, vertical_alignment="bottom")
    return tuple(
        int(row.number_input(label, 1, most, start, key=key, help=text, **IN_ADDRESS, width=118))
        for label, most, start, key, text in (
            ("Rows of A", MAX_ROWS, 4, "pack_rows", None),
            ("Columns of A", MAX_COLUMNS, 12, "pack_columns", "B has as many rows."),
            ("Columns of B", MAX_ROWS, 4, "pack_neurons", "One for each neuron."),
            ("Seed", 9999, 1, "pack_seed", "Another seed, other numbers."),
        )
    )

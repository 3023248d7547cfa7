"""Kernel: the loop that multiplies, in C and as the machine code that runs, and how fast it is."""

import streamlit as st

import bnnlab
from bnnlab.app import components
from bnnlab.app.charts import chart
from bnnlab.app.measuring import measured
from bnnlab.app.session import IN_ADDRESS
from bnnlab.bench import kernel_speeds
from bnnlab.bits.disassembly import Instruction, disassemble_anywhere
from bnnlab.bits.listing import KERNEL_SOURCES, listing
from bnnlab.figures import compare_kernels
from bnnlab.records import KernelSpeed
from bnnlab.widgets import kernel

SECONDS = 2.0
MARKED = "marked"
"""In the page's address: the name of an instruction of the lecture's loop that is to be framed."""


def page() -> None:
    """Draw the page."""
    st.title("Kernel", anchor=False)
    st.markdown(
        "A **kernel** is the small loop in which a matrix product spends nearly all its time. Here are its lines of C "
        "and the machine instructions that the compiler made of them, read from the memory of the program that runs "
        "now. Only a few do the counting: xor, not, popcount and an addition, or what takes their place."
    )
    name = _chosen_kernel()
    instructions, anywhere = _machine_code(name)
    components.picture["kernel"](
        key="kernel_picture",
        data=kernel.encode(
            name, listing(name), instructions, anywhere=anywhere, marked=st.query_params.get(MARKED)
        ),
    )
    _speeds()


def _chosen_kernel() -> str:
    usable = bnnlab.kernels()
    if MARKED in st.query_params:
        # The address does not name the kernel too: the control would take its default out of it again, and the
        # browser's Back would lead to the address that had it.
        st.session_state["kernel"] = "lecture"
    name = st.segmented_control(
        "Kernel",
        list(usable),
        default="lecture",
        required=True,
        key="kernel",
        on_change=_mark_nothing,
        **IN_ADDRESS,
        help="Those that this CPU can run, fastest first. The lecture's own loop comes last.",
    )
    others = [other for other in KERNEL_SOURCES if other not in usable]
    if others:
        st.caption(
            "Not on this computer: "
            + "; ".join(f"`{other}` needs {KERNEL_SOURCES[other].needs}" for other in others)
            + "."
        )
    return str(name)


def _mark_nothing() -> None:
    """Take the framed instruction out of the address: another kernel was chosen, which may lack it."""
    st.query_params.pop(MARKED, None)


def _machine_code(name: str) -> tuple[list[Instruction], list[Instruction]]:
    """The machine code of the kernel, and of the lecture's loop as any CPU could run it, where that is another."""
    try:
        instructions = bnnlab.disassemble(name)
        anywhere = disassemble_anywhere() if name == "lecture" else []
    except NotImplementedError as error:
        st.warning(f"The machine code cannot be shown here: {error}.", icon=":material/warning:")
        return [], []
    if anywhere and anywhere[0].address == instructions[0].address:
        return instructions, []
    return instructions, anywhere


def _speeds() -> None:
    st.subheader("How fast is it here?", anchor=False)
    st.markdown(
        "Each kernel multiplies two matrices of signs, M × K times K × N, on one thread. That is 2 · M · K · N "
        "operations: a multiplication and an addition for each product. The mark on each bar is the kernel's "
        "**ceiling**: how fast this CPU runs the counting instructions by themselves. No loop made of them can be "
        "faster. For few rows the ceiling is how fast the weights can be read."
    )
    row = st.container(horizontal=True, vertical_alignment="bottom")
    m, k, n = (
        int(row.number_input(label, 1, most, start, key=key, **IN_ADDRESS, help=text, width=150))
        for label, most, start, key, text in (
            ("M: rows", 2048, 256, "speed_m", "One row for each input of a layer."),
            ("K: depth", 8192, 784, "speed_k", "Products in each output; 784 is an MNIST image."),
            ("N: columns", 2048, 1024, "speed_n", "One column for each output neuron."),
        )
    )
    if row.button("Measure here, now", icon=":material/timer:", type="primary"):
        st.session_state["speeds"] = (
            f"{m:,} × {k:,} × {n:,}",
            measured(lambda tell: kernel_speeds(m, k, n, SECONDS, tell)),
        )
    if "speeds" in st.session_state:
        _chart(*st.session_state["speeds"])
    else:
        st.caption(
            "Nothing is measured until you ask for it: it takes a few seconds of this computer's time."
        )


def _chart(shape: str, speeds: tuple[KernelSpeed, ...]) -> None:
    chart(
        compare_kernels(speeds, dark=st.context.theme.type == "dark"),
        key="speeds_chart",
        alt="Measured speed of each kernel as a bar, and its ceiling as a mark.",
    )
    fastest = max(speeds, key=lambda speed: speed.gops_best)
    wrong = [speed.kernel for speed in speeds if not speed.exact]
    verdict = (
        f"Wrong results: {', '.join(wrong)}." if wrong else "Every element of every result equals NumPy's."
    )
    st.markdown(
        f"**{shape}:** `{fastest.kernel}` reaches {fastest.gops_best:,.0f} Gop/s, {fastest.share:.0%} of its "
        f"ceiling. {verdict}"
    )
    read = [f"`{speed.kernel}`" for speed in speeds if speed.limited_by == "memory"]
    st.caption(
        "Beside each name: the best of many runs in Gop/s, thousand million operations a second, and its share of the "
        "ceiling. "
        + (f"For {', '.join(read)} the ceiling is how fast the weights can be read. " if read else "")
        + "Whatever else this computer does at the time, the Lab's training for one, slows a measurement down."
    )

"""Why the numbers here are not those of the claims: formula, chart and reasons of each, a tab apiece."""

from collections.abc import Callable

import streamlit as st

from bnnlab.app.charts import chart
from bnnlab.app.measuring import measured
from bnnlab.app.views.summary.tiles import chosen_preset
from bnnlab.app.views.summary.timing import Times
from bnnlab.app.views.summary.trained_network import PackedNetwork, kept
from bnnlab.deploy.claims import CLAIM_SHAPE, energy_claim, kernel_benchmark, size_claim, speed_claim
from bnnlab.deploy.energy import ENERGY_CONSTANTS
from bnnlab.figures import claim_bars
from bnnlab.records import Benchmark, Claim, EnergyConstant

SECONDS = 2.0


def claim_panels(network: PackedNetwork) -> None:
    """Draw them."""
    st.subheader("Why other numbers?", anchor=False)
    for tab, draw in zip(st.tabs(list(PANELS)), PANELS.values(), strict=True):
        with tab:
            draw(network)


def _size(network: PackedNetwork) -> None:
    _panel(size_claim(network.takes, network.file_bytes))


def _speed(network: PackedNetwork) -> None:
    benchmark: Benchmark | None = st.session_state.get("kernel_benchmark")
    if st.button("Measure the kernel alone", icon=":material/timer:", key="measure_kernel"):
        benchmark = st.session_state["kernel_benchmark"] = measured(
            lambda tell: kernel_benchmark(SECONDS, tell)
        )
    st.caption(
        f"One layer on one core: {CLAIM_SHAPE.columns} filters of {CLAIM_SHAPE.depth:,} signs at {CLAIM_SHAPE.rows} "
        "places."
    )
    times: Times | None = kept("times", network.network, quiet=True)
    _panel(speed_claim(network.takes, benchmark, times and times.benchmark))


def _energy(network: PackedNetwork) -> None:
    _panel(energy_claim(network.takes, chosen_preset()))
    with st.expander("The constants of the energy model"):
        st.markdown("\n".join(map(_constant, ENERGY_CONSTANTS)))
        st.caption(
            "Single operations inside a chip. A whole board draws far more: FINN's for MNIST takes up to 2 µJ an image "
            "(Umuroglu et al., FPGA 2017: less than 25 W, 12.3 million images a second)."
        )


def _panel(claim: Claim) -> None:
    """Words beside the chart."""
    left, right = st.columns((3, 2), gap="large")  # words take more room than bars
    with left:
        st.latex(claim.formula)
        st.caption(claim.formula_text)
        st.latex(claim.formula_here)
        st.markdown(claim.meaning)
        st.caption(f"Source: {claim.source}.")
    with right:
        chart(
            claim_bars(claim, dark=st.context.theme.type == "dark"),
            key=f"claim_{claim.name}",
            alt=f"{claim.statement}: "
            + "; ".join(f"{value.label} {value.ratio:.3g}" for value in claim.values),
        )


def _constant(constant: EnergyConstant) -> str:
    name = constant.name + (f", {constant.bits} bits" if constant.bits else "")
    return f"- **{name}: {constant.picojoules:.3g} pJ** ({constant.node}). {constant.source}"


PANELS: dict[str, Callable[[PackedNetwork], None]] = {
    "Smaller": _size,
    "Faster": _speed,
    "Less energy": _energy,
}

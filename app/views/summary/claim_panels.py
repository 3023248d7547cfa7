"""The three claims, a card each: formula, source, figures, and what they mean for one network."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from bnnlab.app.measuring import measured
from bnnlab.app.session import IN_ADDRESS
from bnnlab.app.views.summary.trained_network import PackedNetwork, kept
from bnnlab.deploy.claims import CLAIM_SHAPE, energy_claim, kernel_benchmark, size_claim, speed_claim
from bnnlab.deploy.energy import ENERGY_CONSTANTS, ENERGY_PRESETS
from bnnlab.figures import claim_bars
from bnnlab.records import Benchmark, Claim, EnergyConstant

SECONDS = 2.0


def claim_panels(network: PackedNetwork) -> tuple[Claim, ...]:
    """Draw them, and return what they show."""
    st.subheader("The three claims", anchor=False)
    claims = tuple(_card(network, control, claim) for control, claim in CARDS)
    with st.expander("The constants of the energy model"):
        st.markdown("\n".join(map(_constant, ENERGY_CONSTANTS)))
        st.caption(
            "These are costs of single operations inside a chip. What a whole board draws is far more, and must not "
            "be compared with them: FINN's network for MNIST (Umuroglu et al., FPGA 2017) runs on a board of less "
            "than 25 W at 12.3 million images a second, which is up to 2 µJ an image."
        )
    return claims


def _card(
    network: PackedNetwork, control: Callable[[], Any], claim_of: Callable[[PackedNetwork, Any], Claim]
) -> Claim:
    """A claim beside its chart.

    Args:
        network: Which the claim is held against.
        control: Draws what the visitor chooses or starts, and returns it.
        claim_of: The claim, from the network and what was chosen.
    """
    left, right = st.container(border=True).columns((3, 2), gap="large")  # words take more room than bars
    top = left.container()
    with left:
        claim = claim_of(network, control())
        st.markdown(claim.meaning)
        st.caption(f"Source: {claim.source}.")
    with top:
        st.markdown(f"#### {claim.statement[:1].upper()}{claim.statement[1:]}")
        st.latex(claim.formula)
        st.caption(claim.formula_text)
    right.plotly_chart(
        claim_bars(claim, dark=st.context.theme.type == "dark"),
        key=f"claim_{claim.name}",
        alt=f"{claim.statement}: " + "; ".join(f"{value.label} {value.ratio:.3g}" for value in claim.values),
        config={"displayModeBar": False},
    )
    return claim


def _nothing() -> None:
    pass


def _kernel() -> Benchmark | None:
    """The kernel's benchmark, new if the visitor has just asked for it."""
    if st.button("Measure the kernel here, now", icon=":material/timer:", key="measure_kernel"):
        st.session_state["kernel_benchmark"] = measured(lambda tell: kernel_benchmark(SECONDS, tell))
    st.caption(
        f"Multiplies {CLAIM_SHAPE.rows} × {CLAIM_SHAPE.depth} by {CLAIM_SHAPE.depth} × {CLAIM_SHAPE.columns} "
        "signs, as a layer of 256 filters of 3 × 3 on 256 channels does, on one core. The whole network is timed in "
        "step 3 below."
    )
    benchmark: Benchmark | None = st.session_state.get("kernel_benchmark")
    return benchmark


def _preset() -> str:
    """Name of the energy model's assumption."""
    preset = st.selectbox(
        "Where the weights lie",
        list(ENERGY_PRESETS),
        format_func=lambda name: ENERGY_PRESETS[name].title,
        key="energy_preset",
        **IN_ADDRESS,
    )
    return str(preset)


def _size(network: PackedNetwork, _: None) -> Claim:
    return size_claim(network.takes, network.file_bytes)


def _speed(network: PackedNetwork, kernel: Benchmark | None) -> Claim:
    times = kept("times", network.network, quiet=True)
    return speed_claim(network.takes, kernel, times and times.benchmark)


def _energy(network: PackedNetwork, preset: str) -> Claim:
    return energy_claim(network.takes, preset)


def _constant(constant: EnergyConstant) -> str:
    name = constant.name + (f", {constant.bits} bits" if constant.bits else "")
    return f"- **{name}: {constant.picojoules:.3g} pJ** ({constant.node}). {constant.source}"


CARDS: tuple[tuple[Callable[[], Any], Callable[[PackedNetwork, Any], Claim]], ...] = (
    (_nothing, _size),
    (_kernel, _speed),
    (_preset, _energy),
)

"""The three claims side by side: formula, source, figures, and what they mean for one network."""

from typing import Any

import streamlit as st

from bnnlab.app.measuring import measured
from bnnlab.app.session import IN_ADDRESS
from bnnlab.app.trained_network import PackedNetwork, kept
from bnnlab.deploy.claims import CLAIM_SHAPE, energy_claim, kernel_benchmark, size_claim, speed_claim
from bnnlab.deploy.energy import ENERGY_CONSTANTS, ENERGY_PRESETS
from bnnlab.figures import claim_bars
from bnnlab.records import Claim

SECONDS = 2.0


def claim_panels(network: PackedNetwork) -> None:
    """Draw them."""
    st.subheader("The three claims", anchor=False)
    for column, draw in zip(st.columns([3, 4, 3]), (_size, _speed, _energy), strict=True):
        with column.container(border=True, height="stretch"):
            draw(network)
    _constants()


def _size(network: PackedNetwork) -> None:
    claim = size_claim(network.after, network.before.stored_bytes, network.file_bytes)
    st.markdown(f"#### {claim.statement}")
    _panel(claim)


def _speed(network: PackedNetwork) -> None:
    times = kept("times", network.network, quiet=True)
    kernel = st.session_state.get("kernel_benchmark")
    panel = st.container()
    if st.button("Measure the kernel here, now", icon=":material/timer:", key="measure_kernel"):
        kernel = measured(lambda tell: kernel_benchmark(SECONDS, tell))
        st.session_state["kernel_benchmark"] = kernel
    claim = speed_claim(network.after, kernel, times and times.benchmark)
    with panel:
        st.markdown(f"#### {claim.statement}")
        _panel(claim)
    st.caption(
        f"Multiplies {CLAIM_SHAPE.rows} × {CLAIM_SHAPE.depth} by {CLAIM_SHAPE.depth} × {CLAIM_SHAPE.columns} "
        "signs, a layer of 256 filters of 3 × 3 on 256 channels, on one core. For your whole network see "
        "step 3 below."
    )


def _energy(network: PackedNetwork) -> None:
    heading = st.container()
    preset = st.selectbox(
        "Where the weights lie",
        list(ENERGY_PRESETS),
        format_func=lambda name: ENERGY_PRESETS[name].title,
        key="energy_preset",
        **IN_ADDRESS,
    )
    claim = energy_claim(network.after, str(preset))
    heading.markdown(f"#### {claim.statement[:1].upper()}{claim.statement[1:]}")
    _panel(claim)


def _constants() -> None:
    with st.expander("The constants of the energy model"):
        st.table([_constant(each) for each in ENERGY_CONSTANTS])
        st.caption(
            "What a whole system draws is another thing and must not be compared with these: FINN's network "
            "for MNIST (Umuroglu et al., FPGA 2017) runs on a board of less than 25 W at 12.3 million images "
            "a second, that is 2 µJ an image at the wall."
        )


def _constant(constant: Any) -> dict[str, str]:
    return {
        "What": constant.name + (f", {constant.bits} bits" if constant.bits else ""),
        "pJ": f"{constant.picojoules:.3g}",
        "Chip": constant.node,
        "Source": constant.source,
    }


def _panel(claim: Claim) -> None:
    st.latex(claim.formula)
    st.caption(claim.formula_text)
    st.plotly_chart(
        claim_bars(claim, dark=st.context.theme.type == "dark"),
        key=f"claim_{claim.name}",
        alt=f"{claim.statement}: " + "; ".join(f"{value.label} {value.ratio:.3g}" for value in claim.values),
        config={"displayModeBar": False},
    )
    st.markdown(claim.meaning)
    st.caption(f"Source: {claim.source}.")

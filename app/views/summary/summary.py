"""Summary: what the lecture claims, what comes out here and why, and how to take the network along."""

from typing import Any

import streamlit as st

from bnnlab.app import session
from bnnlab.app.tables import table
from bnnlab.app.views.summary.claim_panels import claim_panels
from bnnlab.app.views.summary.deploy_steps import deploy_steps
from bnnlab.app.views.summary.tiles import claimed_tiles, network_tiles
from bnnlab.app.views.summary.trained_network import PackedNetwork, packed_network
from bnnlab.records import LayerSummary, NetworkSummary


def page() -> None:
    """Draw the page."""
    st.title("Summary", anchor=False)
    st.markdown("What is said of binary networks, in the lecture that this lab comes from and elsewhere:")
    claimed_tiles()
    if st.session_state.get(session.STOP) == 1:  # the rest comes at the tour's end
        return
    network = packed_network()
    if network is None:
        return
    _introduce(network)
    network_tiles(network)
    claim_panels(network)
    with st.expander("The network, layer by layer", icon=":material/table_rows:"):
        _layers(network)
    _advise(network.takes)
    deploy_steps(network)


def _introduce(network: PackedNetwork) -> None:
    """Which network the numbers below are about."""
    shown = network.network
    if shown.comes_with_lab:
        st.markdown(
            f"What comes out here, for a network that comes with the lab: **{shown}.** Your own has not learned yet."
        )
        return
    if session.on_tour():
        st.markdown(f"What comes out here, for the tour's own network: **{shown}.** Yours waits meanwhile.")
        return
    st.markdown(f"What comes out here, for your network: **{shown}.** Its training rests while you are here.")
    if not shown.learned:
        st.info(
            "It has not learned anything yet, so its answers are guesses. What it takes does not depend on that.",
            icon=":material/casino:",
        )


def _layers(network: PackedNetwork) -> None:
    takes = network.takes
    weights = sum(layer.depth * layer.output_shape[0] for layer in takes.layers)
    st.markdown(
        f"Of its {weights:,} weights {takes.binary_weights:,} ({takes.binary_weights / weights:.0%}) are signs, and "
        f"of the {takes.macs.total:,} products for one example {takes.macs.bit_bit:,} "
        f"({takes.macs.binary_share:.0%}) are of two signs."
    )
    table(
        [*(_row(layer) for layer in takes.layers), _total(takes)],
        alt="What each layer multiplies and keeps.",
        last_is_total=True,
    )
    st.caption(
        "**Products**: for one example; *any*: signs or numbers. **Thresholds**: sums are compared with them. **Bytes "
        "packed**: without the file's names, shapes and checksums. **Bytes in float32**: of a float network of this "
        "shape."
    )


def _advise(takes: NetworkSummary) -> None:
    """Where one end of the network is most of it, in float32, say how to change that."""
    ends = {"First layer": takes.layers[0], "Last layer": takes.layers[-1]}
    setting, largest = max(ends.items(), key=lambda end: end[1].stored_bytes)
    if largest.macs.float_float and largest.stored_bytes > takes.stored_bytes / 2:
        st.info(
            f"Layer `{largest.name}` is {largest.stored_bytes / takes.stored_bytes:.0%} of the packed network: its "
            f"weights are float32. Choose **{setting}: binary** in the Lab and compare.",
            icon=":material/lightbulb:",
        )


def _row(layer: LayerSummary) -> dict[str, Any]:
    shape = " × ".join(map(str, layer.output_shape))
    return {"Layer": layer.name, "Multiplies": layer.precision, "Output": shape} | _counts(layer)


def _total(takes: NetworkSummary) -> dict[str, Any]:
    return {"Layer": "**all**", "Multiplies": "", "Output": ""} | _counts(takes)


def _counts(of: LayerSummary | NetworkSummary) -> dict[str, int]:
    return {
        "Products": of.macs.total,
        "1-bit weights": of.binary_weights,
        "Float32 numbers": of.float_values,
        "Thresholds": of.thresholds,
        "Bytes packed": of.stored_bytes,
        "Bytes in float32": of.float32_bytes,
    }

"""Summary: what the network takes, what the lecture's three claims come to, and how to take it along."""

import streamlit as st

from bnnlab.app.claim_panels import claim_panels
from bnnlab.app.deploy_steps import deploy_steps
from bnnlab.app.trained_network import PackedNetwork, packed_network
from bnnlab.records import LayerSummary, NetworkSummary


def page() -> None:
    """Draw the page."""
    st.title("Summary", anchor=False)
    st.markdown(
        "Three things are said of binary networks: **32 times smaller, 58 times faster, up to 1000 times "
        "less energy**. Here is what they come to for the network you trained in the Lab, and how to take it "
        "along: packed into bits, proved equal, timed, as a file."
    )
    network = packed_network()
    if network is None:
        return
    _scorecard(network)
    claim_panels(network)
    deploy_steps(network)


def _scorecard(network: PackedNetwork) -> None:
    trained, before, after = network.network, network.before, network.after
    st.subheader("Your network", anchor=False)
    st.markdown(
        f"**{trained}.** It rests while you look at it"
        + ("." if trained.step else ", and has not learned anything yet: let it train in the Lab first.")
    )
    weights = sum(layer.depth * layer.output_shape[0] for layer in before.layers)
    row = st.container(horizontal=True)
    for label, value, text in (
        (
            "File, packed",
            _bytes(network.file_bytes),
            f"{_bytes(before.stored_bytes)} as it was trained, in float32",
        ),
        ("Binary weights", f"{before.binary_weights / weights:.0%}", f"{before.binary_weights:,} of {weights:,}"),
        (
            "Products of signs",
            f"{after.macs.binary_share:.0%}",
            f"{after.macs.bit_bit:,} of {after.macs.total:,} for each example",
        ),
    ):  # fmt: skip
        with row.container(border=True, width=260, height="stretch"):
            st.metric(label, value)
            st.caption(text)
    rows = [_row(ours, theirs) for ours, theirs in zip(after.layers, before.layers, strict=True)]
    st.table([*rows, _total(before, after)])
    _advise(network)
    st.caption(
        "A layer stands for itself and for what follows it: normalisation, pooling, sign. Where all of that "
        "decides one sign, packing folds it into a **threshold**: a number that the sum of products is "
        "compared with. A product and its addition to a sum count as one."
    )


def _advise(network: PackedNetwork) -> None:
    """Where one end of the network is most of it, in float32, say how to change that."""
    layers, all_bytes = network.after.layers, network.after.stored_bytes
    ends = {"First layer": layers[0], "Last layer": layers[-1]}
    setting, largest = max(ends.items(), key=lambda end: end[1].stored_bytes)
    if largest.macs.float_float and largest.stored_bytes > all_bytes / 2:
        st.info(
            f"Layer `{largest.name}` is {largest.stored_bytes / all_bytes:.0%} of the packed network, since "
            f"its weights are float32. Choose **{setting}: binary** in the Lab, train, and compare.",
            icon=":material/lightbulb:",
        )


def _row(packed: LayerSummary, trained: LayerSummary) -> dict[str, str]:
    return {
        "Layer": packed.name,
        "Multiplies": packed.precision,
        "Output": " × ".join(map(str, packed.output_shape)),
        "Products": f"{packed.macs.total:,}",
        "1-bit weights": f"{packed.binary_weights:,}",
        "float32 numbers": f"{packed.float_values:,}",
        "thresholds": f"{packed.thresholds:,}",
        "Bytes, packed": f"{packed.stored_bytes:,}",
        "Bytes, float32": f"{trained.stored_bytes:,}",
    }


def _total(before: NetworkSummary, after: NetworkSummary) -> dict[str, str]:
    counts = {
        "Products": after.macs.total,
        "1-bit weights": after.binary_weights,
        "float32 numbers": after.float_values,
        "thresholds": after.thresholds,
        "Bytes, packed": after.stored_bytes,
        "Bytes, float32": before.stored_bytes,
    }
    return {"Layer": "**all**"} | {column: f"**{count:,}**" for column, count in counts.items()}


def _bytes(count: int) -> str:
    if count >= 1 << 20:
        return f"{count / (1 << 20):.1f} MiB"
    return f"{count / (1 << 10):.1f} KiB"

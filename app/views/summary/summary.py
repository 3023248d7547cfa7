"""Summary: what the network takes, what the lecture's three claims come to, and how to take it along."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from bnnlab.app.tables import table
from bnnlab.app.views.summary.claim_panels import claim_panels
from bnnlab.app.views.summary.deploy_steps import deploy_steps
from bnnlab.app.views.summary.trained_network import PackedNetwork, packed_network
from bnnlab.records import Claim, LayerSummary, NetworkSummary
from bnnlab.records.claims import ratio_text

SCORES_HEIGHT = 169  # CSS pixels of three cards side by side


def page() -> None:
    """Draw the page."""
    st.title("Summary", anchor=False)
    st.markdown(
        "Three things are said of binary networks: **32 times smaller, 58 times faster, up to 1000 times "
        "less energy**. Here is what they come to for the network in the Lab, and how to take that network "
        "along: packed into bits, proved equal, timed, as a file."
    )
    network = packed_network()
    if network is None:
        return
    scores = st.skeleton(SCORES_HEIGHT)  # they follow from the claims further down
    _network(network)
    claims = claim_panels(network)
    with scores.container(key="scores"):
        _scores(claims)
    deploy_steps(network)


def _scores(claims: Iterable[Claim]) -> None:
    """What is claimed, and what it comes to."""
    for column, claim in zip(st.columns(3), claims, strict=True):
        answer = claim.answer
        joint = " " if answer.group.endswith("against") else ": "
        least = min(
            (each for each in claim.values if each.group == answer.group), key=lambda each: each.ratio
        )
        with column.container(border=True, height="stretch"):
            st.metric(f"Claimed: {claim.statement}", ratio_text(answer.ratio))
            st.caption(
                f"{answer.group}{joint}{answer.label}"
                + (
                    f". Against {least.label}: {ratio_text(least.ratio)}"
                    if least.ratio < 1 <= answer.ratio
                    else ""
                )
                + (". Nothing was measured yet." if answer.basis == "formula" else "")
            )


def _network(network: PackedNetwork) -> None:
    trained, takes = network.network, network.takes
    st.subheader("The network", anchor=False)
    st.markdown(f"**{trained}.** Its training rests while you are here.")
    if not trained.learned:
        st.info(
            "It has not learned anything yet: its weights are as they were drawn at random. What it takes, and "
            "whether packing keeps its answers, does not depend on that, but the answers are guesses. Let it train in "
            "the Lab first.",
            icon=":material/casino:",
        )
    weights = sum(layer.depth * layer.output_shape[0] for layer in takes.layers)
    st.markdown(
        f"Its file takes {_bytes(network.file_bytes)}, where float32 would take {_bytes(takes.float32_bytes)}. "
        f"Of its {weights:,} weights {takes.binary_weights:,} ({takes.binary_weights / weights:.0%}) are signs, and "
        f"of the {takes.macs.total:,} products for one example {takes.macs.bit_bit:,} "
        f"({takes.macs.binary_share:.0%}) are of two signs."
    )
    with st.container(key="what_it_takes"):
        table(
            [*(_row(layer) for layer in takes.layers), _total(takes)],
            alt="What each layer multiplies and keeps.",
            last_is_total=True,
        )
    st.caption(
        "A row is a layer and what follows it: normalisation, pooling, sign. **Products** are multiplications for one "
        "example, each with its addition to a sum; *any* stands for signs and numbers alike. "
        "**Thresholds**: where all that follows a sum only decides a sign, "
        "packing makes it one number, with which the sum is compared. **Bytes packed** are those of the arrays; the "
        "file adds names, shapes and checksums. **Bytes in float32** are those of a float network of this shape, with "
        "two numbers for each channel of a normalisation. (Training keeps four; two say the same once it is over.)"
    )
    _advise(takes)


def _advise(takes: NetworkSummary) -> None:
    """Where one end of the network is most of it, in float32, say how to change that."""
    ends = {"First layer": takes.layers[0], "Last layer": takes.layers[-1]}
    setting, largest = max(ends.items(), key=lambda end: end[1].stored_bytes)
    if largest.macs.float_float and largest.stored_bytes > takes.stored_bytes / 2:
        st.info(
            f"Layer `{largest.name}` is {largest.stored_bytes / takes.stored_bytes:.0%} of the packed network, since "
            f"its weights are float32. Choose **{setting}: binary** in the Lab, train, and compare.",
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


def _bytes(count: int) -> str:
    if count >= 1 << 20:
        return f"{count / (1 << 20):.1f} MiB"
    return f"{count / (1 << 10):.1f} KiB"

"""Four steps from a trained network to a file: pack it, prove it, time it, take it along."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from bnnlab.app.measuring import measured
from bnnlab.app.tables import table
from bnnlab.app.views.summary.downloads import downloads
from bnnlab.app.views.summary.timing import times_panel
from bnnlab.app.views.summary.trained_network import PackedNetwork, keep, kept
from bnnlab.deploy import LayerProof
from bnnlab.deploy.outline import outline
from bnnlab.deploy.proof import proofs
from bnnlab.train.answers import predict


@dataclass(frozen=True)
class Proof:
    """What was compared: every layer for every sum, and the whole for every test example."""

    layers: tuple[LayerProof, ...]
    examples: int
    equal: int
    right: int


def deploy_steps(network: PackedNetwork) -> None:
    """Draw them."""
    st.subheader("Take it along", anchor=False)
    for number, (title, draw) in enumerate(STEPS.items(), start=1):
        with st.container(border=True):
            st.markdown(f"#### {number}. {title}")
            draw(network)


def _pack(network: PackedNetwork) -> None:
    takes, dataset = network.takes, network.network.dataset
    inputs = {
        "points": "It takes the coordinates of a point.",
        "features": "It takes numbers as the network learned them, each column brought to −1..1.",
        "images": f"It takes pixels p as bytes; the network learned them as p / {dataset.half_range} − 1.",
    }[dataset.kind]
    st.markdown(
        f"Done already: {takes.binary_weights:,} weights are bits now, 64 in a word. {takes.thresholds:,} outputs "
        f"compare their sum with a threshold. {takes.float_values:,} numbers stay float32. {inputs}"
    )
    with st.expander("The packed network, operation by operation"):
        st.markdown(
            "\n".join(f"1. `{row.name}`: **{row.op}.** {row.does}" for row in outline(network.packed))
        )


def _prove(network: PackedNetwork) -> None:
    st.markdown(
        "Does it answer exactly as the original? A sum of 64 signs is one of 65 whole numbers. So each neuron decides "
        "**every sum that it could ever see**. Then both networks answer all test examples."
    )
    if st.button("Prove it", icon=":material/verified:", key="prove", type="primary"):
        keep("proof", network.network, measured(lambda tell: _proof(network, tell), "Trying every sum"))
    proof: Proof | None = kept("proof", network.network)
    if proof is None:
        return
    if proof.layers:
        table(
            [
                {
                    "Layer": layer.layer,
                    "Neurons": layer.neurons,
                    "Sums tried for each": layer.sums,
                    "Decisions that differ": layer.mismatches,
                    "Weights that differ": layer.wrong_weights,
                }
                for layer in proof.layers
            ],
            alt="What was compared in each layer.",
        )
    else:
        st.markdown(
            "In this network no layer compares a sum of signs with a threshold, so there is nothing to try but its "
            "answers."
        )
    proved = {layer.layer for layer in proof.layers}
    if rest := [
        layer.name for layer in network.takes.layers if layer.thresholds and layer.name not in proved
    ]:
        st.caption(
            f"Not in the table: {', '.join(rest)}. Sums of float32 numbers are too many to try them all: the test "
            "examples try them, and each threshold is compared with one that is made anew."
        )
    holds = all(layer.holds for layer in proof.layers) and proof.equal == proof.examples
    tried = sum(layer.neurons * layer.sums for layer in proof.layers)
    (st.success if holds else st.error)(
        f"{'Proved' if holds else 'Not equal'}: {tried:,} decisions compared, "
        f"{sum(layer.mismatches for layer in proof.layers):,} differ. {proof.equal:,} of {proof.examples:,} "
        f"answers to test examples are the original's. {proof.right / proof.examples:.1%} of the packed network's "
        "answers are right.",
        icon=":material/verified:" if holds else ":material/error:",
    )


def _proof(network: PackedNetwork, tell: Callable[[float], None]) -> Proof:
    model, dataset, layers = network.network.model, network.network.dataset, []
    parts = len(network.takes.layers) + 1
    for layer in proofs(network.packed, model):
        layers.append(layer)
        tell(len(layers) / parts)
    answers = network.packed.predict(network.test_examples())
    expected = predict(model, dataset.x_test, "cpu").argmax(1).numpy()
    return Proof(
        tuple(layers),
        len(answers),
        int(np.count_nonzero(answers == expected)),
        int(np.count_nonzero(answers == dataset.y_test)),
    )


STEPS: dict[str, Callable[[PackedNetwork], None]] = {
    "Pack": _pack,
    "Prove": _prove,
    "Time": times_panel,
    "Download": downloads,
}

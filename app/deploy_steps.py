"""Four steps from a trained network to a file: pack it, prove it, time it, take it along."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from bnnlab.app.downloads import downloads
from bnnlab.app.measuring import measured
from bnnlab.app.trained_network import PackedNetwork, keep, kept
from bnnlab.deploy import LayerProof, profile
from bnnlab.deploy.network_benchmark import network_benchmark
from bnnlab.deploy.proof import proofs
from bnnlab.figures import time_breakdown
from bnnlab.records import Benchmark, Profile
from bnnlab.records.profile import time_text
from bnnlab.train.view import predict

MOST_AT_ONCE = 256
SECONDS = 1.0


@dataclass(frozen=True)
class Proof:
    """What was compared: every layer for every sum, and the whole for every test example."""

    layers: tuple[LayerProof, ...]
    examples: int
    equal: int
    right: int


@dataclass(frozen=True)
class Times:
    """What was timed: the network against others, and where its own time goes, for one example and for many."""

    benchmark: Benchmark
    profiles: tuple[Profile, ...]


def deploy_steps(network: PackedNetwork) -> None:
    """Draw them."""
    st.subheader("Take it along", anchor=False)
    for number, (title, draw) in enumerate(STEPS.items(), start=1):
        with st.container(border=True):
            st.markdown(f"#### {number}. {title}")
            draw(network)


def _pack(network: PackedNetwork) -> None:
    after, half_range = network.after, network.network.dataset.half_range
    inputs = (
        "It takes points as numbers."
        if half_range is None
        else f"It takes pixels p as bytes; the network learned them as p / {half_range} − 1."
    )
    st.markdown(
        f"Done, since it takes no time: {after.binary_weights:,} weights are now bits in 64-bit words, "
        f"{after.thresholds:,} outputs compare their sum with a threshold, in place of scaling, normalisation "
        f"and sign, and {after.float_values:,} numbers stay float32. {inputs}"
    )
    with st.expander("The packed network, operation by operation"):
        st.table([{"Node": node.name, "Operation": _first_line(node.op)} for node in network.packed.nodes])


def _prove(network: PackedNetwork) -> None:
    st.markdown(
        "Rounding must not change a single sign. A packed neuron knows only one whole number, the sum of its "
        "products, and there are few of them: so all are tried, and each decision is compared with that of "
        "the trained network. Then both answer every test example."
    )
    if st.button("Prove it", icon=":material/verified:", key="prove", type="primary"):
        keep("proof", network.network, measured(lambda tell: _proof(network, tell), "Trying every sum"))
    proof: Proof | None = kept("proof", network.network)
    if proof is None:
        return
    if proof.layers:
        st.table(
            [
                {
                    "Layer": layer.layer,
                    "Neurons": f"{layer.neurons:,}",
                    "Sums tried for each": f"{layer.sums:,}",
                    "Decisions that differ": f"{layer.mismatches:,}",
                    "Weights that differ": f"{layer.wrong_weights:,}",
                }
                for layer in proof.layers
            ]
        )
    else:
        st.markdown(
            "No layer of this network decides by a threshold, so there is nothing to try but its answers."
        )
    proved = {layer.layer for layer in proof.layers}
    if rest := [
        layer.name for layer in network.after.layers if layer.thresholds and layer.name not in proved
    ]:
        st.caption(
            f"Not in the table: {', '.join(rest)}. Its sums are of floats, too many to try; the test examples "
            "speak for it."
        )
    holds = all(layer.holds for layer in proof.layers) and proof.equal == proof.examples
    tried = sum(layer.neurons * layer.sums for layer in proof.layers)
    (st.success if holds else st.error)(
        f"{'Proved' if holds else 'Not equal'}: {tried:,} decisions compared, "
        f"{sum(layer.mismatches for layer in proof.layers):,} differ; {proof.equal:,} of {proof.examples:,} "
        f"answers to test examples are those of the trained network, {proof.right / proof.examples:.1%} of "
        "them right.",
        icon=":material/verified:" if holds else ":material/error:",
    )


def _proof(network: PackedNetwork, tell: Callable[[float], None]) -> Proof:
    model, dataset, layers = network.network.model, network.network.dataset, []
    parts = len(network.after.layers) + 1
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


def _time(network: PackedNetwork) -> None:
    st.markdown(
        "The packed network, the same network in torch and, where it is installed, in onnxruntime answer the "
        "same test examples in turns, on one core: one example at a time, and many at once."
    )
    if st.button("Time it here, now", icon=":material/timer:", key="time"):
        keep("times", network.network, measured(lambda tell: _times(network, tell)))
        st.rerun()  # the claim of speed stands above
    times: Times | None = kept("times", network.network)
    if times is None:
        return
    st.table(
        [
            {
                "": each.workload,
                "Run by": each.opponent,
                "Time": time_text(each.best_seconds),
                "Median": time_text(each.median_seconds),
                "Packed is": f"{each.ratio:.3g}× as fast" if each.opponent != "packed" and each.ratio else "",
                "Answers": "equal" if each.exact else "differ",
            }
            for each in times.benchmark.results
        ]
    )
    if not all(each.exact for each in times.benchmark.results):
        st.caption(
            "Where answers differ, sums of floats were rounded in another way: a sign may have tipped over."
        )
    for absent in {each.opponent: each for each in times.benchmark.absent}.values():
        st.caption(f"{absent.opponent} did not take part: {absent.reason}.")
    st.markdown("**Where the packed network's time goes**")
    st.plotly_chart(
        time_breakdown(times.profiles, dark=st.context.theme.type == "dark"),
        key="time_breakdown",
        alt="Share of the time of each kind of work, one bar for one example and one for many.",
        config={"displayModeBar": False},
    )
    largest = times.profiles[-1]
    st.markdown(
        f"Products of signs take {largest.binary_share:.0%} of the time for {largest.examples:,} at once. If "
        f"they took none at all, the network would be {largest.most_speedup:.2f} times as fast and no faster, "
        "whatever the kernel (Amdahl's law). The rest is layers that multiply pixels or floats, and the way "
        "from numbers to bits and back."
    )


def _times(network: PackedNetwork, tell: Callable[[float], None]) -> Times:
    examples = network.test_examples(MOST_AT_ONCE)
    numbers, batches = network.network.dataset.x_test[:MOST_AT_ONCE], (1, len(examples))
    benchmark = network_benchmark(
        network.packed, network.network.model, examples, numbers, batches, SECONDS, progress=lambda x: tell(x * 0.7)
    )  # fmt: skip
    profiles = tuple(
        profile(network.packed, examples[:count], SECONDS / 2, lambda x, done=done: tell(done + 0.15 * x))  # type: ignore[misc]
        for count, done in zip(batches, (0.7, 0.85), strict=True)
    )
    return Times(benchmark, profiles)


def _first_line(op: object) -> str:
    return f"{type(op).__name__}: {(type(op).__doc__ or '').splitlines()[0]}"


STEPS: dict[str, Callable[[PackedNetwork], None]] = {
    "Pack": _pack,
    "Prove": _prove,
    "Time": _time,
    "Download": downloads,
}

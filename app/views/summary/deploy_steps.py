"""Four steps from a trained network to a file: pack it, prove it, time it, take it along."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from bnnlab.app.measuring import measured
from bnnlab.app.tables import table
from bnnlab.app.views.summary.downloads import downloads
from bnnlab.app.views.summary.trained_network import PackedNetwork, keep, kept
from bnnlab.deploy import LayerProof, profile
from bnnlab.deploy.claims import where_slower
from bnnlab.deploy.network_benchmark import network_benchmark
from bnnlab.deploy.outline import outline
from bnnlab.deploy.proof import proofs
from bnnlab.figures import time_breakdown
from bnnlab.records import Benchmark, Profile
from bnnlab.records.claims import ratio_text
from bnnlab.records.profile import time_text
from bnnlab.train.answers import predict

MAX_AT_ONCE = 256
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
    takes, half_range = network.takes, network.network.dataset.half_range
    inputs = (
        "As input it takes the coordinates of a point."
        if half_range is None
        else f"As input it takes pixels p as bytes; the network learned them as p / {half_range} − 1."
    )
    st.markdown(
        f"This is done, since it takes no time. {takes.binary_weights:,} weights are now bits, 64 of them in a word. "
        f"{takes.thresholds:,} outputs compare their sum with a threshold, which replaces scaling, normalisation and "
        f"sign. {takes.float_values:,} numbers stay float32. {inputs}"
    )
    with st.expander("The packed network, operation by operation"):
        st.markdown(
            "\n".join(f"1. `{row.name}`: **{row.op}.** {row.does}" for row in outline(network.packed))
        )


def _prove(network: PackedNetwork) -> None:
    st.markdown(
        "Does the packed network answer exactly as the original does? A neuron that multiplies signs adds up numbers "
        "that are all +1 or −1 (or whole pixels, where it multiplies those). Its sum is a whole number, and few are "
        "possible: with 64 inputs, the 65 numbers −64, −62, … 64. So each neuron is given **every sum that it could "
        "ever see**, and must decide as the original does by scaling, normalisation and sign. Its weights must have "
        "the same signs, too. Last, both networks answer all test examples."
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
            f"Not in the table: {', '.join(rest)}. A sum of float32 numbers can take far too many values to try them "
            "all. Its threshold is compared with one that is made anew, and the test examples try the rest."
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


def _time(network: PackedNetwork) -> None:
    st.markdown(
        "The same test examples are answered in turns, on one core: by the packed network, by the original in torch, "
        "and by its ONNX file in onnxruntime if that is installed. First one example at a time, then many at once."
    )
    if st.button("Time it here, now", icon=":material/timer:", key="time"):
        keep("times", network.network, measured(lambda tell: _times(network, tell)))
        st.rerun()  # the claim of speed stands above
    times: Times | None = kept("times", network.network)
    if times is None:
        return
    _benchmark_table(times.benchmark)
    st.markdown("**Where the packed network's time goes**")
    st.caption(
        "This was another run. It times the operations alone, each by itself, without what comes before them in the "
        "table's runs, such as checking the input. So the times beside the bars are not those of the table."
    )
    st.plotly_chart(
        time_breakdown(times.profiles, dark=st.context.theme.type == "dark"),
        key="time_breakdown",
        alt="Share of the time of each kind of work, one bar for one example and one for many.",
        config={"displayModeBar": False},
    )
    largest = times.profiles[-1]
    st.markdown(
        f"With {largest.examples:,} at once, products of signs and their thresholds take {largest.binary_share:.0%} "
        f"of the time. If they took none at all, the network would be {largest.most_speedup:.2f} times as fast: "
        "more than that no faster kernel for them can give (Amdahl's law). *All else* is pooling of bits, reshaping, "
        "and what passes between two operations."
    )


def _benchmark_table(benchmark: Benchmark) -> None:
    table(
        [
            {
                "Run by": f"{each.opponent}, {each.workload}",
                "Fastest run": each.best_seconds,
                "Median run": each.median_seconds,
                "Speed-up by packing": None if each.opponent == "packed" else each.ratio,
                "Answers": "as the original" if each.exact else "differ",
            }
            for each in benchmark.results
        ],
        alt="Times of the packed network and of others.",
        formats={"Fastest run": time_text, "Median run": time_text, "Speed-up by packing": ratio_text},
    )
    if not all(each.exact for each in benchmark.results):
        st.caption(
            "Where answers differ, sums of floats were rounded in another way, and a sign close to 0 changed."
        )
    for absent in {each.opponent: each for each in benchmark.absent}.values():
        st.caption(f"{absent.opponent} did not take part: {absent.reason}.")
    if slower := where_slower(benchmark):
        st.info(slower, icon=":material/speed:")


def _times(network: PackedNetwork, tell: Callable[[float], None]) -> Times:
    examples = network.test_examples(MAX_AT_ONCE)
    numbers, batches = network.network.dataset.x_test[:MAX_AT_ONCE], (1, len(examples))
    benchmark = network_benchmark(
        network.packed, network.network.model, examples, numbers, batches, SECONDS, progress=lambda x: tell(x * 0.7)
    )  # fmt: skip
    profiles = tuple(
        profile(network.packed, examples[:count], SECONDS / 2, lambda x, done=done: tell(done + 0.15 * x))  # type: ignore[misc]
        for count, done in zip(batches, (0.7, 0.85), strict=True)
    )
    return Times(benchmark, profiles)


STEPS: dict[str, Callable[[PackedNetwork], None]] = {
    "Pack": _pack,
    "Prove": _prove,
    "Time": _time,
    "Download": downloads,
}

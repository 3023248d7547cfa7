"""How fast the network is here, against others: timed on a click, and shown in detail."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from bnnlab.app.charts import chart
from bnnlab.app.measuring import measured
from bnnlab.app.tables import table
from bnnlab.app.views.summary.trained_network import PackedNetwork, keep, kept
from bnnlab.deploy import profile
from bnnlab.deploy.network_benchmark import network_benchmark
from bnnlab.figures import time_breakdown
from bnnlab.records import Benchmark, Profile
from bnnlab.records.claims import ratio_text
from bnnlab.records.profile import time_text

MAX_AT_ONCE = 256
SECONDS = 1.0
TIME_IT = "Time it here, now"
"""On the button; the tour names it."""


@dataclass(frozen=True)
class Times:
    """What was timed: the network against others, and where its own time goes, for one example and for many."""

    benchmark: Benchmark
    profiles: tuple[Profile, ...]


def time_button(network: PackedNetwork) -> None:
    """Draw the button that times it, and do so if it was pressed."""
    if st.button(TIME_IT, icon=":material/timer:", key="time"):
        keep("times", network.network, measured(lambda tell: _times(network, tell)))
        st.session_state["measured_network"] = True  # the tour asks for it
        st.rerun()  # to show it everywhere on the page


def times_panel(network: PackedNetwork) -> None:
    """Draw what was timed, or say where to start it."""
    times: Times | None = kept("times", network.network)
    if times is None:
        st.markdown(f"Press *{TIME_IT}* at the top of the page.")
        return
    st.markdown("The same test examples, answered in turns on one core.")
    _benchmark_table(times.benchmark)
    st.markdown("**Where the packed network's time goes**")
    st.caption("This was another run, of the operations alone. So its times are not those of the table.")
    chart(
        time_breakdown(times.profiles, dark=st.context.theme.type == "dark"),
        key="time_breakdown",
        alt="Share of the time of each kind of work, one bar for one example and one for many.",
    )
    largest = times.profiles[-1]
    st.markdown(
        f"With {largest.examples:,} at once, products of signs and their thresholds take {largest.binary_share:.0%} "
        f"of the time. If they took none at all, the network would be {largest.most_speedup:.2f} times as fast: "
        "no faster kernel for them can give more (Amdahl's law). *All else* is pooling of bits, reshaping, and what "
        "passes between two operations."
    )


def _benchmark_table(benchmark: Benchmark) -> None:
    table(
        [
            {
                "Run by": f"{each.opponent}, {each.workload}",
                "Speed-up by packing": None if each.opponent == "packed" else each.ratio,  # a phone shows it
                "Fastest run": each.best_seconds,
                "Median run": each.median_seconds,
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

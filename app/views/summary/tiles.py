"""The tiles at the top: what the lecture claims, and below it what comes out here."""

import streamlit as st

from bnnlab.app.session import IN_ADDRESS
from bnnlab.app.views.summary.timing import Times, time_button
from bnnlab.app.views.summary.trained_network import PackedNetwork, kept
from bnnlab.deploy.claims import HEADLINES, energy_claim, size_claim
from bnnlab.deploy.energy import ENERGY_PRESETS, estimate_energy
from bnnlab.records import Benchmark, BenchmarkResult, Claim
from bnnlab.records.claims import ratio_text

NOT_MEASURED = "not measured yet"
RIVAL = "torch"
"""Whom the tile of speed is about: it runs the same network, and is always installed."""

KNOWN_AS = {"onnxruntime": ", a program that does nothing but run networks"}


def claimed_tiles() -> None:
    """What the lecture claims. These numbers stay as they are, whatever is pressed below."""
    with st.container(key="scores"):
        for column, headline in zip(st.columns(3), HEADLINES, strict=True):
            with column.container(border=True, height="stretch"):
                st.metric(headline.title, headline.number)
                st.caption(headline.conditions)


def network_tiles(network: PackedNetwork) -> None:
    """What comes out for one network: beneath each claim its own number, with what is chosen or started for it."""
    with st.container(key="here"):
        for column, tile in zip(st.columns(3), (_size, _speed, _energy), strict=True):
            with column.container(border=True, height="stretch"):
                tile(network)


def chosen_preset() -> str:
    """Name of the assumption under which energy is estimated; see `_energy`, which asks for it."""
    return str(st.session_state.get("energy_preset", next(iter(ENERGY_PRESETS))))


def _size(network: PackedNetwork) -> None:
    takes, claim = network.takes, size_claim(network.takes, network.file_bytes)
    st.metric("Smaller, this network's file", ratio_text(claim.answer.ratio))
    floats = 4 * takes.float_values / network.file_bytes
    st.caption(
        f"{takes.float32_bytes:,} bytes in float32, {network.file_bytes:,} in the packed file. Not 32×: {floats:.0%} "
        f"of it is numbers that stay float32{_mostly_in(network)}."
        if floats >= 0.01
        else f"{takes.float32_bytes:,} bytes in float32, {network.file_bytes:,} packed."
    )


def _mostly_in(network: PackedNetwork) -> str:
    """Which end of the network holds most of the numbers that stay float32, if one does."""
    layers = network.takes.layers
    for layer, name in ((layers[0], "first"), (layers[-1], "last")):
        if 2 * layer.float_values > network.takes.float_values:
            return f", most of them in the {name} layer"
    return ""


def _speed(network: PackedNetwork) -> None:
    times: Times | None = kept("times", network.network, quiet=True)
    alone, many = _against_rival(times.benchmark) if times else (None, None)
    st.metric(
        "Faster, this network on this computer",
        ratio_text(alone.ratio) if alone and alone.ratio else NOT_MEASURED,
    )
    if times and alone and many and many.ratio:
        st.caption(
            f"Than the original in {RIVAL}, one example at a time; {ratio_text(many.ratio)} with many at once. Not "
            f"58×: {RIVAL} multiplies many floats with one instruction, too.{_least(times.benchmark)}"
        )
    else:
        st.caption(f"Than the original in {RIVAL}, on one core. It takes some seconds.")
    time_button(network)


def _energy(network: PackedNetwork) -> None:
    place = st.container()
    preset = st.selectbox(
        "What memory the model counts",
        list(ENERGY_PRESETS),
        format_func=lambda name: ENERGY_PRESETS[name].title,
        key="energy_preset",
        **IN_ADDRESS,
    )
    claim: Claim = energy_claim(network.takes, str(preset))
    with place:
        st.metric("Less energy, this network by a model", ratio_text(claim.answer.ratio))
        st.caption(_why_not_1000(network, str(preset), claim))


def _least(benchmark: Benchmark) -> str:
    """Whom it is slower than, if anybody: that must not be hidden behind a better number."""
    slower = [each for each in benchmark.results if each.ratio and each.ratio < 1]
    if not slower:
        return ""
    least = min(slower, key=lambda each: each.ratio or 1)
    program = f"{least.opponent}{KNOWN_AS.get(least.opponent, '')}"
    return f" Against {program}, it is slower with {least.workload}: {ratio_text(least.ratio or 1)}."


def _why_not_1000(network: PackedNetwork, preset: str, claim: Claim) -> str:
    """What the number is, and what is left that takes energy."""
    said, takes = "Nothing is measured: a sum of published costs.", network.takes
    if claim.answer.ratio >= claim.claimed:
        return said
    estimate = estimate_energy(takes, preset)
    if estimate.binary_memory:
        return f"{said} Not 1000×: {estimate.binary_memory / estimate.binary_total:.0%} goes into reading memory."
    others = 1 - takes.macs.binary_share
    return f"{said} Not 1000×: {others:.0%} of its products are not of two signs." if others else said


def _against_rival(benchmark: Benchmark) -> tuple[BenchmarkResult | None, BenchmarkResult | None]:
    """The rival's results for one example and for many."""
    results = [each for each in benchmark.results if each.opponent == RIVAL]
    return (results[0], results[-1]) if results else (None, None)

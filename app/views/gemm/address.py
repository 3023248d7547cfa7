"""What is impossible in the address of the XNOR-GEMM page, said in one sentence."""

from __future__ import annotations

import streamlit as st

from bnnlab.app.plain_text import escaped
from bnnlab.app.views.gemm.network import CountingLayer, Network

MAX_DIGITS = 9
MAX_SHOWN = 20  # characters of a value that is none


def complaint(network: Network) -> str | None:
    """The first value in the page's address that this network has no room for, as a sentence; None if all fit.

    To be asked before the controls are drawn: they put what is possible into the address.
    """
    name = st.query_params.get("layer")
    if name is not None and name not in network.layers:
        return (
            f"The address names layer “{_short(name)}”, but only {', '.join(network.layers)} can be stepped through "
            "bit by bit here; the first is shown."
        )
    layer = network.layers[name or next(iter(network.layers))]
    for key, (noun, count) in _limits(network, layer).items():
        text: str = st.query_params.get(key, "")
        if text and not _is_below(text, count):
            return (
                f"The address asks for {noun} “{_short(text)}”, but there are only 0 to {count - 1} here; it is "
                "ignored."
            )
    return None


def _limits(network: Network, layer: CountingLayer) -> dict[str, tuple[str, int]]:
    """What each name in the address counts, and how many there are."""
    limits = {
        "neuron": (layer.noun, layer.outputs),
        "weight": ("weight", layer.weights),
        "image": (network.noun.lower(), network.examples),
    }
    if layer.size is None:
        return limits
    height, width = layer.size
    return limits | {"row": ("row", height), "column": ("column", width)}


def _is_below(text: str, count: int) -> bool:
    return text.isdecimal() and len(text) <= MAX_DIGITS and int(text) < count


def _short(text: str) -> str:
    shown: str = escaped(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")
    return shown

"""What is impossible in the address of the XNOR-GEMM page, said in one sentence.

To be asked before the controls are drawn: they put what is possible into the address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from bnnlab.app.plain_text import escaped

MAX_DIGITS = 9
MAX_SHOWN = 20  # characters of a value that is none


def unknown_layer(names: Iterable[str]) -> str | None:
    """Why the address names no layer of the network, or None."""
    name = st.query_params.get("layer")
    if name is None or name in names:
        return None
    return (
        f"The address names layer “{_short(name)}”, but only {', '.join(names)} can be stepped through bit by bit "
        "here; the first is shown."
    )


def unknown_number(limits: Mapping[str, tuple[str, int]]) -> str | None:
    """The first number in the address that is none, or has no room in what it counts; or None.

    Args:
        limits: By the names in the address: what each number counts, and how many there are.
    """
    for key, (noun, count) in limits.items():
        text: str = st.query_params.get(key, "")
        if text and not (text.isdecimal() and len(text) <= MAX_DIGITS and int(text) < count):
            return (
                f"The address asks for {noun} “{_short(text)}”, but there are only 0 to {count - 1} here; it is "
                "ignored."
            )
    return None


def _short(text: str) -> str:
    shown: str = escaped(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")
    return shown

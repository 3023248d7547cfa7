"""Measurements on a click: one at a time, with a bar that says how far they are."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import streamlit as st

T = TypeVar("T")
ONE_AT_A_TIME = Lock()  # two measurements would only slow each other down
LEAST_PROGRESS = 0.01  # less cannot be seen, and telling it takes time


def measured(measure: Callable[[Callable[[float], None]], T], text: str = "Measuring") -> T:
    """What `measure` returns.

    Args:
        measure: Called with a function that it tells which share is done, 0..1.
        text: What the bar says.
    """
    bar, shown = st.progress(0.0, text), 0.0

    def tell(share: float) -> None:
        nonlocal shown
        if share >= shown + LEAST_PROGRESS:
            shown = share
            bar.progress(share, text)

    with ONE_AT_A_TIME:
        result = measure(tell)
    bar.empty()
    return result

"""Measurements on a click: one at a time, with a bar that says how far they are."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import streamlit as st

T = TypeVar("T")
ONE_AT_A_TIME = Lock()  # two measurements would only slow each other down
MIN_PROGRESS = 0.01  # less cannot be seen, and telling it takes time
UNFINISHED = "unfinished_measurement"  # stays in the session's state where a click cut the script off


def measured(measure: Callable[[Callable[[float], None]], T], text: str = "Measuring") -> T:
    """What `measure` returns.

    Args:
        measure: Called with a function that it tells which share is done, 0..1.
        text: What the bar says.
    """
    bar, shown = st.progress(0.0, text), 0.0

    def tell(share: float) -> None:
        nonlocal shown
        if share >= shown + MIN_PROGRESS:
            shown = share
            bar.progress(share, text)

    st.session_state[UNFINISHED] = True
    with ONE_AT_A_TIME:
        result = measure(tell)
    del st.session_state[UNFINISHED]
    bar.empty()
    return result


def tell_of_interruption() -> None:
    """Say so if the last measurement of this session has come to nothing: any click ends it with the page."""
    if st.session_state.pop(UNFINISHED, False):
        st.toast(
            "The measurement was interrupted, as something else was pressed meanwhile. Its button starts it again.",
            icon=":material/timer_off:",
            duration="long",
        )

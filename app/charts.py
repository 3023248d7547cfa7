"""Charts of plotly. It takes the browser long to load: who comes to a stop of the tour sees the stop first."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from bnnlab.app import session

_HERE: Final = "charts_here"  # whether this session's browser has been given a chart
_WAITING: Final = "charts_waiting"
_RUNS: Final = "charts_runs"
_AFTER_S: Final = 1.0
_HEIGHT: Final = 450  # CSS pixels of a chart that does not say how high it is


def chart(figure: Any, *, key: str, alt: str) -> None:
    """Draw a chart, or on the tour's first page keep its place until `come_later` lets it come.

    Args:
        figure: Of plotly.
        key: Its key.
        alt: What it shows, for those who do not see it.
    """
    if session.on_tour() and not st.session_state.get(_HERE):
        st.session_state[_WAITING] = True
        st.container(height=figure.layout.height or _HEIGHT, border=False)
        return
    st.session_state[_HERE] = True
    st.plotly_chart(figure, key=key, alt=alt, config={"displayModeBar": False})


def come_later() -> None:
    """Let the charts that wait come a moment after the page. To be called at its end."""
    if st.session_state.pop(_WAITING, False):
        st.session_state[_RUNS] = 0
        st.fragment(_come, run_every=_AFTER_S)()


def _come() -> None:
    """Draw the page again, with its charts, when the clock runs this; the first run is the page's own."""
    st.session_state[_RUNS] += 1
    if st.session_state[_RUNS] > 1:
        st.session_state[_HERE] = True
        st.rerun()

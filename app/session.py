"""What belongs to one browser session: its training run, and how it ends."""

from typing import Any, Final

import streamlit as st

from bnnlab.train import LiveRun, RunConfig

IN_ADDRESS: Final[dict[str, Any]] = {"bind": "query-params", "persist_state": "session"}
"""For widgets: their value stands in the page's address, and outlasts a visit to another page."""


@st.cache_resource(scope="session", show_spinner=False, max_entries=1, on_release=lambda run: run.close())
def live_run(_first: RunConfig | None = None) -> LiveRun:
    """This session's run: one thread, started at the first visit, ended when the browser goes away.

    Args:
        _first: What it starts with, if this call starts it; no part of what it is kept under.
    """
    return LiveRun(_first or RunConfig())

"""What belongs to one browser session: its training run, and how it ends."""

from typing import Any, Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from bnnlab.train import LiveRun, RunConfig

IN_ADDRESS: Final[dict[str, Any]] = {"bind": "query-params", "persist_state": "session"}
"""For widgets: their value stands in the page's address, and outlasts a visit to another page."""


def keep_values_on_the_way_back() -> None:
    """Let the browser's Back return to a page as its link would, with the values it was left with.

    Before a page is left, Streamlit makes a history entry without its values. On the way back it would take what
    that entry lacks for a wish to have the default, and the Lab would throw its network away.
    """
    if context := get_script_run_ctx():
        context.is_history_navigation = False


@st.cache_resource(scope="session", show_spinner=False, max_entries=1, on_release=lambda run: run.close())
def live_run(_first: RunConfig | None = None) -> LiveRun:
    """This session's run: one thread, started at the first visit, ended when the browser goes away.

    Args:
        _first: What it starts with, if this call starts it; no part of what it is kept under.
    """
    return LiveRun(_first or RunConfig())

"""What belongs to one browser session: its training run, and how it ends."""

from typing import Any, Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from bnnlab.app.live.runs import RUNS
from bnnlab.cockpit.viewer import Viewer
from bnnlab.train import LiveRun, RunConfig

IN_ADDRESS: Final[dict[str, Any]] = {"bind": "query-params", "persist_state": "session"}
"""Options of widgets whose value stands in the page's address and outlasts a visit to another page."""


def keep_values_on_the_way_back() -> None:
    """Let the browser's Back return to a page as its link would, with the values it was left with.

    Before a page is left, Streamlit makes a history entry without its values. On the way back it would take what
    that entry lacks for a wish to have the default, and the page would lose what was set on it.
    """
    if context := get_script_run_ctx():
        context.is_history_navigation = False


def live_run(first: RunConfig | None = None) -> LiveRun:
    """This session's run: one thread, started at the first visit, ended when the browser goes away.

    Args:
        first: What it starts with, if this call starts it.
    """
    run: LiveRun = viewer(first).run
    return run


def viewer(first: RunConfig | None = None) -> Viewer:
    """What this session sees of its run; see `live_run`."""
    seen: Viewer = RUNS.of(_registered_session(), first)
    return seen


def adopt(token: str) -> bool:
    """Take over the run that this tab had before it was reloaded or cut off, if it is still there and free."""
    adopted: bool = RUNS.adopt(_registered_session(), token)
    return adopted


@st.cache_resource(scope="session", show_spinner=False, max_entries=1, on_release=RUNS.leave)
def _registered_session() -> str:
    """Streamlit's name for this session, whose run is left behind when the session ends."""
    context = get_script_run_ctx()
    return context.session_id if context else ""

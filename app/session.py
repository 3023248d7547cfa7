"""What belongs to one browser session: its training run, and how it ends."""

from typing import Any, Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from bnnlab.app.live.runs import RUNS
from bnnlab.app.live.spare import SPARE
from bnnlab.cockpit.viewer import Viewer
from bnnlab.train import LiveRun, RunConfig

STOP: Final = "stop"
"""Key of the stop that the session is at, from 1; None or absent if it is not on the tour."""

OF_TOUR: Final = " on tour"
"""What the name of a session's second run, the tour's, ends in."""

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
    """What this session sees of its run; on the tour, of the tour's. See `live_run`."""
    return tour_viewer() if on_tour() else own_viewer(first)


def own_viewer(first: RunConfig | None = None) -> Viewer:
    """What this session sees of its own run, which rests while it is on the tour."""
    seen: Viewer = RUNS.of(_registered_session(), first)
    return seen


def tour_viewer() -> Viewer:
    """What this session sees of the tour's run: one that has learned already."""
    seen: Viewer = RUNS.of(_registered_session() + OF_TOUR, start=lambda _: SPARE.take())
    return seen


def on_tour() -> bool:
    """Whether this session is on the tour."""
    return st.session_state.get(STOP) is not None


def adopt(token: str) -> bool:
    """Take over the run that this tab had before it was reloaded or cut off, if it is still there and free."""
    adopted: bool = RUNS.adopt(_registered_session(), token)
    return adopted


def _leave(session: str) -> None:
    """Keep the session's own run for a while; the tour's can be had again at any time."""
    RUNS.leave(session)
    RUNS.drop(session + OF_TOUR)


@st.cache_resource(scope="session", show_spinner=False, max_entries=1, on_release=_leave)
def _registered_session() -> str:
    """Streamlit's name for this session, whose run is left behind when the session ends."""
    context = get_script_run_ctx()
    return context.session_id if context else ""

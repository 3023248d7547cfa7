"""Lab: a binary network learns in front of you.

The page is one picture, the cockpit. It shows what frames say and sends commands, over a socket of its own; the page
itself runs again only where the socket cannot be had, and then hands over frames and takes commands in its stead.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any, Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from bnnlab.app import components, session
from bnnlab.app.address import opening
from bnnlab.app.ahead import modules_ahead
from bnnlab.app.launch import url_path
from bnnlab.app.live.files import FILES
from bnnlab.app.live.route import LIVE
from bnnlab.app.recording import FRAMES, RECORDED, version
from bnnlab.app.views.gemm.journey import open_at
from bnnlab.cockpit.commands import sentence
from bnnlab.cockpit.viewer import Viewer
from bnnlab.records import Selection

KEY: Final = "lab"
POLL_S: Final = 0.1
FIRST_WITHIN_S: Final = 5.0
SETTLED_AFTER_S: Final = 1.0  # after a command, what it started may still be computed
FRAGMENTS: Final = "fragments"
LOOKS: Final = ("example", "select")


def page(step_through: StreamlitPage | None = None) -> None:
    """Draw the page.

    Args:
        step_through: The page that steps through a neuron's bits, opened by a click in the cockpit.
    """
    viewer = _greeted_viewer()
    every = POLL_S if _polls(viewer) else None
    st.session_state["polls"] = every is not None
    st.fragment(_cockpit, run_every=every)(viewer, step_through)


def _greeted_viewer() -> Viewer:
    """The session's view of its run, which at the first visit is as the address asks for."""
    asked = opening(st.query_params.to_dict())
    viewer: Viewer = session.viewer(asked.config)
    looks = [command for command in asked.commands if command["do"] in LOOKS]
    if viewer.greeted:
        if looks and looks != viewer.looked_at:  # a link from another page
            viewer.looked_at = looks
            for command in looks:
                viewer.command(command)
        return viewer
    viewer.greeted, viewer.begins_recorded, viewer.looked_at = True, asked.is_default, looks
    run = viewer.run
    if run.status.config != asked.config:
        run.reset(asked.config)
    if not asked.is_default:  # there, what was recorded is seen meanwhile
        with suppress(RuntimeError, TimeoutError):  # a run that failed says so itself
            run.wait_for(timeout=FIRST_WITHIN_S)
    for command in asked.commands:
        viewer.command(command)
    viewer.notice(asked.notice)
    if asked.plays:
        run.play()
    return viewer


def _polls(viewer: Viewer) -> bool:
    """Whether the page has to ask for frames: without a socket, while it is seen and something goes on."""
    state = st.session_state
    if state.get(KEY, {}).get("transport") != FRAGMENTS:
        return False
    moves = viewer.run.status.state in ("playing", "waiting", "loading")
    return moves or time.monotonic() - state.get("commanded_at", 0.0) < SETTLED_AFTER_S


def _cockpit(viewer: Viewer, step_through: StreamlitPage | None) -> None:
    """The picture with its newest frame. Runs with the page, and alone where it polls."""
    clicked = st.session_state.get(KEY, {}).get("step_through")
    if clicked is not None and step_through is not None:
        address = _carry(viewer, clicked)
        if address is not None:  # at once: a frame for a picture that is left would only take time
            st.switch_page(step_through, query_params=address)
    components.picture["lab"](
        key=KEY,
        data=viewer.page_frame(_connect(viewer), fresh_within=POLL_S / 2),
        on_command_change=lambda: _take_commands(viewer),
        on_resume_change=_resume,
        on_transport_change=lambda: None,
        on_step_through_change=lambda: None,
    )
    if _polls(viewer) != st.session_state["polls"] or session.viewer() is not viewer:
        st.rerun()


def _connect(viewer: Viewer) -> dict[str, Any]:
    """How the cockpit opens its socket, where a recorded beginning is, and what to fetch ahead."""
    base = st.get_option("server.baseUrlPath")
    forced = st.query_params.get("transport") == FRAGMENTS
    recorded = viewer.begins_recorded and viewer.run.status.step < FRAMES
    return {
        "path": None if forced else url_path(base, LIVE),
        "token": viewer.token,
        "kept": not session.on_tour(),  # whether the tab should come back to this very run
        "polls": st.session_state["polls"],
        "recorded": f"{url_path(base, RECORDED)}?{version()}" if recorded else None,
        "ahead": modules_ahead(base),
        "files": url_path(base, FILES),
    }


def _take_commands(viewer: Viewer) -> None:
    """Obey what the cockpit sends where it has no socket."""
    st.session_state["commanded_at"] = time.monotonic()
    viewer.numbered_commands(st.session_state[KEY]["command"])


def _resume() -> None:
    """Give the tab its old run back, if nobody else has it."""
    token = st.session_state[KEY]["resume"]
    if isinstance(token, str):
        session.adopt(token)


def _carry(viewer: Viewer, clicked: object) -> dict[str, str] | None:
    """Take the clicked neuron of the frame on the screen along to the page that steps through its bits.

    Returns:
        The address of that page; None if there is no such neuron, which is then said in the picture.
    """
    try:
        if not isinstance(clicked, dict):
            raise TypeError(f"a click must be an object, got {clicked!r}")
        frame = viewer.frame(clicked.get("serial")) or viewer.frame()
        if frame is None:
            raise ValueError("there is no frame on the screen yet")
        position = clicked.get("position")
        address: dict[str, str] = open_at(
            frame,
            Selection(
                clicked.get("layer", ""),
                clicked.get("neuron", -1),
                clicked.get("weight"),
                None if position is None else tuple(position),
            ),
        )
    except (ValueError, TypeError) as error:
        viewer.notice(sentence(error))
        return None
    return address

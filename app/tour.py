"""The tour's way through the lab: where the reader is, and the state that each stop sets.

Its stops have addresses, `?stop=N` on any page. The tour has a run of its own; the reader's rests until the tour is
left.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from bnnlab.app import components, session
from bnnlab.app.handout import HANDOUT
from bnnlab.app.launch import url_path
from bnnlab.app.tour_facts import facts
from bnnlab.app.views.gemm import journey
from bnnlab.cockpit.viewer import Viewer
from bnnlab.widgets import tour

KEY: Final = "tour"
STAYS: Final = "hide"  # the key of the address that goes along from stop to stop
_GO, _NOTICE, _LEFT_AT, _PLAYED = "tour_go", "tour_notice", "tour_left_at", "tour_own_played"
_STALE: Final = "tour_stale"  # the stop that the address named when the card led on, and when that was
STALE_FOR_S: Final = 2.0
READY_WITHIN_S: Final = 10.0


def proceed(pages: list[StreamlitPage], page: StreamlitPage) -> None:
    """Go where the card or the address says, and set what belongs there. To be called before the page is drawn.

    Args:
        pages: All pages of the lab.
        page: The one that would be drawn.
    """
    state = st.session_state
    asked, notice = named(st.query_params["stop"]) if "stop" in st.query_params else (None, None)
    if _GO in state:
        stop = state.pop(_GO)
        if stop is None:
            _leave(pages)
        else:
            state[_STALE] = (asked, time.monotonic())
            _enter(stop, pages, page)
    elif asked is not None and asked != state.get(session.STOP):
        if _is_stale(asked):
            _show(state[session.STOP], pages, page)
            return
        state[_NOTICE] = notice
        _enter(asked, pages, page)


def _is_stale(asked: int) -> bool:
    """Whether an address is the one that the card has just led away from.

    What was pressed on a page at that moment arrives later, under the address that the browser had then.
    """
    left, at = st.session_state.get(_STALE, (None, 0.0))
    return bool(asked == left and time.monotonic() - at < STALE_FOR_S)


def card(page: StreamlitPage) -> None:
    """Draw the tour's card, or the button that begins it.

    Args:
        page: The page that is seen.
    """
    stop = st.session_state.get(session.STOP)
    on_page = stop is not None and tour.STOPS[stop - 1].page == (page.url_path or "lab")
    with st.container(key="tour_card"):
        components.picture["tour"](
            key=KEY,
            data=tour.encode(
                stop,
                on_page=on_page,
                resumes_at=st.session_state.get(_LEFT_AT, 1),
                facts=None if stop is None else facts(),
                notice=st.session_state.get(_NOTICE),
                handout=url_path(st.get_option("server.baseUrlPath"), HANDOUT),
            ),
            on_go_change=_take,
        )


def named(text: str) -> tuple[int, str | None]:
    """The stop that an address names, or the nearest one and a sentence that says so."""
    last = len(tour.STOPS)
    number = int(text[:6]) if text.isascii() and text.isdigit() else 0
    if 1 <= number <= last:
        return number, None
    nearest = "last" if number else "first"
    return (
        last if number else 1,
        f"The address asks for stop “{text[:20]}”; stops are 1 to {last}. This is the {nearest}.",
    )


def _take() -> None:
    """Note what was pressed on the card; the script that runs next goes there."""
    pressed = st.session_state[KEY].get("go")
    stop = pressed.get("stop") if isinstance(pressed, dict) else None
    if stop is None or (isinstance(stop, int) and 1 <= stop <= len(tour.STOPS)):
        st.session_state[_GO] = stop
        st.session_state[_NOTICE] = None


def _enter(number: int, pages: list[StreamlitPage], page: StreamlitPage) -> None:
    """Be at a stop: its page, its controls, its run."""
    state, stop = st.session_state, tour.STOPS[number - 1]
    if not session.on_tour():
        _rest(session.own_viewer())
    state[session.STOP] = state[_LEFT_AT] = number
    journey.forget_moment()  # each stop shows the network as it is
    viewer = session.tour_viewer()
    viewer.greeted = True  # what the Lab shows is set here, not by its address
    for command in ({"do": "pause"}, {"do": "rewind"}, *stop.commands):
        viewer.command(dict(command))
    if stop.page == "lab":  # other pages ask the run themselves, where they show it
        with suppress(RuntimeError, TimeoutError):  # a run that failed says so itself
            viewer.run.wait_for(timeout=READY_WITHIN_S)
    for key, value in stop.widgets.items():
        state[key] = value
    _show(number, pages, page)


def _show(number: int, pages: list[StreamlitPage], page: StreamlitPage) -> None:
    """Show a stop's page, under its address."""
    target = _page_of(tour.STOPS[number - 1].page, pages)
    kept = {STAYS: st.query_params[STAYS]} if STAYS in st.query_params else {}
    if target.url_path != page.url_path:
        st.switch_page(target, query_params={"stop": str(number), **kept})
    st.query_params["stop"] = str(number)


def _leave(pages: list[StreamlitPage]) -> None:
    """Give the reader's own run back, as it was."""
    session.tour_viewer().command({"do": "pause"})
    if st.session_state[session.STOP] == len(tour.STOPS):
        st.session_state[_LEFT_AT] = 1  # it is finished: the next one begins at the beginning
    st.session_state[session.STOP] = None
    st.session_state[_NOTICE] = None
    if st.session_state.pop(_PLAYED, False):
        session.own_viewer().run.play()
    st.switch_page(_page_of("lab", pages))


def _rest(viewer: Viewer) -> None:
    """Let the reader's own run rest, to go on later if it played."""
    st.session_state[_PLAYED] = viewer.run.status.state in ("playing", "waiting")
    viewer.run.pause()


def _page_of(address: str, pages: list[StreamlitPage]) -> StreamlitPage:
    named: Mapping[str, StreamlitPage] = {page.url_path or "lab": page for page in pages}
    return named[address]

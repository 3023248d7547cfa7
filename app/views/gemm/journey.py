"""The way from a weight in the Lab to the instruction that counts its bit, and back to where one was."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from bnnlab.app import session
from bnnlab.app.views.gemm.counting_layer import CountingLayer
from bnnlab.app.views.gemm.moment import Moment, moment_of_frame, moment_of_run
from bnnlab.records import Selection
from bnnlab.train import RunConfig
from bnnlab.train.live.frame import LiveFrame

NETWORK = "the Lab's network"


def open_at(frame: LiveFrame, selection: Selection) -> dict[str, str]:
    """Let the XNOR-GEMM page show, when it is drawn next, the step that uses a weight of this very frame.

    Args:
        frame: The frame that was clicked. The page keeps it, though the network learns on.
        selection: The neuron, and the weight if one is selected.

    Returns:
        What the page's address is to hold, as `st.switch_page` takes it.

    Raises:
        ValueError: If the frame shows no example, or has no such layer, neuron, weight or position.
        TypeError: If neuron or weight is no whole number.
    """
    moment = moment_of_frame(frame)
    if selection.layer not in moment.signs:
        raise ValueError(f"layer must be one of {', '.join(moment.signs)}; got {selection.layer!r}")
    neurons, weights = moment.signs[selection.layer].shape
    _check("neuron", selection.neuron, neurons)
    if selection.weight is not None:
        _check("weight", selection.weight, weights)
    if selection.layer in moment.counting:
        moment.product(selection)  # refuses an impossible position
    row, column = selection.position or (None, None)
    state = st.session_state
    state["moment"], state["came_from"] = moment, selection
    for name in ("row", "column", "stepped"):
        state.pop(name, None)
    controls = {
        "source": NETWORK,
        "layer": selection.layer,
        "neuron": selection.neuron,
        "weight": selection.weight,
    }
    controls |= {"image": moment.example.index}
    controls |= {} if row is None else {"row": row, "column": column}
    for name, value in controls.items():
        state[name] = value
    # A control takes what it would show anyhow out of the address, and each time the browser notes one more page to go
    # back to.
    starts = _starts(moment, selection.layer)
    return {
        name: str(value)
        for name, value in controls.items()
        if value is not None and value != starts.get(name)
    }


def clicked_moment() -> Moment | None:
    """The moment that `open_at` was given, while it is looked at and the Lab's network has the same layers still."""
    moment: Moment | None = st.session_state.get("moment")
    if moment is None or not moment.clicked:
        return None
    if _structure(moment.config) != _structure(session.live_run().status.config):
        forget_moment()
        return None
    return moment


def moment_of(example: int) -> Moment:
    """The network looking at a test example, as it was when it was first asked for with these settings.

    Raises:
        RuntimeError: If there is no network, because it failed to load.
        TimeoutError: If its thread does not come to look in time.
    """
    run, moment = session.live_run(), st.session_state.get("moment")
    if moment is None or (moment.config, moment.example.index) != (run.status.config, example):
        moment = st.session_state["moment"] = run.call(lambda training: moment_of_run(training, example))
    return moment


def forget_moment() -> None:
    """Look at the network as it is now from here on."""
    st.session_state.pop("moment", None)
    if st.session_state.get("image", 0) is None:  # an example of one's own was in that moment alone
        del st.session_state["image"]


def link_back(place: Any, lab: StreamlitPage, shown: Selection | None) -> None:
    """Draw the link back to the Lab, to where one came from, or else to what is shown here.

    Args:
        place: Where to draw it.
        lab: The Lab's page.
        shown: What is shown here, if anything.
    """
    where: Selection | None = st.session_state.get("came_from") or shown
    place.page_link(
        lab,
        label="Back to the Lab" if where is None else f"Back to the Lab: {_words(where)}",
        icon=":material/arrow_back:",
        query_params=None if where is None else address_of(where),
    )


def address_of(selection: Selection) -> dict[str, str]:
    """A selection as the pages' addresses hold it."""
    row, column = selection.position or (None, None)
    values = {
        "layer": selection.layer,
        "neuron": selection.neuron,
        "weight": selection.weight,
        "row": row,
        "column": column,
    }
    return {name: str(value) for name, value in values.items() if value is not None}


def _words(selection: Selection) -> str:
    noun = "neuron" if selection.position is None else "filter"
    weight = "" if selection.weight is None else f", weight {selection.weight}"
    return f"{selection.layer}, {noun} {selection.neuron}{weight}"


def _starts(moment: Moment, layer: str) -> dict[str, object]:
    """What the page's controls show unless they are told something else."""
    counting = moment.counting
    starts: dict[str, object] = {"image": 0, "layer": next(iter(counting), None)}
    if layer in counting:
        starts |= CountingLayer.recorded(moment.signs[layer], counting[layer]).starts
    return starts


def _check(name: str, value: object, count: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if not 0 <= value < count:
        raise ValueError(f"{name} must be in 0..{count - 1}, got {value}")


def _structure(config: RunConfig) -> tuple[object, ...]:
    """The settings that say which layers a network has and what it is shown."""
    return config.dataset, config.model, config.widths, config.first_layer, config.last_layer

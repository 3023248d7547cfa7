"""The way from a weight in the Lab to the instruction that counts its bit, and back to where one was."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from bnnlab.app import session
from bnnlab.app.views.gemm.look import recorded_layer, shown_example
from bnnlab.records import Selection
from bnnlab.train import RunConfig
from bnnlab.train.live.frame import LiveFrame

NETWORK = "the Lab's network"


def open_at(frame: LiveFrame, selection: Selection) -> None:
    """Let the XNOR-GEMM page show, when it is drawn next, the step that uses a weight of this very frame.

    Args:
        frame: The frame that was clicked. The page keeps it, though the network learns on.
        selection: The neuron, and the weight if one is selected.

    Raises:
        ValueError: If the frame shows no example, or has no such layer, neuron or weight.
    """
    example, layer = shown_example(frame), recorded_layer(frame, selection.layer)
    neurons, weights = layer.signs.shape
    _check("neuron", selection.neuron, neurons)
    if selection.weight is not None:
        _check("weight", selection.weight, weights)
    state = st.session_state
    state["kept_frame"], state["came_from"] = frame, selection
    state["source"] = NETWORK
    state["layer"], state["neuron"], state["weight"] = selection.layer, selection.neuron, selection.weight
    state["image"] = example.index
    for name, value in zip(("row", "column"), selection.position or (None, None), strict=True):
        if value is None:
            state.pop(name, None)
        else:
            state[name] = value
    state.pop("stepped", None)


def kept_frame() -> LiveFrame | None:
    """The frame that `open_at` was given, while it is looked at and the Lab's network has the same layers still."""
    frame: LiveFrame | None = st.session_state.get("kept_frame")
    if frame is not None and _structure(frame.status.config) != _structure(session.live_run().status.config):
        forget_frame()
        return None
    return frame


def forget_frame() -> None:
    """Look at the network as it is now from here on."""
    frame: LiveFrame | None = st.session_state.pop("kept_frame", None)
    if (
        frame is not None and st.session_state.get("image") is None
    ):  # an example of one's own is in the frame alone
        st.session_state.pop("image", None)


def link_back(place: Any, lab: StreamlitPage, shown: Selection) -> None:
    """Draw the link back to the Lab, to where one came from, or else to what is shown here.

    Args:
        place: Where to draw it.
        lab: The Lab's page.
        shown: What is shown here.
    """
    where: Selection = st.session_state.get("came_from") or shown
    weight = "" if where.weight is None else f", weight {where.weight}"
    place.page_link(
        lab,
        label=f"Back to the Lab: {where.layer}, neuron {where.neuron}{weight}",
        icon=":material/arrow_back:",
        query_params=address_of(where),
    )


def address_of(selection: Selection) -> dict[str, str]:
    """A selection as the pages' addresses hold it."""
    names = {"layer": selection.layer, "neuron": selection.neuron, "weight": selection.weight}
    if selection.position is not None:
        names |= dict(zip(("row", "column"), selection.position, strict=True))
    return {name: str(value) for name, value in names.items() if value is not None}


def _check(name: str, value: int, count: int) -> None:
    if not 0 <= value < count:
        raise ValueError(f"{name} must be in 0..{count - 1}, got {value}")


def _structure(config: RunConfig) -> tuple[object, ...]:
    """The settings that say which layers a network has and what it is shown."""
    return config.dataset, config.model, config.widths, config.first_layer, config.last_layer

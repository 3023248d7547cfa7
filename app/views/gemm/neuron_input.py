"""One neuron of the Lab's network, looking at one test example: operands for the stepper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from bnnlab.app import session
from bnnlab.app.plain_text import escaped
from bnnlab.app.session import IN_ADDRESS
from bnnlab.app.views.gemm import journey
from bnnlab.app.views.gemm.address import complaint
from bnnlab.app.views.gemm.look import Look, Position, look_of_frame, look_of_run
from bnnlab.app.views.gemm.network import CountingLayer, Network
from bnnlab.records import Selection
from bnnlab.train.live.frame import LiveFrame
from bnnlab.widgets.stepper import NeuronContext

NO_COUNTING = (
    "No layer of this network multiplies signs with signs, so no bits are counted: where inputs are numbers, numbers "
    "are added. In the Lab, binarise weights and inputs, and give the network a second hidden layer."
)


@dataclass(frozen=True)
class Operands:
    """Two matrices to multiply, and the neuron they belong to, if any."""

    a: NDArray[Any]
    b: NDArray[Any]
    context: NeuronContext | None = None
    selection: Selection | None = None


def neuron_input() -> Operands | None:
    """Draw the controls; return the chosen neuron's operands, or None after saying why there are none."""
    frame = journey.kept_frame()
    try:
        network = session.live_run().call(Network.of_run)
    except (RuntimeError, TimeoutError) as error:
        st.error(f"The Lab's network cannot be looked at: {error}.", icon=":material/error:")
        return None
    if frame is not None:
        network = Network.of_frame(frame, network.examples)
        layer = st.session_state.get("layer")
        if layer is not None and layer not in network.layers:
            _tell_of_numbers(layer)
            return None
    if not network.layers:
        st.info(NO_COUNTING, icon=":material/info:")
        return None
    if problem := complaint(network):
        st.warning(problem, icon=":material/link_off:")
    selection, example = _chosen(network, frame)
    look = _look(frame, selection, example)
    return _operands(look, network.layers[selection.layer], selection)


def _tell_of_numbers(layer: str) -> None:
    st.info(
        f"The inputs of layer {escaped(layer)} are numbers, not signs. So no bits are counted there: each number "
        "is added or subtracted, as its weight says.",
        icon=":material/info:",
    )
    _draw_look_again(st)


def _draw_look_again(place: Any) -> None:
    place.button(
        "Look again",
        icon=":material/refresh:",
        help="Takes the network as it is now: it may have learned since.",
        on_click=_look_again,
    )


def _chosen(network: Network, frame: LiveFrame | None) -> tuple[Selection, int | None]:
    """The controls: what of the network to look at, and which example it is shown."""
    row = st.container(horizontal=True, vertical_alignment="bottom")
    _forget_unless(st.session_state.get("layer") in network.layers, "layer")
    name = str(row.selectbox("Layer", list(network.layers), key="layer", **IN_ADDRESS, width=140))
    layer = network.layers[name]
    example = _chosen_example(row, network, frame)
    neuron = chosen_number(row, layer.noun.capitalize(), layer.outputs, "neuron")
    position = None if layer.size is None else _chosen_position(row, layer.size)
    weight = _chosen_weight(row, layer)
    _draw_look_again(row)
    return Selection(name, neuron, weight, position), example


def _chosen_example(row: Any, network: Network, frame: LiveFrame | None) -> int | None:
    """Position of an example in the test set; None for one that is in the kept frame alone."""
    _forget_unless((st.session_state.get("image") or 0) < network.examples, "image")
    drawn = frame is not None and st.session_state.get("image", 0) is None
    example = row.number_input(
        network.noun,
        0,
        network.examples - 1,
        None if drawn else 0,
        key="image",
        placeholder="your own",
        on_change=journey.forget_frame,
        **IN_ADDRESS,
        width=130,
    )
    return None if example is None else int(example)


def _chosen_position(row: Any, size: Position) -> Position:
    height, width = size
    return (
        chosen_number(row, "Row", height, "row", height // 2),
        chosen_number(row, "Column", width, "column", width // 2),
    )


def _chosen_weight(row: Any, layer: CountingLayer) -> int | None:
    _forget_unless((st.session_state.get("weight") or 0) < layer.weights, "weight")
    weight = row.number_input(
        "Weight",
        0,
        layer.weights - 1,
        None,
        key="weight",
        placeholder="none",
        help="Its bit is framed below, in the step that counts it.",
        **IN_ADDRESS,
        width=130,
    )
    return None if weight is None else int(weight)


def chosen_number(row: Any, label: str, count: int, key: str, start: int = 0) -> int:
    """One of `count` things, counted from 0; a number from a larger network or data set is forgotten."""
    _forget_unless(st.session_state.get(key, 0) < count, key)
    return int(row.number_input(label, 0, count - 1, start, key=key, **IN_ADDRESS, width=130))


def _forget_unless(possible: bool, key: str) -> None:
    if not possible:
        st.session_state.pop(key, None)


def _look_again() -> None:
    journey.forget_frame()
    st.session_state.pop("look", None)


def _look(frame: LiveFrame | None, selection: Selection, example: int | None) -> Look:
    """From the kept frame, or from the run: then kept, until another product is asked for."""
    if frame is not None:
        return look_of_frame(frame, selection)
    run = session.live_run()
    asked = (run.status.config, selection.layer, example, selection.position)
    kept: tuple[object, Look] | None = st.session_state.get("look")
    if kept is not None and kept[0] == asked:
        return kept[1]
    look = run.call(lambda training: look_of_run(training, selection.layer, example or 0, selection.position))
    st.session_state["look"] = asked, look
    return look


def _operands(look: Look, layer: CountingLayer, selection: Selection) -> Operands:
    product, neuron, weight = look.product, selection.neuron, selection.weight
    places = np.flatnonzero(product.taps == weight)
    context = NeuronContext(
        layer=look.layer,
        neuron=neuron,
        pre_activation=float(product.outputs[neuron]),
        scale=float(product.alpha[neuron]),
        image=look.image,
        note=_note(look, layer, weight if weight is not None and not places.size else None),
        noun=layer.noun,
        weight_name=None if weight is None else layer.weight_name(weight),
        bit=int(places[0]) if places.size else None,
    )
    return Operands(product.inputs, product.weights[:, neuron : neuron + 1], context, selection)


def _note(look: Look, layer: CountingLayer, left_out: int | None) -> str:
    right = "" if look.label is None else f", right is {look.label}"
    parts = [f"Weights after {look.step:,} training steps; the network answers {look.answer}{right}."]
    if look.step == 0:
        parts.append("It has not learned yet: its signs are as they were drawn.")
    if look.kept:
        parts.append("Kept as it was when you clicked; “Look again” takes the network as it is now.")
    if look.product.position is not None:
        row, column = look.product.position
        parts.append(f"The filter stands at row {row}, column {column} of its output.")
    if look.product.omitted:
        parts.append(
            f"{look.product.omitted} taps lie in padding of value 0: they count nothing and are left out."
        )
    if left_out is not None:
        parts.append(f"So is {layer.weight_name(left_out)}: here it has no bit.")
    return " ".join(parts)

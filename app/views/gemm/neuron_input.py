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
from bnnlab.app.views.gemm.address import unknown_layer, unknown_number
from bnnlab.app.views.gemm.counting_layer import CountingLayer
from bnnlab.app.views.gemm.moment import Moment
from bnnlab.records import LayerProduct, Selection
from bnnlab.train import DATASETS, TrainingRun
from bnnlab.train.datasets.dataset import Kind
from bnnlab.widgets.shared.edits import Edits
from bnnlab.widgets.stepper import NeuronContext

NO_COUNTING = (
    "No layer of this network multiplies signs with signs, so no bits are counted: where inputs are numbers, numbers "
    "are added. In the Lab, binarise weights and inputs, and give the network a second hidden layer."
)


TEST_EXAMPLES: dict[Kind, str] = {"images": "Test image", "points": "Test point", "features": "Test example"}


@dataclass(frozen=True)
class Operands:
    """Two matrices to multiply, and the neuron they belong to, if any; or the signs of them that the reader turned."""

    a: NDArray[Any]
    b: NDArray[Any]
    context: NeuronContext | None = None
    selection: Selection | None = None
    edits: Edits | None = None


def neuron_input() -> Operands | None:
    """Draw the controls; return the chosen neuron's operands, or None after saying why there are none."""
    warning = st.empty()
    row = st.container(horizontal=True, vertical_alignment="bottom")
    moment = journey.clicked_moment()
    try:
        examples = _test_examples(moment)
        problem = unknown_number({"image": ("test example", examples)})
        example = _chosen_example(row, examples, moment)
        if moment is None:
            moment = journey.moment_of(example or 0)
    except (RuntimeError, TimeoutError) as error:
        st.error(f"The Lab's network cannot be looked at: {error}.", icon=":material/error:")
        return None
    layers = {
        name: CountingLayer.recorded(moment.signs[name], passed) for name, passed in moment.counting.items()
    }
    if not layers or (moment.clicked and st.session_state.get("layer", next(iter(layers))) not in layers):
        _tell_of_numbers(row, moment)
        return None
    problem = problem or unknown_layer(layers)
    _forget_unless(st.session_state.get("layer") in layers, "layer")
    name = str(row.selectbox("Layer", list(layers), key="layer", **IN_ADDRESS, width=140))
    if problem := problem or unknown_number(layers[name].limits):
        warning.warning(problem, icon=":material/link_off:")
    selection = _selection(row, name, layers[name])
    _draw_look_again(row)
    return _operands(moment, layers[name], selection)


def _test_examples(moment: Moment | None) -> int:
    """How many there are; a clicked moment stays to be seen, whatever became of the run.

    Raises:
        RuntimeError: If there is no network, because it failed to load.
        TimeoutError: If its thread does not come to look in time.
    """
    try:
        examples: int = session.live_run().call(_count_examples)
    except (RuntimeError, TimeoutError):
        if moment is None:
            raise
        return (moment.example.index or 0) + 1
    return examples


def _count_examples(run: TrainingRun) -> int:
    return len(run.dataset.x_test)


def _tell_of_numbers(row: Any, moment: Moment) -> None:
    """Say why there is nothing to step through."""
    _draw_look_again(row)
    text = NO_COUNTING
    if moment.clicked:
        name = escaped(str(st.session_state.get("layer")))
        text = (
            f"The inputs of layer {name} are numbers, not signs. So no bits are counted there: each number is added "
            "or subtracted, as its weight says."
        )
    st.info(text, icon=":material/info:")


def _draw_look_again(place: Any) -> None:
    place.button(
        "Look again",
        icon=":material/refresh:",
        help="Takes the network as it is now: it may have learned since.",
        on_click=journey.forget_moment,
    )


def _chosen_example(row: Any, examples: int, moment: Moment | None) -> int | None:
    """Position of an example in the test set; None for one that is in the clicked moment alone."""
    config = session.live_run().status.config
    drawn = moment is not None and st.session_state.get("image", 0) is None
    _forget_unless(drawn or (st.session_state.get("image") or 0) < examples, "image")
    example = row.number_input(
        TEST_EXAMPLES[DATASETS[config.dataset].kind],
        0,
        examples - 1,
        None if drawn else 0,
        key="image",
        placeholder="your own",
        on_change=journey.forget_moment,
        **IN_ADDRESS,
        width=130,
    )
    return None if example is None else int(example)


def _selection(row: Any, name: str, layer: CountingLayer) -> Selection:
    """The controls for what is looked at in a layer."""
    neuron = chosen_number(row, layer.noun.capitalize(), layer.outputs, "neuron")
    position = None
    if layer.size is not None:
        height, width = layer.size
        position = (
            chosen_number(row, "Row", height, "row", layer.starts["row"]),
            chosen_number(row, "Column", width, "column", layer.starts["column"]),
        )
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
    return Selection(name, neuron, None if weight is None else int(weight), position)


def chosen_number(row: Any, label: str, count: int, key: str, start: int = 0) -> int:
    """One of `count` things, counted from 0; a number from a larger network or data set is forgotten."""
    _forget_unless(st.session_state.get(key, 0) < count, key)
    return int(row.number_input(label, 0, count - 1, start, key=key, **IN_ADDRESS, width=130))


def _forget_unless(possible: bool, key: str) -> None:
    if not possible:
        st.session_state.pop(key, None)


def _operands(moment: Moment, layer: CountingLayer, selection: Selection) -> Operands:
    product, neuron = moment.product(selection), selection.neuron
    name = None if selection.weight is None else layer.weight_name(selection.weight)
    places = np.flatnonzero(product.taps == selection.weight)
    context = NeuronContext(
        layer=selection.layer,
        neuron=neuron,
        pre_activation=float(product.outputs[neuron]),
        scale=float(product.alpha[neuron]),
        image=moment.example.image,
        note=_note(moment, product, None if places.size else name),
        noun=layer.noun,
        weight_name=name,
        bit=int(places[0]) if places.size else None,
        outcome=moment.onward(selection, float(product.outputs[neuron])),
    )
    return Operands(product.inputs, product.weights[:, neuron : neuron + 1], context, selection)


def _note(moment: Moment, product: LayerProduct, left_out: str | None) -> str:
    parts = [f"Weights after {moment.step:,} training steps; {moment.answer}."]
    if moment.step == 0:
        parts.append("It has not learned yet: its signs are as they were drawn.")
    if moment.clicked:
        parts.append("Kept as it was when you clicked; “Look again” takes the network as it is now.")
    if product.position is not None:
        row, column = product.position
        parts.append(f"The filter stands at row {row}, column {column} of its output.")
    if product.omitted:
        parts.append(
            f"{product.omitted} taps lie in padding of value 0: they count nothing and are left out."
        )
    if left_out is not None:
        parts.append(f"So is {left_out}: here it has no bit.")
    return " ".join(parts)

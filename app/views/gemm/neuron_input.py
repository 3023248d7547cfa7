"""One neuron of the session's network, looking at one test example: operands for the stepper."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from bnnlab.app import session
from bnnlab.app.session import IN_ADDRESS
from bnnlab.nn.product import bit_layers, layer_product
from bnnlab.records import LayerProduct
from bnnlab.train import RunConfig, TrainingRun
from bnnlab.train.answers import grey_values, predict
from bnnlab.widgets.stepper import NeuronContext

NETWORK = "the Lab's network"


@dataclass(frozen=True)
class Operands:
    """Two matrices to multiply, and the neuron they belong to, if any."""

    a: NDArray[Any]
    b: NDArray[Any]
    context: NeuronContext | None = None


@dataclass(frozen=True)
class Network:
    """What the controls need to know of the network."""

    config: RunConfig
    layers: dict[str, int]  # name -> number of outputs
    examples: int
    noun: str

    @classmethod
    def of(cls, run: TrainingRun) -> "Network":
        """Seen on the thread that owns the run."""
        layers = {name: len(layer.weight) for name, layer in bit_layers(run.model).items()}
        noun = "Test image" if run.dataset.kind == "images" else "Test point"
        return cls(run.config, layers, len(run.dataset.x_test), noun)


@dataclass(frozen=True)
class Look:
    """A layer's product caught at one moment, kept while one steps through it and the network learns on."""

    config: RunConfig
    layer: str
    example: int
    step: int
    product: LayerProduct
    image: NDArray[np.uint8] | None
    label: str
    answer: str


def neuron_input() -> Operands | None:
    """Draw the controls; return the chosen neuron's operands, or None after saying why there are none."""
    run = session.live_run()
    try:
        network = run.call(Network.of)
    except (RuntimeError, TimeoutError) as error:
        st.error(f"The Lab's network cannot be looked at: {error}.", icon=":material/error:")
        return None
    if not network.layers:
        st.info(
            "No layer of this network multiplies signs with signs. Give it a second hidden layer in the Lab.",
            icon=":material/info:",
        )
        return None
    row = st.container(horizontal=True, vertical_alignment="bottom")
    layer = str(_chosen_layer(row, network))
    example = chosen_number(row, network.noun, network.examples, "gemm_image")
    neuron = chosen_number(row, "Neuron", network.layers[layer], "gemm_neuron")
    again = row.button(
        "Look again",
        icon=":material/refresh:",
        help="Takes the network's weights as they are now: it may have learned since.",
    )
    look: Look | None = st.session_state.get("look")
    if again or look is None or (look.config, look.layer, look.example) != (network.config, layer, example):
        look = run.call(lambda training: _look(training, layer, example))
        st.session_state["look"] = look
    if look.step == 0:
        st.info(
            "This network has not learned yet: its signs are as they were drawn. Let it train in the Lab first.",
            icon=":material/info:",
        )
    return _operands(look, neuron)


def _chosen_layer(row: Any, network: Network) -> Any:
    return row.selectbox(
        "Layer",
        list(network.layers),
        key="gemm_layer",
        **IN_ADDRESS,
        width=180,
    )


def chosen_number(row: Any, label: str, count: int, key: str, start: int = 0) -> int:
    """One of `count` things, counted from 0; a number from a larger network or data set is forgotten."""
    if st.session_state.get(key, 0) >= count:
        del st.session_state[key]
    return int(row.number_input(label, 0, count - 1, start, key=key, **IN_ADDRESS, width=150))


def _look(run: TrainingRun, layer: str, example: int) -> Look:
    dataset = run.dataset
    x = torch.from_numpy(dataset.x_test[example : example + 1].copy()).to(run.config.device)
    image = None
    if dataset.kind == "images":
        image = grey_values(dataset.x_test[example : example + 1])[0]
    return Look(
        config=run.config,
        layer=layer,
        example=example,
        step=run.step,
        product=layer_product(run.model, layer, x),
        image=image,
        label=dataset.class_names[int(dataset.y_test[example])],
        answer=dataset.class_names[int(predict(run.model, x.cpu().numpy(), run.config.device).argmax())],
    )


def _operands(look: Look, neuron: int) -> Operands:
    product = look.product
    context = NeuronContext(
        layer=look.layer,
        neuron=neuron,
        pre_activation=float(product.outputs[neuron]),
        scale=float(product.alpha[neuron]),
        image=look.image,
        note=_note(look),
    )
    return Operands(product.inputs, product.weights[:, neuron : neuron + 1], context)


def _note(look: Look) -> str:
    parts = [
        f"Weights after {look.step:,} training steps; the network answers {look.answer}, right is {look.label}."
    ]
    if look.product.position is not None:
        row, column = look.product.position
        parts.append(f"The filter stands at row {row}, column {column} of its output.")
    if look.product.omitted:
        parts.append(
            f"{look.product.omitted} taps lie in padding of value 0: they count nothing and are left out."
        )
    return " ".join(parts)

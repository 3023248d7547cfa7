"""A network of BMXNet, uploaded or the example: its layers, how well it does, and one neuron for the stepper."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from bnnlab.app.plain_text import escaped
from bnnlab.app.views.gemm import bmxnet_example
from bnnlab.app.views.gemm.neuron_input import Operands, chosen_number
from bnnlab.deploy import ModelFileError, PackedModel, load_bmxnet
from bnnlab.deploy.counts import count_threshold, equal_signs
from bnnlab.deploy.evaluation import LabelledImages, answers, fitting_images
from bnnlab.deploy.graph import CHUNK
from bnnlab.deploy.ops import XnorConv, XnorDense
from bnnlab.deploy.outline import outline
from bnnlab.deploy.product import sign_layer_product, sign_layers
from bnnlab.records import LayerProduct
from bnnlab.widgets.stepper import NeuronContext

NETWORK = "a BMXNet network"
EXAMPLE = ("example", "example")
"""Stands for the example where an uploaded network has Streamlit's names of its files."""
NOISE_SEEDS = 10_000


@dataclass
class Uploaded:
    """A network, kept for the session: the page forgets its files when one goes to another.

    Attributes:
        title: The files' names.
        files: What Streamlit calls them, or `EXAMPLE`.
        model: The network.
        recognised: Which of the test images it recognised, if that was tried.
    """

    title: str
    files: tuple[str, str]
    model: PackedModel
    recognised: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Example:
    """What is shown to the network, its label if it has one, and the largest grey value there can be."""

    pixels: NDArray[np.uint8]
    label: str | None = None
    white: int = 255

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The image in grey values, or None if the example is none."""
        if self.pixels.ndim != 3:
            return None
        grey: NDArray[np.uint8] = (self.pixels.mean(axis=0) * 255 / self.white).astype(np.uint8)
        return grey


def bmxnet_input() -> Operands | None:
    """Draw the uploads and the controls; return the chosen neuron's operands, or None after saying why not."""
    network = bmxnet_network()
    if network is None:
        return None
    bmxnet_details(network)
    return _neuron(network)


def bmxnet_network() -> Uploaded | None:
    """Draw the uploads and the example's button; return the network chosen there, or the last one that was."""
    st.markdown(
        "[BMXNet](https://arxiv.org/abs/1705.09864) is the lecture group's own library for binary networks, from 2017. "
        "It keeps a network in two files: its numbers, with 64 (or 32) signs in each word, and a graph that says what "
        "to do with them. Such a network runs here on this lab's own kernels."
    )
    left, middle, right = st.columns(3)
    uploads = st.session_state.get("bmxnet_uploads", 0)
    params = left.file_uploader("Parameters (.params)", "params", key=f"bmxnet_params_{uploads}")
    symbol = middle.file_uploader("Graph (-symbol.json)", "json", key=f"bmxnet_symbol_{uploads}")
    right.markdown("No such files? Here are two: this lab's own trained network, written in BMXNet's format.")
    right.button(
        "Try it with a small example",
        icon=":material/play_arrow:",
        key="bmxnet_example",
        on_click=_take_example,
    )
    kept: Uploaded | None = st.session_state.get("bmxnet")
    if params is None or symbol is None:
        if kept is None:
            st.info(
                "Choose both files of a network, for example its -0001.params and -symbol.json; or try the example.",
                icon=":material/upload:",
            )
        else:
            st.caption("The network below stays until you choose two other files.")
        return kept
    files = (params.file_id, symbol.file_id)
    if kept is None or kept.files != files:
        try:
            for file in (params, symbol):
                file.seek(0)  # where it was refused, it was read before
            model = load_bmxnet(params, symbol)
        except ModelFileError as error:
            st.error(f"This network cannot be read: {escaped(str(error))}.", icon=":material/error:")
            return None
        kept = Uploaded(f"{params.name} with {symbol.name}", files, model)
        st.session_state["bmxnet"] = kept
    return kept


def _take_example() -> None:
    """Put the example in place of any network, read from its files as an uploaded one is, and empty the uploads."""
    model = load_bmxnet(*bmxnet_example.example_files())
    st.session_state["bmxnet"] = Uploaded(bmxnet_example.TITLE, EXAMPLE, model)
    st.session_state["bmxnet_uploads"] = st.session_state.get("bmxnet_uploads", 0) + 1


def bmxnet_details(network: Uploaded) -> None:
    """Draw a network's layers, and a button that tries it on the test images that fit."""
    rows = outline(network.model)
    shape = " × ".join(map(str, network.model.input_shape))
    st.markdown(
        f"**{escaped(network.title)}** takes {shape}, gives {len(network.model.class_names)} classes, and keeps "
        f"{sum(row.nbytes for row in rows):,} bytes."
    )
    with st.expander("Its layers", icon=":material/layers:"):
        st.dataframe(
            [asdict(row) | {"shape": f"{' × '.join(map(str, row.shape))} {row.gives}"} for row in rows],
            hide_index=True,
            height="content",
            column_order=("name", "shape", "nbytes", "does"),
            column_config={
                "name": "Layer",
                "shape": "Gives",
                "nbytes": st.column_config.NumberColumn("Bytes", format="localized"),
                "does": "What it does",
            },
        )
        st.caption(
            "Where a binary layer gives bits, what follows up to the next sign is folded into one threshold for each "
            "of its outputs."
        )
    row = st.container(horizontal=True, vertical_alignment="center")
    examples = fitting_images(network.model)
    if examples is None:
        row.caption("No test images of this lab fit, so it cannot be tested here; it is shown noise instead.")
    elif row.button(f"Test it on {examples.title}", icon=":material/quiz:", key="bmxnet_test"):
        network.recognised = _recognised(network.model, examples)
    if network.recognised is not None:
        right, all_images = int(network.recognised.sum()), network.recognised.size
        row.markdown(
            f"It recognises **{right:,} of {all_images:,}** test images: **{right / all_images:.2%}**.",
            width="content",
        )
    if network.files == EXAMPLE:
        bmxnet_example.draw_downloads(row)


def _recognised(model: PackedModel, examples: LabelledImages) -> NDArray[np.bool_]:
    bar, parts = st.progress(0.0, "Recognising digits"), []
    for part in answers(model, examples):
        parts.append(part)
        bar.progress(min(1.0, len(parts) * CHUNK / len(examples.images)), "Recognising digits")
    bar.empty()
    return np.concatenate(parts)


def _neuron(network: Uploaded) -> Operands | None:
    model = network.model
    layers = sign_layers(model)
    if not layers:
        st.info("No layer of this network multiplies signs with signs.", icon=":material/info:")
        return None
    row = st.container(horizontal=True, vertical_alignment="bottom")
    layer = str(row.selectbox("Layer", list(layers), key=f"bmxnet_layer_{network.files[0]}", width=220))
    example = _example(row, model)
    values: dict[str, Any] = model.values(example.pixels[None])
    op = layers[layer]
    outputs, *size = values[layer].shape[1:]
    neuron = chosen_number(row, "Output", outputs, "bmxnet_output")
    position = None
    if size:
        height, width = size
        position = (
            chosen_number(row, "Row", height, "bmxnet_row", height // 2),
            chosen_number(row, "Column", width, "bmxnet_column", width // 2),
        )
    product = sign_layer_product(model, layer, values, position)
    answer = model.class_names[int(model.predict(example.pixels))]
    return Operands(
        product.inputs,
        product.weights[:, neuron : neuron + 1],
        NeuronContext(
            layer=layer,
            neuron=neuron,
            pre_activation=float(product.outputs[neuron]),
            image=example.image,
            note=f"{_said(answer, example)}{_place(product)}",
            outcome=_meaning(product, op, neuron),
        ),
    )


def _example(row: Any, model: PackedModel) -> Example:
    """One of the test images that fit, or where none do, noise."""
    fitting = fitting_images(model)
    if fitting is not None:
        number = chosen_number(row, "Test image", len(fitting.images), "bmxnet_image")
        label = model.class_names[int(fitting.labels[number])]
        return Example(fitting.images[number], label, fitting.white)
    seed = chosen_number(row, "Noise image", NOISE_SEEDS, "bmxnet_noise")
    return Example(np.random.default_rng(seed).integers(0, 256, model.input_shape, dtype=np.uint8))


def _said(answer: str, example: Example) -> str:
    if example.label is None:
        return f"Of this noise the network makes class {answer}."
    return f"The network answers {answer}, right is {example.label}."


def _place(product: LayerProduct) -> str:
    if product.position is None:
        return ""
    return " The filter stands at row {}, column {}.".format(*product.position)


def _meaning(product: LayerProduct, op: XnorConv | XnorDense, neuron: int) -> str:
    """What BMXNet makes of the dot product: a count of equal signs, and what becomes of it."""
    depth = product.inputs.shape[1]
    count = int(equal_signs(product.outputs, depth)[neuron])
    meaning = f"BMXNet goes on with the count of equal signs, (dot + {depth}) / 2 = {count}"
    if op.values is None or op.rising is None:
        return f"{meaning}."
    threshold = count_threshold(int(op.values[neuron]), bool(op.rising[neuron]), depth)
    if threshold is None:
        return f"{meaning}; its normalisation makes the same sign of every count."
    side = "or more" if threshold.rising else "or less"
    bit = "+1" if threshold.is_met(count) else "−1"
    return f"{meaning}; its normalisation and sign give +1 for {threshold.limit} {side}, so here {bit}."

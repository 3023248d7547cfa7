"""A network of BMXNet that a visitor uploads: its layers, how well it does, and one of its neurons for the stepper."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from bnnlab.app.plain_text import escaped
from bnnlab.app.views.gemm.neuron_input import Operands, chosen_number
from bnnlab.deploy import ModelFileError, PackedModel, load_bmxnet
from bnnlab.deploy.counts import count_threshold, equal_signs
from bnnlab.deploy.evaluation import answers, fits_mnist, mnist_test
from bnnlab.deploy.graph import CHUNK
from bnnlab.deploy.ops import XnorConv, XnorDense
from bnnlab.deploy.outline import outline
from bnnlab.deploy.product import sign_layer_product, sign_layers
from bnnlab.records import LayerProduct
from bnnlab.widgets.stepper import NeuronContext

NETWORK = "a BMXNet network"
NOISE_SEEDS = 10_000


@dataclass
class Uploaded:
    """A network, kept for the session: the page forgets its files when one goes to another.

    Attributes:
        title: The files' names.
        files: What Streamlit calls them.
        model: The network.
        recognised: Which of MNIST's test images it recognised, if that was tried.
    """

    title: str
    files: tuple[str, str]
    model: PackedModel
    recognised: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Example:
    """What is shown to the network, and its label if it has one."""

    pixels: NDArray[np.uint8]
    label: str | None

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The image in grey values, or None if the example is none."""
        return self.pixels.mean(axis=0).astype(np.uint8) if self.pixels.ndim == 3 else None


def bmxnet_input() -> Operands | None:
    """Draw the uploads and the controls; return the chosen neuron's operands, or None after saying why not."""
    network = bmxnet_network()
    if network is None:
        return None
    bmxnet_details(network)
    return _neuron(network)


def bmxnet_network() -> Uploaded | None:
    """Draw the uploads; return the network in them, or the last one that was."""
    st.markdown(
        "[BMXNet](https://arxiv.org/abs/1705.09864) is the lecture group's own library of 2017. Its networks are two "
        "files: parameters, with 64 (or 32) signs in each word, and a graph that says what to do with them. They run "
        "here on this library's kernels."
    )
    left, right = st.columns(2)
    params = left.file_uploader("Parameters (.params)", "params", key="bmxnet_params")
    symbol = right.file_uploader("Graph (-symbol.json)", "json", key="bmxnet_symbol")
    kept: Uploaded | None = st.session_state.get("bmxnet")
    if params is None or symbol is None:
        if kept is None:
            st.info(
                "Choose both files of a network, for example its -0001.params and -symbol.json.",
                icon=":material/upload:",
            )
        else:
            st.caption("Kept from before is the network below; two other files replace it.")
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


def bmxnet_details(network: Uploaded) -> None:
    """Draw a network's layers, and a button that tries it on MNIST's test images."""
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
    if not fits_mnist(network.model):
        st.caption(
            "It takes other images than MNIST's, so it cannot be tested here; it is shown noise instead."
        )
        return
    if st.button("Test it on MNIST", icon=":material/quiz:", key="bmxnet_test"):
        network.recognised = _recognised(network.model)
    if network.recognised is not None:
        right, all_images = int(network.recognised.sum()), network.recognised.size
        st.markdown(
            f"It recognises **{right:,} of {all_images:,}** test images: **{right / all_images:.2%}**."
        )


def _recognised(model: PackedModel) -> NDArray[np.bool_]:
    images, labels = mnist_test()
    bar, parts = st.progress(0.0, "Recognising digits"), []
    for part in answers(model, images, labels):
        parts.append(part)
        bar.progress(min(1.0, len(parts) * CHUNK / len(images)), "Recognising digits")
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
    """One of MNIST's test images, or where they do not fit, noise."""
    if fits_mnist(model):
        images, labels = mnist_test()
        number = chosen_number(row, "Test image", len(images), "bmxnet_image")
        return Example(images[number], model.class_names[int(labels[number])])
    seed = chosen_number(row, "Noise image", NOISE_SEEDS, "bmxnet_noise")
    pixels = np.random.default_rng(seed).integers(0, 256, model.input_shape, dtype=np.uint8)
    return Example(pixels, None)


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

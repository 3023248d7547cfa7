"""The sidebar of the Lab: widgets in, a `RunConfig` out.

Choices are shown by the names they have in the library, the command line and the address of the page.
"""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from bnnlab.app.session import IN_ADDRESS
from bnnlab.nn import MODELS, OPTIMIZERS, QUANTIZERS
from bnnlab.train import DATASETS, RunConfig

PRECISIONS = ("float", "binary")

DEFAULTS = RunConfig()


@dataclass(frozen=True)
class Suited:
    """Settings that suit a live picture of one kind of data."""

    widths: dict[str, str]  # by model
    batch_size: int
    epochs: int


SUITED = {
    "points": Suited({"mlp": "64, 64, 64"}, batch_size=32, epochs=200),
    "images": Suited({"mlp": "256, 256", "convnet": "16, 32, 64"}, batch_size=100, epochs=30),
}


def run_config() -> RunConfig | None:
    """Draw the controls and return what they say, or None after saying why it cannot be trained."""
    with st.sidebar:
        chosen = _data()
        kind = DATASETS[chosen["dataset"]].kind
        chosen |= _network(kind) | _training(kind)
        try:
            return RunConfig.from_dict(chosen | {"widths": parse_widths(chosen["widths"])})
        except (ValueError, TypeError) as error:
            st.error(f"{str(error)[:1].upper()}{str(error)[1:]}.", icon=":material/error:")
            return None


def _data() -> dict[str, Any]:
    st.subheader("Data", anchor=False)
    dataset = st.selectbox(
        "Data set",
        list(DATASETS),
        index=list(DATASETS).index(DEFAULTS.dataset),
        key="dataset",
        **IN_ADDRESS,
    )
    st.caption(DATASETS[dataset].title)
    if DATASETS[dataset].kind == "images":
        return {"dataset": dataset}
    noise = st.slider(
        "Noise",
        0.0,
        0.5,
        DEFAULTS.noise,
        0.05,
        key="noise",
        **IN_ADDRESS,
        help="How far the points scatter around their shape (standard deviation).",
    )
    return {"dataset": dataset, "noise": noise}


def _network(kind: str) -> dict[str, Any]:
    st.subheader("Network", anchor=False)
    model = st.selectbox(
        "Model",
        list(MODELS) if kind == "images" else ["mlp"],
        key=f"model_{kind}",
        **IN_ADDRESS,
    )
    widths = st.text_input(
        "Widths of the hidden layers",
        SUITED[kind].widths[str(model)],
        key=f"widths_{kind}_{model}",
        **IN_ADDRESS,
        help="Neurons in each hidden layer, separated by commas (in a convnet: filters, and last the dense "
        "layer). The first layer reads the data; each further one is binary in weights and inputs.",
    )
    left, right = st.columns(2)
    first, last = (
        column.selectbox(label, PRECISIONS, key=key, **IN_ADDRESS, help=text)
        for column, label, key, text in (
            (left, "First layer", "first", "Precision of the weights that read the data."),
            (right, "Last layer", "last", "Precision of the layer that answers."),
        )
    )
    return {"model": model, "widths": widths, "first_layer": first, "last_layer": last}


def _training(kind: str) -> dict[str, Any]:
    st.subheader("Training", anchor=False)
    quantizer = st.selectbox(
        "Estimator",
        list(QUANTIZERS),
        key="quantizer",
        **IN_ADDRESS,
        help="What stands in for the slope of sign(x) when gradients flow backwards. Signs & STE draws it.",
    )
    st.caption(QUANTIZERS[quantizer].title)
    clip_value = st.slider(
        "t_clip",
        0.05,
        2.0,
        DEFAULTS.clip_value,
        0.05,
        key="clip",
        **IN_ADDRESS,
        help="Clip value: a number further from 0 than this passes no gradient through its sign.",
    )
    left, right = st.columns(2)
    optimizer = left.selectbox("Optimiser", list(OPTIMIZERS), key="optimizer", **IN_ADDRESS)
    learning_rate = right.number_input(
        "Learning rate",
        0.0,
        10.0,
        DEFAULTS.learning_rate,
        0.001,
        format="%.4f",
        key="lr",
        **IN_ADDRESS,
        help="How far one step moves the weights. It falls to zero over the whole run.",
    )
    batch_size = left.number_input(
        "Batch size",
        2,
        1000,
        SUITED[kind].batch_size,
        key=f"batch_{kind}",
        **IN_ADDRESS,
        help="Examples in one training step.",
    )
    epochs = right.number_input(
        "Epochs",
        1,
        1000,
        SUITED[kind].epochs,
        key=f"epochs_{kind}",
        **IN_ADDRESS,
        help="Passes over the training data.",
    )
    seed = left.number_input(
        "Seed",
        0,
        2**32 - 1,
        DEFAULTS.seed,
        key="seed",
        **IN_ADDRESS,
        help="The same seed and settings give the same weights, bit for bit.",
    )
    return {
        "quantizer": quantizer,
        "clip_value": clip_value,
        "optimizer": optimizer,
        "learning_rate": learning_rate,
        "batch_size": batch_size,
        "epochs": epochs,
        "seed": seed,
    }


def parse_widths(text: str) -> tuple[int, ...]:
    """Whole numbers separated by commas.

    Raises:
        ValueError: If `text` is something else.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isdecimal() for part in parts):
        raise ValueError(f"widths must be whole numbers separated by commas, got {text!r}")
    return tuple(int(part) for part in parts)

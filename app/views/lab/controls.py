"""The sidebar of the Lab: widgets in, a `RunConfig` out.

Choices are shown by the names they have in the library, the command line and the address of the page.
"""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from bnnlab.app.session import IN_ADDRESS
from bnnlab.nn import MODELS, OPTIMIZERS, QUANTIZERS
from bnnlab.train import DATASETS, DatasetError, RunConfig
from bnnlab.train.config import MAX_WIDTH, widths_from_text
from bnnlab.train.datasets import REMOTE_FILES

PRECISIONS = ("float", "binary")

DEFAULTS = RunConfig()
MOST_WIDTH = 1024  # the lab draws every weight
T_CLIP_HELP = (
    "Clip value, the reach of the estimator. The clipped one passes no gradient to a number further from 0 than "
    "this; the others stretch with it, but for identity_ste, which passes everything."
)


@dataclass(frozen=True)
class Suited:
    """Settings that suit a live picture of one kind of data."""

    batch_size: int
    epochs: int


SUITED = {"points": Suited(batch_size=32, epochs=200), "images": Suited(batch_size=100, epochs=30)}


def run_config() -> RunConfig:
    """Draw the controls and return what they say.

    Raises:
        ValueError: If it cannot be trained; the message is a sentence for the page.
    """
    with st.sidebar:
        chosen = _data()
        kind = DATASETS[chosen["dataset"]].kind
        chosen |= _network(kind) | _training(kind)
    name = chosen["dataset"]
    if name in REMOTE_FILES and not REMOTE_FILES[name].is_local():
        raise ValueError(
            f"data set {name!r} is not on this computer yet: the button Download in the sidebar fetches it"
        )
    widths = widths_from_text(chosen["widths"])
    if refused := [width for width in widths if not 1 <= width <= MOST_WIDTH]:
        raise ValueError(
            f"every width must be in 1..{MOST_WIDTH} here, as the lab draws every weight, got {refused[0]}; "
            f"the library takes up to {MAX_WIDTH}"
        )
    return RunConfig.from_dict(chosen | {"widths": widths})


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
    if dataset in REMOTE_FILES and not REMOTE_FILES[dataset].is_local():
        _offer_download(dataset)
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


def _offer_download(dataset: str) -> None:
    if not st.button("Download", icon=":material/download:", key="download"):
        return
    try:
        with st.spinner(f"Downloading {dataset}"):
            REMOTE_FILES[dataset].fetch()
    except DatasetError as error:
        st.error(f"{error}.", icon=":material/error:")
    else:
        st.rerun()


def _network(kind: str) -> dict[str, Any]:
    st.subheader("Network", anchor=False)
    model = st.selectbox(
        "Model",
        [name for name, model in MODELS.items() if kind in model.suited],
        key=f"model_{kind}",
        **IN_ADDRESS,
    )
    widths = st.text_input(
        "Widths of the hidden layers",
        ", ".join(map(str, MODELS[str(model)].suited[kind])),
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
    st.caption(f"{QUANTIZERS[quantizer].title}: {QUANTIZERS[quantizer].text}")
    clip_value = st.slider(
        "t_clip",
        0.05,
        2.0,
        DEFAULTS.clip_value,
        0.05,
        key="clip",
        **IN_ADDRESS,
        help=T_CLIP_HELP,
    )
    left, right = st.columns(2)
    optimizer = left.selectbox(
        "Optimiser",
        list(OPTIMIZERS),
        key="optimizer",
        help="adam and sgd move latent weights. bop has none: it keeps signs, and flips one when the average of "
        "its gradients asks for it; the learning rate then concerns the other layers only.",
        **IN_ADDRESS,
    )
    learning_rate = right.number_input(
        "Learning rate",
        0.0001,
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

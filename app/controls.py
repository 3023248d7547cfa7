"""The sidebar of the Lab: widgets in, a `RunConfig` out.

Choices are shown by the names they have in the library, the command line and the address of the page.
"""

from dataclasses import replace

import streamlit as st

from bnnlab.nn import MODELS, OPTIMIZERS, QUANTIZERS
from bnnlab.train import DATASETS, RunConfig

PRECISIONS = ("float", "binary")


def run_config() -> RunConfig | None:
    """Draw the controls and return what they say, or None after saying why it cannot be trained."""
    with st.sidebar:
        try:
            return _network(_data(RunConfig()))
        except (ValueError, TypeError) as error:
            st.error(f"{str(error)[:1].upper()}{str(error)[1:]}.", icon=":material/error:")
            return None


def _data(start: RunConfig) -> RunConfig:
    st.subheader("Data", anchor=False)
    dataset = st.selectbox(
        "Data set",
        list(DATASETS),
        index=list(DATASETS).index(start.dataset),
        key="dataset",
        bind="query-params",
        persist_state="session",
    )
    st.caption(DATASETS[dataset].title)
    points = DATASETS[dataset].kind == "points"
    noise = (
        st.slider(
            "Noise",
            0.0,
            0.5,
            start.noise,
            0.05,
            key="noise",
            bind="query-params",
            persist_state="session",
            help="How far the points scatter around their shape (standard deviation).",
        )
        if points
        else start.noise
    )
    # Points are few and cheap; images come with a network and a batch that suit their size.
    suited = (
        replace(start, widths=(64, 64, 64)) if points else replace(start, widths=(256, 256), batch_size=100)
    )
    return replace(suited, dataset=dataset, noise=noise)


def _network(start: RunConfig) -> RunConfig:
    kind = DATASETS[start.dataset].kind
    st.subheader("Network", anchor=False)
    models = list(MODELS) if kind == "images" else ["mlp"]
    model = st.selectbox(
        "Model",
        models,
        key=f"model_{kind}",
        bind="query-params",
        persist_state="session",
    )
    widths = st.text_input(
        "Widths of the hidden layers",
        "16, 32, 64" if model == "convnet" else ", ".join(map(str, start.widths)),
        key=f"widths_{kind}_{model}",
        bind="query-params",
        persist_state="session",
        help="Neurons in each hidden layer, separated by commas. The first layer reads the data; "
        "each further one is binary in weights and inputs.",
    )
    left, right = st.columns(2)
    first, last = (
        column.selectbox(
            label,
            PRECISIONS,
            key=key,
            bind="query-params",
            persist_state="session",
            help=text,
        )
        for column, label, key, text in (
            (left, "First layer", "first", "Precision of the weights that read the data."),
            (right, "Last layer", "last", "Precision of the layer that answers."),
        )
    )
    config = replace(start, model=model, widths=parse_widths(widths), first_layer=first, last_layer=last)
    return _training(config)


def _training(start: RunConfig) -> RunConfig:
    st.subheader("Training", anchor=False)
    quantizer = st.selectbox(
        "Estimator",
        list(QUANTIZERS),
        key="quantizer",
        bind="query-params",
        persist_state="session",
        help="What stands in for the slope of sign(x) when gradients flow backwards. The page Signs & STE draws it.",
    )
    st.caption(QUANTIZERS[quantizer].title)
    clip_value = st.slider(
        "t_clip",
        0.05,
        2.0,
        start.clip_value,
        0.05,
        key="clip",
        bind="query-params",
        persist_state="session",
        help="Clip value: a number further from 0 than this passes no gradient through its sign.",
    )
    left, right = st.columns(2)
    optimizer = left.selectbox(
        "Optimiser", list(OPTIMIZERS), key="optimizer", bind="query-params", persist_state="session"
    )
    learning_rate = right.number_input(
        "Learning rate",
        0.0,
        10.0,
        start.learning_rate,
        0.001,
        format="%.4f",
        key="lr",
        bind="query-params",
        persist_state="session",
    )
    batch_size = left.number_input(
        "Batch size",
        2,
        1000,
        start.batch_size,
        key=f"batch_{DATASETS[start.dataset].kind}",
        bind="query-params",
        persist_state="session",
        help="Examples in one training step.",
    )
    seed = right.number_input(
        "Seed",
        0,
        2**32 - 1,
        start.seed,
        key="seed",
        bind="query-params",
        persist_state="session",
        help="The same seed and settings give the same weights, bit for bit.",
    )
    return replace(
        start,
        quantizer=quantizer,
        clip_value=clip_value,
        optimizer=optimizer,
        learning_rate=learning_rate,
        batch_size=batch_size,
        seed=seed,
    )


def parse_widths(text: str) -> tuple[int, ...]:
    """Whole numbers separated by commas.

    Raises:
        ValueError: If `text` is something else.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isdecimal() for part in parts):
        raise ValueError(f"widths must be whole numbers separated by commas, got {text!r}")
    return tuple(int(part) for part in parts)

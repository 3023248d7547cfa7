"""The curves of a run."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from bnnlab.figures.theme import GREY, LINES, MINUS, styled
from bnnlab.records import History


def loss_curves(history: History) -> go.Figure:
    """Loss on the training batches and on the test set, in nats, over the steps."""
    return _train_and_test(history, "loss", "test_loss", "loss (nats)", 1.0)


def accuracy_curves(history: History) -> go.Figure:
    """Accuracy on the training batches and on the test set, in per cent, over the steps."""
    return _train_and_test(history, "train_accuracy", "test_accuracy", "accuracy (%)", 100.0)


def flip_curves(history: History) -> go.Figure:
    """Flips per weight and step of every binary layer, in per cent, over the steps."""
    figure = go.Figure()
    for index, layer in enumerate(history.layer_names):
        colour, dash = LINES[index % len(LINES)]
        figure.add_scatter(
            x=history.column("step"),
            y=100 * history.column("flip_ratio", layer),
            name=layer,
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2},
        )
    return styled(figure, x="step", y="weights flipped per step (%)")


def _train_and_test(history: History, train: str, test: str, title: str, factor: float) -> go.Figure:
    figure = go.Figure()
    step = history.column("step")
    measured = ~np.isnan(history.column(test))  # the test set is not evaluated at every step
    figure.add_scatter(
        x=step, y=factor * history.column(train), name="train batches", mode="lines", line={"color": GREY}
    )
    figure.add_scatter(
        x=step[measured],
        y=factor * history.column(test)[measured],
        name="test set",
        mode="lines+markers",
        line={"color": MINUS, "width": 2},
    )
    return styled(figure, x="step", y=title)

"""Estimators side by side."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from bnnlab.figures.theme import GREY, LINES, styled
from bnnlab.records import EstimatorCurve


def compare_estimators(curves: Sequence[EstimatorCurve]) -> go.Figure:
    """Surrogate derivatives over x, with the lines at +-t_clip of the first curve.

    Raises:
        ValueError: If there is no curve.
    """
    if not curves:
        raise ValueError("curves must hold at least one estimator, got none")
    figure = go.Figure()
    for index, curve in enumerate(curves):
        colour, dash = LINES[index % len(LINES)]
        figure.add_scatter(
            x=curve.x,
            y=curve.surrogate,
            name=curve.title,
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2},
        )
    for edge, name in ((-curves[0].clip_value, "−t_clip"), (curves[0].clip_value, "+t_clip")):
        figure.add_vline(
            edge,
            line={"color": GREY, "width": 1, "dash": "dash"},
            annotation={"text": name, "yanchor": "top"},
        )
    return styled(figure, x="x", y="surrogate derivative of sign(x)")

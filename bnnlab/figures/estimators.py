"""Estimators side by side."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from bnnlab.figures.theme import DARK_LINES, LINES, styled
from bnnlab.records import EstimatorCurve


def compare_estimators(curves: Sequence[EstimatorCurve], dark: bool = False) -> go.Figure:
    """Surrogate derivatives over x, with the lines at +-t_clip of the first curve, for a light or a dark page.

    Raises:
        ValueError: If there is no curve.
    """
    if not curves:
        raise ValueError("curves must hold at least one estimator, got none")
    figure, lines = go.Figure(), DARK_LINES if dark else LINES
    for index, curve in enumerate(curves):
        colour, dash = lines[index % len(lines)]
        figure.add_scatter(
            x=curve.x,
            y=curve.surrogate,
            name=curve.title,
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2},
        )
    for edge, name, side in (
        (-curves[0].clip_value, "−t_clip", "right"),
        (curves[0].clip_value, "+t_clip", "left"),
    ):
        figure.add_vline(
            edge,
            line={"color": lines[-1][0], "width": 1, "dash": "dash"},
            annotation={
                "text": name,
                "xanchor": side,
                "yanchor": "top",
                "xshift": -6 if side == "right" else 6,
            },
        )
    return styled(figure, x="x", y="slope in place of that of sign(x)")

"""Colours and layout that all figures share. The pair for -1 and +1 is that of ``widgets/palette.js``."""

from __future__ import annotations

import plotly.graph_objects as go

MINUS, PLUS, MISMATCH, GREY = "#1B4F9C", "#DA7A00", "#B3006B", "#5B6270"

TEAL, DARK_TEAL = "#0B7A75", "#4DB6AC"
"""A fifth colour, on a light and on a dark page."""

LINES = ((MINUS, "solid"), (PLUS, "dash"), (MISMATCH, "dot"), (GREY, "dashdot"))
"""Colour and dash of the first, second, ... curve: told apart without colour too."""

DARK_LINES = (("#4A86E8", "solid"), ("#FFC857", "dash"), ("#CC79A7", "dot"), ("#A6ADBA", "dashdot"))
"""The same on a dark page."""


def styled(figure: go.Figure, *, x: str, y: str, height: int = 340) -> go.Figure:
    """The figure with axis titles, a legend above the plot, and margins that fit a card."""
    figure.update_layout(
        height=height,
        margin={"l": 56, "r": 16, "t": 40, "b": 48},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis={"title": x, "zeroline": True},
        yaxis={"title": y, "zeroline": True},
        template="plotly_white",
        hovermode="x unified",
    )
    return figure

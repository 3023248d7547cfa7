"""Kernels side by side: how fast each multiplied, and how fast its instructions would allow."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from bnnlab.figures.theme import DARK_LINES, LINES, styled
from bnnlab.records import KernelSpeed


def compare_kernels(speeds: Sequence[KernelSpeed], dark: bool = False) -> go.Figure:
    """A bar for each kernel, solid up to the median run and pale up to the best, and a mark at its ceiling.

    Raises:
        ValueError: If there is no kernel.
    """
    if not speeds:
        raise ValueError("speeds must hold at least one kernel, got none")
    (bar, _), (mark, _) = (DARK_LINES if dark else LINES)[:2]
    names = [f"{speed.kernel}<br>{speed.gops_best:,.0f} · {speed.share:.0%}" for speed in speeds]
    figure = go.Figure()
    for name, values, opacity in (
        ("best run", [speed.gops_best for speed in speeds], 0.45),
        ("median run", [speed.gops_median for speed in speeds], 1.0),
    ):
        figure.add_bar(
            x=values,
            y=names,
            orientation="h",
            name=name,
            marker={"color": bar, "line": {"width": 0}},
            opacity=opacity,
            width=0.5,
            hovertemplate="%{x:,.0f} Gop/s<extra>" + name + "</extra>",
        )
    figure.add_scatter(
        x=[speed.ceiling_gops for speed in speeds],
        y=names,
        name="ceiling",
        mode="markers",
        marker={"symbol": "line-ns", "size": 34, "line": {"color": mark, "width": 3}},
        hovertemplate="%{x:,.0f} Gop/s<extra>ceiling</extra>",
    )
    styled(figure, x="Gop/s", y="", height=110 + 54 * len(speeds))
    figure.update_layout(
        barmode="overlay",
        hovermode="closest",
        legend={"itemsizing": "constant"},
        margin={"l": 8},
        xaxis={"rangemode": "tozero"},
        yaxis={"autorange": "reversed", "automargin": True},
    )
    return figure

"""A claim put to the test: the ratio that is claimed, and those that a formula, a clock or a model gives."""

from __future__ import annotations

from math import log10

import plotly.graph_objects as go

from bnnlab.figures.theme import DARK_LINES, LINES, styled
from bnnlab.records import Claim

BASES = {"formula": ("formula", "/"), "measured": ("measured here", ""), "model": ("model", ".")}
"""What a reader calls them, and the pattern of their bars."""


def claim_bars(claim: Claim, dark: bool = False) -> go.Figure:
    """A bar from 1 to each ratio, on a logarithmic axis, and a line at the ratio that is claimed."""
    (line, _), *_, (grey, _) = colours = DARK_LINES if dark else LINES
    fill = {"formula": grey, "measured": line, "model": colours[1][0]}
    names = {value: f"{value.label}<br>{ratio_text(value.ratio)}" for value in claim.values}
    figure = go.Figure()
    for basis, (name, pattern) in BASES.items():
        values = [value for value in claim.values if value.basis == basis]
        if values:
            figure.add_bar(
                x=[value.ratio - 1 for value in values],
                base=1,
                y=[names[value] for value in values],
                orientation="h",
                name=name,
                width=0.5,
                marker={"color": fill[basis], "pattern": {"shape": pattern, "fillmode": "overlay"}},
                customdata=[value.detail for value in values],
                hovertemplate="%{customdata}<extra></extra>",
            )
    figure.add_vline(
        claim.claimed, line={"color": colours[2][0], "width": 3, "dash": "dash"},
        annotation={"text": f"claimed: {ratio_text(claim.claimed)}", "yref": "paper", "y": 1, "yanchor": "bottom"},
    )  # fmt: skip
    styled(figure, x="ratio, logarithmic", y="", height=150 + 44 * len(claim.values))
    least = min(1.0, *(value.ratio for value in claim.values)) * 0.9
    most = max(claim.claimed, *(value.ratio for value in claim.values)) * 1.6
    figure.update_layout(
        hovermode="closest",
        barmode="overlay",
        margin={"l": 8, "t": 64},
        legend={"y": 1.0, "yanchor": "bottom", "yref": "container"},
        xaxis={"type": "log", "range": [log10(least), log10(most)], "dtick": 1},
        yaxis={"autorange": "reversed", "automargin": True, "categoryorder": "array"},
    )
    figure.update_yaxes(categoryarray=[names[value] for value in claim.values])
    return figure


def ratio_text(ratio: float) -> str:
    """A ratio with as many digits as it deserves."""
    return f"{ratio:,.0f}×" if ratio >= 100 else f"{ratio:.3g}×"

"""A claim put to the test: the ratio that is claimed, and those that a formula, a clock or a model gives."""

from __future__ import annotations

from math import log10

import plotly.graph_objects as go

from bnnlab.figures.theme import DARK_LINES, LINES, styled
from bnnlab.records import Claim
from bnnlab.records.claims import ratio_text

BASES = {"formula": ("by formula", "/"), "measured": ("measured", ""), "model": ("by the model", ".")}
"""What a reader calls them, and the pattern of their bars."""

ROW, ABOVE, BELOW = 52, 48, 56  # pixels of a row, and of what stands above and below all of them


def claim_bars(claim: Claim, dark: bool = False) -> go.Figure:
    """A bar from 1 to each ratio, on a logarithmic axis, and a line at the ratio that is claimed.

    What a bar stands for is written above it, so that narrow columns have room for it.
    """
    colours = [colour for colour, _ in (DARK_LINES if dark else LINES)]
    fill = dict(zip(BASES, (colours[3], colours[0], colours[1]), strict=True))
    figure = go.Figure()
    for row, value in enumerate(claim.values):
        basis, pattern = BASES[value.basis]
        figure.add_bar(
            x=[value.ratio - 1],
            base=1,
            y=[row],
            width=0.36,
            orientation="h",
            marker={
                "color": fill[value.basis],
                "pattern": {"shape": pattern, "fillmode": "overlay", "size": 6},
            },
            hovertemplate=f"{value.detail}<extra></extra>",
            name=basis,
        )
        figure.add_annotation(
            text=f"<b>{ratio_text(value.ratio)}</b> {basis}: {value.label}",
            x=0, xref="paper", xanchor="left", y=row - 0.2, yanchor="bottom", showarrow=False, align="left",
        )  # fmt: skip
    claimed = log10(claim.claimed)  # an annotation on a logarithmic axis is placed by the logarithm
    figure.add_vline(claim.claimed, line={"color": colours[2], "width": 2, "dash": "dash"}, layer="below")
    figure.add_annotation(
        text=f"claimed: {ratio_text(claim.claimed)}",
        x=claimed, xanchor="right", y=1, yref="paper", yanchor="bottom", showarrow=False, font={"color": colours[2]},
    )  # fmt: skip
    ratios = [claim.claimed, *(value.ratio for value in claim.values)]
    styled(
        figure, x="times (each mark: ten times more)", y="", height=ABOVE + BELOW + ROW * len(claim.values)
    )
    figure.update_layout(
        hovermode="closest",
        showlegend=False,
        margin={"l": 8, "r": 8, "t": ABOVE, "b": BELOW},
        xaxis={
            "type": "log",
            "range": [log10(min(1, *ratios)) - 0.05, log10(max(ratios)) + 0.05],
            "dtick": 1,
        },
        yaxis={"range": [len(claim.values) - 0.6, -0.75], "visible": False},
    )
    return figure

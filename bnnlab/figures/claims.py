"""A claim put to the test: the ratio that is claimed, and those that a formula, a clock or a model gives."""

from __future__ import annotations

from itertools import groupby
from math import log10
from textwrap import wrap

import plotly.graph_objects as go

from bnnlab.figures.theme import DARK_LINES, LINES, styled
from bnnlab.records import Claim
from bnnlab.records.claims import ratio_text

PATTERNS = {"formula": "/", "measured": "", "model": "."}
"""Of the bars, so that they are told apart without colour."""

ROW, ABOVE, BELOW = 35, 32, 56  # pixels of a row, and of what stands above and below all of them
HEADING = 0.7  # rows that a group's heading takes
LINE = 0.4  # rows that each further line of words takes
MAX_LETTERS = 42  # in a line, so that it fits a phone


def claim_bars(claim: Claim, dark: bool = False) -> go.Figure:
    """A bar from 1 to each ratio, on a logarithmic axis, and on each a mark at the ratio that is claimed.

    What a bar stands for is written above it, and what a group of them does above the group: narrow pages have room
    for that, and nothing is drawn through words.
    """
    colours = [colour for colour, _ in (DARK_LINES if dark else LINES)]
    fill = dict(zip(PATTERNS, (colours[3], colours[0], colours[1]), strict=True))
    figure, row, rows = go.Figure(), 0.0, []
    for group, values in groupby(claim.values, key=lambda value: value.group):
        row = _write(figure, f"<b>{group}</b>", row) + HEADING
        for value in values:
            row = _write(figure, f"<b>{ratio_text(value.ratio)}</b> {value.label}", row)
            figure.add_bar(
                x=[value.ratio - 1],
                base=1,
                y=[row],
                width=0.36,
                orientation="h",
                marker={
                    "color": fill[value.basis],
                    "pattern": {"shape": PATTERNS[value.basis], "fillmode": "overlay", "size": 6},
                },
                hovertemplate=f"{value.detail}<extra></extra>",
                name=value.label,
            )
            rows.append(row)
            row += 1
    figure.add_scatter(
        x=[claim.claimed] * len(rows),
        y=rows,
        mode="markers",
        marker={"symbol": "line-ns", "size": 20, "line": {"color": colours[2], "width": 3}},
        hovertemplate=f"claimed: {ratio_text(claim.claimed)}<extra></extra>",
        name="claimed",
    )
    figure.add_annotation(
        text=f"claimed: {ratio_text(claim.claimed)}", x=log10(claim.claimed),  # on a logarithmic axis
        xanchor="right", y=1, yref="paper", yanchor="bottom", showarrow=False, font={"color": colours[2]},
    )  # fmt: skip
    ratios = [claim.claimed, *(value.ratio for value in claim.values)]
    styled(figure, x="times (logarithmic scale)", y="", height=ABOVE + BELOW + round(ROW * row))
    figure.update_layout(
        hovermode="closest",
        showlegend=False,
        margin={"l": 8, "r": 8, "t": ABOVE, "b": BELOW},
        xaxis={
            "type": "log",
            "range": [log10(min(1, *ratios)) - 0.05, log10(max(ratios)) + 0.05],
            "dtick": 1,
            "tickangle": 0,
        },
        yaxis={"range": [row - 0.6, -0.6], "visible": False},
    )
    return figure


def _write(figure: go.Figure, text: str, row: float) -> float:
    """Words above a row; returns the row, further down where they take several lines."""
    lines = wrap(text, MAX_LETTERS + len("<b></b>"), break_on_hyphens=False)
    row += LINE * (len(lines) - 1)
    figure.add_annotation(
        text="<br>".join(lines), x=0, xref="paper", xanchor="left", y=row - 0.18, yanchor="bottom",
        showarrow=False, align="left",
    )  # fmt: skip
    return row

"""Where a packed network's time goes."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from bnnlab.figures.theme import DARK_LINES, DARK_TEAL, LINES, TEAL, styled
from bnnlab.records import Profile
from bnnlab.records.profile import WORK, time_text

PATTERNS = {"binary": "", "pixels": "\\", "float": "x", "pack": "/", "rest": "."}
LEGEND_ROW = 19  # pixels


def time_breakdown(profiles: Sequence[Profile], dark: bool = False) -> go.Figure:
    """A bar for each profile, divided by kind of work, in per cent of its time.

    Raises:
        ValueError: If there is no profile.
    """
    if not profiles:
        raise ValueError("profiles must hold at least one profile, got none")
    colours = [colour for colour, _ in (DARK_LINES if dark else LINES)]
    fill = dict(zip(WORK, [*colours[:3], DARK_TEAL if dark else TEAL, colours[3]], strict=True))
    names = [f"{_examples(each.examples)}<br>{time_text(each.seconds)}" for each in profiles]
    figure = go.Figure()
    for work, title in WORK.items():
        times = [each.by_work[work] for each in profiles]
        shares = [100 * time / each.seconds for time, each in zip(times, profiles, strict=True)]
        if any(times):
            figure.add_bar(
                x=shares,
                y=names,
                orientation="h",
                name=title,
                width=0.6,
                marker={"color": fill[work], "pattern": {"shape": PATTERNS[work], "fillmode": "overlay", "size": 5}},
                customdata=[time_text(time) for time in times],
                hovertemplate="%{x:.1f} %, %{customdata}<extra>" + title + "</extra>",
            )  # fmt: skip
    above = 24 + LEGEND_ROW * len(figure.data)
    styled(figure, x="share of the time (%)", y="", height=above + 84 + 62 * len(profiles))
    figure.update_layout(
        barmode="stack",
        hovermode="closest",
        legend={"traceorder": "normal", "orientation": "v"},  # one below the other: so it fits every width
        margin={"l": 8, "t": above},
        xaxis={"range": [0, 100], "tickangle": 0},
        yaxis={"autorange": "reversed", "automargin": True},
    )
    return figure


def _examples(count: int) -> str:
    return "1 example" if count == 1 else f"{count:,} at once"

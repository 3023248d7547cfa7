"""Tables that look alike: numbers to the right, what is too wide for a phone can be swiped."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

MAX_WIDTH = 1600  # pixels; with a width of its own a table scrolls, its first column standing still


def table(
    rows: Sequence[Mapping[str, Any]],
    alt: str,
    formats: Mapping[str, Callable[[Any], str]] | None = None,
    last_is_total: bool = False,
) -> None:
    """Draw rows of numbers, the first column naming them.

    Args:
        rows: By column. None leaves a cell empty.
        alt: What the table shows, for those who cannot see it.
        formats: How the numbers of a column are written; those of others as counts.
        last_is_total: Whether the last row stands out.
    """
    frame = pd.DataFrame(rows)
    frame = frame.set_index(frame.columns[0])
    numbers = list(frame.select_dtypes("number").columns)
    style = frame.style.format({name: (formats or {}).get(name, "{:,.0f}") for name in numbers}, na_rep="")
    if last_is_total:
        style = style.set_properties(subset=(frame.index[-1:], frame.columns), **{"font-weight": "bold"})
    st.table(style, border="horizontal", width=MAX_WIDTH, alt=alt)

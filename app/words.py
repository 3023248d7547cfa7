"""The words of a page that not everybody knows, from the glossary that all pictures share."""

from __future__ import annotations

from typing import Final

import streamlit as st

from bnnlab.widgets.glossary import GLOSSARY

WORDS_OF: Final = {
    "signs": ("gradient", "straight-through estimator", "t_clip", "clip", "starved"),
    "packing": ("word", "padding", "latent weight"),
    "gemm": ("XNOR", "popcount", "word", "padding", "threshold"),
    "kernel": ("word", "popcount", "padding"),
    "summary": ("normalised", "threshold", "word"),
}
"""For each page, by its address, the words that it uses."""


def words(page: str) -> None:
    """Explain the words of a page, folded up at its end.

    Args:
        page: Its address.
    """
    if page in WORDS_OF:
        with st.expander("The words on this page", icon=":material/menu_book:"):
            st.markdown("\n".join(f"- **{word}**: {GLOSSARY[word]}" for word in WORDS_OF[page]))

"""How the pages look around the pictures: less empty margin than Streamlit's default, and the favicon."""

import numpy as np
import streamlit as st
from PIL import Image

_CSS = """<style>
[data-testid="stMainBlockContainer"] { padding: 4.25rem 2rem 3rem; max-width: 112rem; }
[data-testid="stSidebarHeader"] { height: 2.5rem; }
[data-testid="stSidebarUserContent"] { padding-bottom: 2rem; }
h1 { font-size: 1.75rem !important; padding-bottom: 0.25rem !important; }
</style>"""


# Leaving a page that is being redrawn can leave its sidebar behind, empty. On a phone the list of pages is in it.
_NO_SIDEBAR = """<style>
@media (min-width: 768px) {
  [data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none; }
}
</style>"""


def apply(sidebar: bool) -> None:
    """Style the page being drawn.

    Args:
        sidebar: Whether the page has controls in the sidebar.
    """
    st.html(_CSS if sidebar else _CSS + _NO_SIDEBAR)


def icon() -> Image.Image:
    """A 4 x 4 matrix of signs, 64 pixels wide."""
    signs = np.array([[1, 0, 0, 1], [0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1]], bool)
    colours = np.where(signs[..., None], (218, 122, 0), (27, 79, 156)).astype(np.uint8)
    return Image.fromarray(colours).resize((64, 64), Image.Resampling.NEAREST)

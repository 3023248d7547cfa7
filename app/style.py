"""How the pages look around the pictures: less empty margin than Streamlit's default, and the favicon."""

import numpy as np
import streamlit as st
from PIL import Image

_CSS = """<style>
[data-testid="stHeader"] { height: 3rem; min-height: 3rem; }
[data-testid="stMainBlockContainer"] { padding: 3.75rem 2rem 3rem; max-width: 112rem; }
[data-testid="stSidebarHeader"] { height: 2.5rem; }
[data-testid="stElementContainer"]:has(> [data-testid="stHtml"] > [hidden]) { display: none; }
[data-testid="stHeaderActionElements"] { display: none; }
h1 { font-size: 1.75rem !important; padding-bottom: 0.25rem !important; }
:root { --bar-top: 3rem; } /* what sticks to the top of the page sticks below Streamlit's header */
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 3.75rem 1rem 2rem; }
}
</style>"""

# The cockpit takes the whole window, and a large screen gets large letters: Streamlit counts in rem.
_WHOLE_WINDOW = """<style>
:root { --cockpit-room: max(560px, calc(100dvh - 3.25rem - 8px)); }
[data-testid="stMainBlockContainer"] { padding: 3.25rem 1rem 0.25rem; max-width: none; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0; }
</style>"""
_LARGE_SCREENS = """<style>
@media (min-width: 2400px) { html { font-size: 20px; } }
@media (min-width: 3200px) { html { font-size: 24px; } }
</style>"""

# The first cell after a row's name stands under its heading. A table that is wider than its place fades out at the
# right until it has been scrolled to its end. (3c stands for "<", for which Streamlit would drop the whole style.)
_TABLES = """<style>
[data-testid="stTable"] th + td { padding-left: 1rem !important; }
@property --fade { syntax: "\\3c length>"; inherits: false; initial-value: 0px; }
@keyframes fade { from, 90% { --fade: 3rem; } to { --fade: 0px; } }
[data-testid="stTable"] > [role="region"] {
  mask-image: linear-gradient(to left, transparent, black var(--fade));
  animation: fade linear; animation-timeline: scroll(self inline);
}
</style>"""

# No page has controls in the sidebar; on a phone the list of pages is in it.
_NO_SIDEBAR = """<style>
@media (min-width: 768px) {
  [data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none; }
}
</style>"""

# On a phone the list of pages is a drawer over the page. Streamlit closes it behind a chosen page if the browser calls
# itself a phone's; a window that is merely narrow needs this. It runs once for each page that is opened.
_CLOSE_DRAWER = """<script>
if (innerWidth < 768) document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
</script>"""


# What the page before left behind is not seen while it waits to be taken away: it would jump.
_NOTHING_STALE = """<style>
[data-stale="true"] { visibility: hidden; }
</style>"""


def apply(page: str, whole_window: bool = False) -> None:
    """Style the page being drawn.

    Args:
        page: Its name.
        whole_window: Whether it is one picture that takes all the room there is.
    """
    sheets = _CSS + _LARGE_SCREENS + _TABLES + _NO_SIDEBAR
    if whole_window:
        sheets += _WHOLE_WINDOW
    if st.session_state.get("page_drawn") != page:
        sheets += _NOTHING_STALE
    st.session_state["page_drawn"] = page
    st.html(sheets)
    st.html(f"<div hidden>{page}</div>{_CLOSE_DRAWER}", unsafe_allow_javascript=True)


def icon() -> Image.Image:
    """A 4 x 4 matrix of signs, 64 pixels wide."""
    signs = np.array([[1, 0, 0, 1], [0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1]], bool)
    colours = np.where(signs[..., None], (218, 122, 0), (27, 79, 156)).astype(np.uint8)
    return Image.fromarray(colours).resize((64, 64), Image.Resampling.NEAREST)

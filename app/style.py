"""How the pages look around the pictures: less empty margin than Streamlit's default, and the favicon."""

import numpy as np
import streamlit as st
from PIL import Image

# The pictures come a moment after their pages: what stands below them must not have to give way then.
_CSS = """<style>
:root { --bar-top: 3rem; --cockpit-room: max(560px, calc(100dvh - 3.25rem - 8px)); }
.stApp [data-testid="stHeader"] { height: 3rem; min-height: 3rem; }
.stMain [data-testid="stMainBlockContainer"] { padding: 3.25rem 1rem 0.5rem; max-width: none; width: 100%; }
.stMain [data-testid="stMainBlockContainer"]:has(h1) { padding-bottom: 3rem; max-width: 112rem; }
[data-testid="stSidebarHeader"] { height: 2.5rem; }
[data-testid="stElementContainer"]:has(> [data-testid="stHtml"] > [hidden]) { display: none; }
[data-testid="stHeaderActionElements"] { display: none; }
[data-testid="stMarkdownContainer"] .katex-display { padding: 0.35rem 0; }
h1 { font-size: 1.75rem !important; padding-bottom: 0.25rem !important; }
.st-key-lab { min-height: var(--cockpit-room); }
.st-key-estimator_controls, .st-key-packing_controls { min-height: 68px; }
.st-key-packing_controls [class*="st-key-pack_"] { min-height: 68px; }
:is(.st-key-scores, .st-key-here) [data-testid="stElementContainer"]:has(+ *):first-child { min-height: 76px; }
.st-key-estimator { min-height: 734px; }
.st-key-packing { min-height: 447px; }
.st-key-stepper, .st-key-kernel_picture { min-height: 900px; }
.st-key-scores { min-height: 169px; }
.st-key-here { min-height: 253px; }
[data-testid="stLayoutWrapper"]:has(
  > :is(.st-key-begin_at_top, .st-key-close_drawer, .st-key-tour_card)) { position: absolute; }
@media (max-width: 640px) {
  .st-key-scores { min-height: 516px; }
  .st-key-here { min-height: 678px; }
  .st-key-estimator_controls { min-height: 152px; }
  .st-key-packing_controls { min-height: 220px; }
  [data-testid="stButtonGroup"] > div { flex-wrap: wrap; row-gap: 0.25rem; }
  [data-testid="stPageLink"] * { white-space: normal; }
}
</style>"""

# A large screen gets large letters: Streamlit counts in rem.
_LARGE_SCREENS = """<style>
@media (min-width: 2400px) { html { font-size: 20px !important; } }
@media (min-width: 3200px) { html { font-size: 24px !important; } }
</style>"""

# In a lecture hall: larger letters, and nothing but the page. On the tour: room for its card.
_TOUR = """<style>
html[data-hall="true"] { font-size: 20px; --bar-top: 0px; }
@media (min-width: 1600px) { html[data-hall="true"] { --letters: 1.25; } } /* those of the pictures */
html[data-hall="true"] .stApp [data-testid="stHeader"] { display: none; }
html[data-hall="true"] .stMain [data-testid="stMainBlockContainer"] { padding-top: 0.5rem; }
/* The tour's card stands beside what it is about, where there is room for both. */
@media (min-width: 1300px) {
  html[data-tour="true"] .stMain [data-testid="stMainBlockContainer"] { padding-right: 22rem; }
}
@media (min-width: 1100px) {
  html[data-tour="true"] [data-testid="stMainBlockContainer"]:has(h1) {
    padding-right: 22rem; max-width: none;
  }
}
@media (max-width: 700px) {
  html[data-tour="true"] .stMain [data-testid="stMainBlockContainer"] { padding-bottom: 50dvh; }
}
</style>"""

# The first cell after a row's name stands under its heading. A table that is wider than its place fades out at the
# right until it has been scrolled to its end.
_TABLES = """<style>
[data-testid="stTable"] th + td { padding-left: 1rem !important; }
@media (max-width: 640px) {
  [data-testid="stTable"] :is(th, td, th + td) { padding-inline: 0.3rem !important; font-size: 0.8125rem; }
}
@property --fade { syntax: "<length>"; inherits: false; initial-value: 0px; }
@keyframes fade { from, 90% { --fade: 3rem; } to { --fade: 0px; } }
[data-testid="stTable"] > [role="region"] {
  mask-image: linear-gradient(to left, transparent, black var(--fade));
  animation: fade linear; animation-timeline: scroll(self inline);
}
</style>"""

# No page has controls in the sidebar; on a phone the list of pages is in it.
_NO_SIDEBAR = """<style>
@media (min-width: 768px) {
  [data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none !important; }
}
</style>"""

# On a phone the list of pages is a drawer over the page. Streamlit closes it behind a chosen page if the browser calls
# itself a phone's; a window that is merely narrow needs this.
_CLOSE_DRAWER = """<script>
if (innerWidth < 768) document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
</script>"""

# A link at the end of a page would lead to the end of the next one.
_TO_TOP = """<script>document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);</script>"""


IN_HEAD = _CSS + _LARGE_SCREENS + _TOUR + _TABLES + _NO_SIDEBAR
"""What all pages share; it stands in their head."""


def begin_at_top(page: str) -> None:
    """Show the beginning of a page that was opened. To be called before the page is drawn.

    Args:
        page: Its name.
    """
    _once_for(page, "begin_at_top", _TO_TOP)


def close_drawer(page: str) -> None:
    """Close the list of pages behind a chosen one, where it is a drawer. To be called once the page is drawn.

    Args:
        page: Its name.
    """
    _once_for(page, "close_drawer", _CLOSE_DRAWER)


def _once_for(page: str, key: str, script: str) -> None:
    """Run a script in the browser each time that another page is opened, and not when a page is drawn again.

    It takes no place: what stands below it would move when it has been run.
    """
    st.container(key=key).html(f"<div hidden>{page}</div>{script}", unsafe_allow_javascript=True)


def icon() -> Image.Image:
    """A 4 x 4 matrix of signs, 64 pixels wide."""
    signs = np.array([[1, 0, 0, 1], [0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1]], bool)
    colours = np.where(signs[..., None], (218, 122, 0), (27, 79, 156)).astype(np.uint8)
    return Image.fromarray(colours).resize((64, 64), Image.Resampling.NEAREST)

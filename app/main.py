"""The lab's entry script: page settings and the list of pages, in the order of the lecture."""

from functools import partial
from itertools import pairwise

import streamlit as st

from bnnlab.app import charts, measuring, session, style, tour
from bnnlab.app.views.gemm import gemm
from bnnlab.app.views.kernel import kernel
from bnnlab.app.views.lab import lab
from bnnlab.app.views.packing import packing
from bnnlab.app.views.signs import signs
from bnnlab.app.views.summary import summary
from bnnlab.app.words import words

st.set_page_config(
    page_title="bnnlab", page_icon=style.icon(), layout="wide", initial_sidebar_state="collapsed"
)
session.keep_values_on_the_way_back()


def step_through() -> None:
    """Draw the XNOR-GEMM page, which leads to two pages that are made after it."""
    gemm.page(lab_page, kernel_page)


gemm_page = st.Page(step_through, title="XNOR-GEMM", icon=":material/calculate:", url_path="gemm")
lab_page = st.Page(
    partial(lab.page, step_through=gemm_page),
    title="Lab",
    icon=":material/science:",
    url_path="lab",
    default=True,
)
signs_page = st.Page(signs.page, title="Signs & STE", icon=":material/exposure:", url_path="signs")
packing_page = st.Page(packing.page, title="Packing", icon=":material/view_week:", url_path="packing")
kernel_page = st.Page(kernel.page, title="Kernel", icon=":material/memory:", url_path="kernel")
summary_page = st.Page(summary.page, title="Summary", icon=":material/summarize:", url_path="summary")

pages = [lab_page, signs_page, packing_page, gemm_page, kernel_page, summary_page]
page = st.navigation(pages, position="top")
tour.proceed(pages, page)
tour.card(page)
style.begin_at_top(page.title)
measuring.tell_of_interruption()
page.run()
charts.come_later()
words(page.url_path)

for here, following in pairwise(pages):
    if here == page != lab_page:
        st.page_link(following, label=f"Next: {following.title}", icon=":material/arrow_forward:")
style.close_drawer(page.title)

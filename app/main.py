"""The lab's entry script: page settings and the list of pages, in the order of the lecture."""

from itertools import pairwise

import streamlit as st

from bnnlab.app import style
from bnnlab.app.views import gemm, lab, packing, signs

st.set_page_config(page_title="bnnlab", page_icon=style.icon(), layout="wide", initial_sidebar_state=330)
style.apply()

pages = [
    st.Page(lab.page, title="Lab", icon=":material/science:", url_path="lab", default=True),
    st.Page(signs.page, title="Signs & STE", icon=":material/exposure:", url_path="signs"),
    st.Page(packing.page, title="Packing", icon=":material/view_week:", url_path="packing"),
    st.Page(gemm.page, title="XNOR-GEMM", icon=":material/calculate:", url_path="gemm"),
]
page = st.navigation(pages, position="top")
page.run()

for here, following in pairwise(pages):
    if here == page:
        st.page_link(following, label=f"Next: {following.title}", icon=":material/arrow_forward:")

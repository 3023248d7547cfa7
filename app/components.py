"""The interactive pictures of `bnnlab.widgets` as Streamlit components, registered once per process."""

import streamlit as st

from bnnlab.widgets.bundle import PICTURES

picture = {name: st.components.v2.component(f"bnnlab.{name}", js=f"{name}/{name}.js") for name in PICTURES}

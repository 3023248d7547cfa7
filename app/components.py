"""The interactive pictures of `bnnlab.widgets` as Streamlit components, registered once per process."""

import streamlit as st

lab = st.components.v2.component("bnnlab.lab", js="lab.js")
estimator = st.components.v2.component("bnnlab.estimator", js="estimator.js")
packing = st.components.v2.component("bnnlab.packing", js="packing.js")
stepper = st.components.v2.component("bnnlab.stepper", js="stepper.js")
kernel = st.components.v2.component("bnnlab.kernel", js="kernel.js")

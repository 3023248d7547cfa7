"""Signs & STE: what the network sees of a number, and what it pretends the slope of that was."""

import streamlit as st

from bnnlab.app import components, session
from bnnlab.app.charts import chart
from bnnlab.app.session import IN_ADDRESS
from bnnlab.figures.estimators import compare_estimators
from bnnlab.nn import QUANTIZERS
from bnnlab.nn.estimator_curve import estimator_curve
from bnnlab.train import RunConfig
from bnnlab.widgets import estimator

T_CLIP_HELP = (
    "How far the estimator reaches. The clipped one passes no gradient to a number farther from 0 than this. The "
    "others stretch with it, but for the one without clipping, which passes everything."
)


INTRODUCTION = (
    "A binary network keeps only the **sign** of each number: +1 or −1. The sign is flat and jumps at 0: with its "
    "slope of 0 nothing would be learned. So on the way back a **straight-through estimator** (STE) stands in. The "
    "lecture's passes the gradient on to numbers within ±t_clip, and blocks it for all others."
)


def page() -> None:
    """Draw the page."""
    st.title("Signs & STE", anchor=False)
    if not session.on_tour():  # there the card says it
        st.markdown(INTRODUCTION)
    name, clip_value = _controls()
    curve = estimator_curve(name, clip_value)
    components.picture["estimator"](key="estimator", data=estimator.encode(curve))
    left, right = st.columns(2)
    with left:
        st.markdown("**Forward and backward, as formulas**")
        st.latex(r"r_o = \operatorname{sign}(r_i) = \begin{cases} +1 & r_i \ge 0 \\ -1 & r_i < 0 \end{cases}")
        st.latex(
            r"\frac{\partial c}{\partial r_i} = \frac{\partial c}{\partial r_o}\; s(r_i), \qquad s(x) = "
            + curve.formula
        )
        st.caption(f"With $x = r_i$ and t = t_clip. Source: {curve.source}.")
    with right:
        st.markdown("**All estimators at this t_clip**")
        curves = [estimator_curve(other, clip_value) for other in QUANTIZERS]
        chart(
            compare_estimators(curves, dark=st.context.theme.type == "dark"),
            key="compare",
            alt="The slope of each estimator over x, one line each.",
        )
        st.caption(
            "Each curve stands in for the slope of sign(x) on the way back. On the way forward they are all the same."
        )


def _controls() -> tuple[str, float]:
    left, right = st.container(key="estimator_controls").columns(2)
    name = left.selectbox(
        "Estimator",
        list(QUANTIZERS),
        format_func=lambda quantizer: QUANTIZERS[quantizer].title,
        key="estimator_name",
        **IN_ADDRESS,
        help="What stands in for the slope of sign(x) when gradients flow backwards.",
    )
    clip_value = right.slider(
        "t_clip",
        0.05,
        2.0,
        RunConfig().clip_value,
        0.05,
        key="estimator_clip",
        **IN_ADDRESS,
        help=T_CLIP_HELP,
    )
    return str(name), float(clip_value)

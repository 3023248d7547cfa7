"""Records in, Plotly figures out; for notebooks, reports, and charts that do not change while one looks."""

from bnnlab.figures.claims import claim_bars
from bnnlab.figures.estimators import compare_estimators
from bnnlab.figures.profile import time_breakdown
from bnnlab.figures.speeds import compare_kernels
from bnnlab.figures.training import accuracy_curves, flip_curves, loss_curves

__all__ = [
    "accuracy_curves",
    "claim_bars",
    "compare_estimators",
    "compare_kernels",
    "flip_curves",
    "loss_curves",
    "time_breakdown",
]

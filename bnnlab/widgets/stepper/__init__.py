"""The stepper: the lecture's loop, one inner iteration at a time."""

from bnnlab.widgets.stepper.stepper import (
    MAX_STEPS_SHOWN,
    MAX_XNOR_SENT,
    NARROW,
    NeuronContext,
    encode,
)

__all__ = [
    "NARROW",
    "MAX_STEPS_SHOWN",
    "MAX_XNOR_SENT",
    "NeuronContext",
    "encode",
]

"""The stepper: the lecture's loop, one inner iteration at a time."""

from bnnlab.widgets.stepper.stepper import (
    MOST_STEPS_SHOWN,
    MOST_XNOR_SENT,
    NeuronContext,
    encode,
    total_costs,
    word_cost,
    word_costs,
)

__all__ = [
    "MOST_STEPS_SHOWN",
    "MOST_XNOR_SENT",
    "NeuronContext",
    "encode",
    "total_costs",
    "word_cost",
    "word_costs",
]

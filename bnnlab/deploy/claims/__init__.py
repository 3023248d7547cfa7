"""The three claims of the lecture, each beside what is true of one network on this computer.

What a claim counts is stated in its formula; what a user gets is measured. They differ, and the difference is the
lesson: a network is more than its binary weights, and a CPU multiplies floats many at a time too.
"""

from bnnlab.deploy.claims.energy import energy_claim
from bnnlab.deploy.claims.headlines import HEADLINES, Headline
from bnnlab.deploy.claims.size import size_claim
from bnnlab.deploy.claims.speed import (
    CLAIM_SHAPE,
    RIVALS,
    kernel_benchmark,
    op_count_speedup,
    speed_claim,
    where_slower,
)

__all__ = [
    "CLAIM_SHAPE",
    "HEADLINES",
    "RIVALS",
    "Headline",
    "energy_claim",
    "kernel_benchmark",
    "op_count_speedup",
    "size_claim",
    "speed_claim",
    "where_slower",
]

"""Ways to multiply matrices of signs: bnnlab's own, and what they are compared with. One file a family."""

from bnnlab.bench.contest import Opponent
from bnnlab.bench.opponents import blas, hamming, naive, ours
from bnnlab.bench.product import GemmWorkload

GEMM_OPPONENTS: dict[str, Opponent[GemmWorkload]] = {
    opponent.name: opponent for family in (ours, blas, hamming, naive) for opponent in family.OPPONENTS
}
"""By name, bnnlab's own first. An opponent is one entry in its family's file."""

__all__ = ["GEMM_OPPONENTS"]

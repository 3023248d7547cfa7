"""Ways to multiply matrices of signs: bnnlab's own, and what they are compared with. One file a family."""

from bnnlab.bench.opponents import blas, hamming, naive, ours
from bnnlab.bench.opponents.opponent import Opponent, Prepared

GEMM_OPPONENTS: dict[str, Opponent] = {
    opponent.name: opponent for family in (ours, blas, hamming, naive) for opponent in family.OPPONENTS
}
"""By name, bnnlab's own first."""

__all__ = ["GEMM_OPPONENTS", "Opponent", "Prepared"]

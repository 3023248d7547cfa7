"""Where the time of a packed network goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Work = Literal["pack", "binary", "pixels", "float", "rest"]

WORK: dict[Work, str] = {
    "binary": "signs × signs",
    "pixels": "pixels × signs",
    "float": "float layers",
    "pack": "packing bits",
    "rest": "all else",
}
"""Kinds of work, and what a reader calls them.

Thresholds belong to the products before them, and unpacking to packing; all else is pooling of bits, reshaping, and
what it takes to call the operations from Python.
"""


@dataclass(frozen=True, slots=True)
class NodeTime:
    """One node of a packed network.

    Attributes:
        name: Of the node.
        op: Name of its operation.
        work: Which kind of work it is.
        seconds: That it took in its fastest run.
    """

    name: str
    op: str
    work: Work
    seconds: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A packed network timed node by node.

    Attributes:
        nodes: In order.
        seconds: Of the fastest run of the whole network, timed from outside.
        examples: That ran together.
        runs: How often all of it ran.
    """

    nodes: tuple[NodeTime, ...]
    seconds: float
    examples: int
    runs: int

    @property
    def by_work(self) -> Mapping[Work, float]:
        """Seconds of each kind of work; they sum to `seconds`. What no node took is "rest"."""
        times: dict[Work, float] = dict.fromkeys(WORK, 0.0)
        for node in self.nodes:
            times[node.work] += node.seconds
        times["rest"] += self.seconds - sum(node.seconds for node in self.nodes)
        return times

    @property
    def binary_share(self) -> float:
        """Share of the time that goes into products of signs."""
        return self.by_work["binary"] / self.seconds

    @property
    def most_speedup(self) -> float:
        """How many times as fast the network would be if products of signs took no time at all.

        Source: Amdahl, AFIPS 1967: what is not made faster is what remains.
        """
        return 1 / (1 - self.binary_share) if self.binary_share < 1 else float("inf")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"by_work": dict(self.by_work), "binary_share": self.binary_share}


def time_text(seconds: float) -> str:
    """A time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= 0.9995 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"

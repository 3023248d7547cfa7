"""What flows from one operation to the next, known before anything is computed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Kind = Literal["pixels", "numbers", "bits"]
"""Of the network's input, which may be bytes or the numbers they stand for; numbers; or packed signs."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What one example is at one place in a network.

    Attributes:
        kind: What it consists of.
        shape: `(features,)` or `(channels, height, width)`.
    """

    kind: Kind
    shape: tuple[int, ...]

    @property
    def count(self) -> int:
        """Of numbers, or of signs."""
        return math.prod(self.shape)

    @property
    def image(self) -> tuple[int, int]:
        """Height and width, of an image."""
        return self.shape[1], self.shape[2]

    def need(
        self, *kinds: Kind, rank: int | None = None, count: int | None = None, channels: int | None = None
    ) -> None:
        """Refuse what an operation cannot take.

        Args:
            kinds: What it takes.
            rank: 1 for `(features,)`, 3 for images; None if either will do.
            count: Numbers or signs it needs, if it matters.
            channels: Channels, or features, it needs, if it matters.

        Raises:
            ValueError: If this is something else.
        """
        if (
            self.kind in kinds
            and rank in (None, len(self.shape))
            and count in (None, self.count)
            and channels in (None, self.shape[0])
        ):
            return
        needed = " or ".join(kinds)
        if rank is not None:
            needed += {1: " of shape (features,)", 3: " of shape (channels, height, width)"}[rank]
        if count is not None:
            needed += f", {count} of them"
        if channels is not None:
            needed += f", of {channels} channels"
        raise ValueError(f"its input must be {needed}, got {self}")

    def __str__(self) -> str:
        return f"{self.kind} of shape {self.shape}"


@dataclass(frozen=True, slots=True)
class Effort:
    """What an operation takes for one example, from above.

    Attributes:
        numbers: Of 4 bytes, held in memory while it runs, what it prepares and what it gives included.
        products: Multiplications, or what takes as long.
    """

    numbers: int
    products: int

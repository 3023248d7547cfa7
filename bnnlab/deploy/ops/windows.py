"""Windows that slide over an image: a convolution's filters, or what a pooling looks at."""

from __future__ import annotations

import math
from dataclasses import dataclass

Pair = tuple[int, int]

FARTHEST = 65_535
"""The largest stride, padding or dilation: no image has more pixels in a row."""


@dataclass(frozen=True, slots=True)
class Windows:
    """How the windows lie; each pair is vertical, horizontal.

    Attributes:
        size: Taps of a window.
        stride: Pixels from one window to the next.
        padding: Pixels added at each edge.
        dilation: Pixels from one tap to the next.
    """

    size: Pair
    stride: Pair
    padding: Pair
    dilation: Pair = (1, 1)

    def check(self) -> None:
        """Refuse windows that no image could have.

        Raises:
            ValueError: If a number is too small or too large; its field is named.
        """
        for name, pair, least in (
            ("size", self.size, 1),
            ("stride", self.stride, 1),
            ("padding", self.padding, 0),
            ("dilation", self.dilation, 1),
        ):
            if not all(least <= number <= FARTHEST for number in pair):
                raise ValueError(f"{name} must be from {least} to {FARTHEST}, got {pair}")

    @property
    def taps(self) -> int:
        """Pixels in a window."""
        return math.prod(self.size)

    def padded(self, image: Pair) -> Pair:
        """Height and width of an image with its padding."""
        return image[0] + 2 * self.padding[0], image[1] + 2 * self.padding[1]

    def over(self, image: Pair) -> Pair:
        """How many windows an image of this height and width has, in both directions.

        Raises:
            ValueError: If it is smaller than a window.
        """
        reach = [spread * (taps - 1) + 1 for taps, spread in zip(self.size, self.dilation, strict=True)]
        padded = self.padded(image)
        if padded[0] < reach[0] or padded[1] < reach[1]:
            raise ValueError(
                f"windows of {reach[0]} x {reach[1]} pixels do not fit into images of {image[0]} x {image[1]} "
                f"with padding {self.padding}"
            )
        return (
            (padded[0] - reach[0]) // self.stride[0] + 1,
            (padded[1] - reach[1]) // self.stride[1] + 1,
        )

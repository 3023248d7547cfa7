"""Every flip of one layer: which weight in which step."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque

import numpy as np
from numpy.typing import NDArray

PositionType = type[np.uint16] | type[np.uint32]

MAX_FLIP_LOG_BYTES = 16 * 2**20
FLIPS_PER_BLOCK = 2**15
BYTES_PER_STEP = 8


class FlipLog:
    """The flips of one layer since the start, or since memory is full, of its newest steps.

    Attributes:
        since: Flips up to this step are no longer all known; 0 while every one is.

    Args:
        weights: How many weights the layer has.
        max_bytes: Beyond this the oldest flips are forgotten.
    """

    def __init__(self, weights: int, max_bytes: int = MAX_FLIP_LOG_BYTES) -> None:
        self.since = 0
        self._kind: PositionType = np.uint16 if weights <= 2**16 else np.uint32
        self._max_bytes = max_bytes
        self._blocks: deque[_Block] = deque()
        self._forgotten = 0  # blocks, so that each block has a number that stays
        self._followed = _Followed(-1)

    @property
    def nbytes(self) -> int:
        """Bytes that are taken."""
        return sum(block.nbytes for block in self._blocks)

    def append(self, step: int, positions: NDArray[np.uint32]) -> None:
        """Note the flips of one step.

        Args:
            step: The step, not before the newest one noted.
            positions: Which weights, counted row by row through the layer.
        """
        written = 0
        while written < len(positions):
            if not self._blocks or self._blocks[-1].is_full:
                self._make_room()
            written += self._blocks[-1].write(step, positions[written:])

    def crossings(self, weight: int) -> NDArray[np.int64]:
        """The steps after `since` in which a weight flipped, in order.

        A weight that was also flipped by hand after a step has that step more than once. The weight asked for last is
        followed: asking again costs only what came since.
        """
        if self._followed.weight != weight:
            self._followed = _Followed(weight)
        followed = self._followed
        first = max(followed.block - self._forgotten, 0)
        for number in range(first, len(self._blocks)):
            block = self._blocks[number]
            begin = followed.read if number + self._forgotten == followed.block else 0
            followed.steps += block.steps_of(weight, begin)
            followed.block, followed.read = number + self._forgotten, block.count
        del followed.steps[: bisect_left(followed.steps, self.since + 1)]
        return np.array(followed.steps, np.int64)

    def _make_room(self) -> None:
        block = _Block(self._kind)
        while self._blocks and self.nbytes + block.largest > self._max_bytes:
            self.since = self._blocks.popleft().steps[-1]
            self._forgotten += 1
        self._blocks.append(block)


class _Block:
    """Some flips in a row: `positions[:count]`, of which those before `ends[i]` happened up to `steps[i]`."""

    def __init__(self, kind: PositionType) -> None:
        self.positions = np.empty(FLIPS_PER_BLOCK, kind)
        self.count = 0
        self.steps, self.ends = array("I"), array("I")

    @property
    def is_full(self) -> bool:
        return self.count == FLIPS_PER_BLOCK

    @property
    def nbytes(self) -> int:
        return self.positions.nbytes + BYTES_PER_STEP * len(self.steps)

    @property
    def largest(self) -> int:
        """Bytes where every flip has a step of its own."""
        return self.positions.nbytes + BYTES_PER_STEP * FLIPS_PER_BLOCK

    def write(self, step: int, positions: NDArray[np.uint32]) -> int:
        """Note as many as there is room for; returns how many."""
        end = min(self.count + len(positions), FLIPS_PER_BLOCK)
        written = end - self.count
        self.positions[self.count : end] = positions[:written]
        self.steps.append(step)
        self.ends.append(end)
        self.count = end
        return written

    def steps_of(self, weight: int, begin: int) -> list[int]:
        """Steps of the flips of one weight, from the `begin`-th entry on."""
        found = np.flatnonzero(self.positions[begin : self.count] == weight) + begin
        if not len(found):
            return []
        return [self.steps[at] for at in np.searchsorted(np.array(self.ends), found, side="right")]


class _Followed:
    """The weight asked for last: its steps found so far, and up to which block and entry was looked."""

    def __init__(self, weight: int) -> None:
        self.weight, self.steps = weight, list[int]()
        self.block = self.read = 0
